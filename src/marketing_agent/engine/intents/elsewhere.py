"""Silence, refusal and absence in languages that are not read in full, as parts of a folded text.

Where words have blanks between them a phrase begins at a word; in other scripts it may begin anywhere. Only
phrases that begin as the text does at that place are compared, so the cost hardly grows with their number.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from marketing_agent.engine.intents.rules import Finding, Strength
from marketing_agent.engine.intents.text import fold
from marketing_agent.engine.values import Intent

_KEY, _GLUED_KEY = 3, 2  # characters by which phrases are looked up
_WITHOUT_BLANKS = "\u0590"  # from here on scripts glue words together, or write none
_WORD = re.compile(r"\b\w")
_GLUED = re.compile(f"[{_WITHOUT_BLANKS}-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Phrases by their first characters, the longest first."""

    key: int
    by_key: dict[str, list[str]] = field(default_factory=dict)

    def at(self, text: str, places: Iterable[re.Match[str]]) -> Iterator[str]:
        """Give the phrases that stand in a text at some of its places."""
        for place in places:
            start = place.start()
            for phrase in self.by_key.get(text[start : start + self.key], ()):
                if text.startswith(phrase, start):
                    yield phrase
                    break


@dataclass(frozen=True, slots=True)
class _Data:
    """What each phrase means; phrases that begin at a word, and those that may begin anywhere."""

    meanings: dict[str, Intent]
    spaced: _Phrases
    glued: _Phrases


def read_elsewhere(folded: str) -> list[Finding]:
    """Give what a text says in such a language; empty for nearly every text in the seven others."""
    data = _data()
    found = dict.fromkeys(data.spaced.at(folded, _WORD.finditer(folded)))
    if max(folded, default="") >= _WITHOUT_BLANKS:
        found |= dict.fromkeys(data.glued.at(folded, _GLUED.finditer(folded)))
    return [Finding(data.meanings[words], Strength.FIRM, 0, 0, words) for words in found]


@cache
def _data() -> _Data:
    text = files(__package__).joinpath("elsewhere.toml").read_text("utf-8")
    meanings = {
        fold(phrase): Intent(intent)
        for intent, languages in reversed(tomllib.loads(text).items())
        for phrases in languages.values()
        for phrase in phrases
    }
    spaced, glued = _Phrases(_KEY), _Phrases(_GLUED_KEY)
    for phrase in sorted(meanings, key=len, reverse=True):
        which = glued if phrase >= _WITHOUT_BLANKS else spaced
        which.by_key.setdefault(phrase[: which.key], []).append(phrase)
    return _Data(meanings, spaced, glued)
