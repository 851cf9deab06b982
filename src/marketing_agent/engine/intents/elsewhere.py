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

_KEY = 2  # characters by which phrases are looked up
_WITHOUT_BLANKS = "\u0590"  # from here on scripts glue words together, or write none
_WORD = re.compile(r"\b\w")
_GLUED = re.compile(f"[{_WITHOUT_BLANKS}-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Phrases by their first characters, the longest first, with what each of them means."""

    by_key: dict[str, list[str]] = field(default_factory=dict)
    meanings: dict[str, Intent] = field(default_factory=dict)

    def at(self, text: str, places: Iterable[re.Match[str]]) -> Iterator[str]:
        """Give the phrases that stand in a text at some of its places."""
        for place in places:
            start = place.start()
            for phrase in self.by_key.get(text[start : start + _KEY], ()):
                if text.startswith(phrase, start):
                    yield phrase
                    break


def read_elsewhere(folded: str) -> list[Finding]:
    """Give what a text says in such a language; empty for nearly every text in the seven others."""
    known = _data()
    found = dict.fromkeys(known.at(folded, _WORD.finditer(folded)))
    if max(folded, default="") >= _WITHOUT_BLANKS:
        found |= dict.fromkeys(known.at(folded, _GLUED.finditer(folded)))
    return [Finding(known.meanings[words], Strength.FIRM, 0, 0, words) for words in found]


@cache
def _data() -> _Phrases:
    data = tomllib.loads(files(__package__).joinpath("elsewhere.toml").read_text("utf-8"))
    known = _Phrases()
    for intent, languages in reversed(data.items()):
        for phrase in (one for phrases in languages.values() for one in phrases):
            known.meanings[fold(phrase)] = Intent(intent)
    for phrase in sorted(known.meanings, key=len, reverse=True):
        known.by_key.setdefault(phrase[:_KEY], []).append(phrase)
    return known
