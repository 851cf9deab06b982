"""Silence, refusal and absence in languages that are not read in full, as parts of a folded text.

Scripts without blanks have no words to walk over, so one pattern looks for all phrases at once.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files

from marketing_agent.engine.intents.rules import Finding, Strength
from marketing_agent.engine.intents.text import fold
from marketing_agent.engine.values import Intent


def read_elsewhere(folded: str) -> list[Finding]:
    """Give what a text says in such a language; empty for nearly every text in the seven others."""
    pattern, meanings = _data()
    found = {match[0]: meanings[match[0]] for match in pattern.finditer(folded)}
    return [Finding(intent, Strength.FIRM, 0, 0, words) for words, intent in found.items()]


@cache
def _data() -> tuple[re.Pattern[str], dict[str, Intent]]:
    data = tomllib.loads(files(__package__).joinpath("elsewhere.toml").read_text("utf-8"))
    meanings = {
        fold(phrase): Intent(intent)
        for intent, languages in reversed(data.items())
        for phrases in languages.values()
        for phrase in phrases
    }
    ordered = sorted(meanings, key=len, reverse=True)
    latin = [re.escape(phrase) for phrase in ordered if phrase.isascii()]
    other = [re.escape(phrase) for phrase in ordered if not phrase.isascii()]
    return re.compile(rf"\b(?:{'|'.join(latin)})|(?:{'|'.join(other)})"), meanings
