"""The patterns of forms.toml over the words of names.toml, compiled once."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from marketing_agent.engine.dates.names import any_of, names
from marketing_agent.engine.dates.readers import READERS, Reader

_HINTS = (
    *("tomorrow", "overmorrow", "next_year", "new_year", "easter", "after_summer"),
    *("half_year", "year_end", "year_half"),
)
_PLACE = re.compile("\u00ab(\\w+)\u00bb")


@dataclass(frozen=True, slots=True)
class Form:
    """A way of naming time: its pattern, what gives the days, and whether it depends on today."""

    pattern: re.Pattern[str]
    read: Reader
    relative: bool


@cache
def forms() -> tuple[Form, ...]:
    """Read the data once."""
    data = tomllib.loads(files(__package__).joinpath("forms.toml").read_text("utf-8"))
    words = _words()
    return tuple(
        Form(_compiled(entry["match"], words), READERS[entry["reads"]], entry["relative"])
        for entry in data["form"]
    )


@cache
def hint() -> re.Pattern[str]:
    """Give a pattern without which no form fits: a digit, or a word of the calendar."""
    known, words = names(), names().words
    calendar = [*known.months, *known.weekdays, *known.seasons, *known.units]
    return re.compile(rf"\d|{any_of(calendar)}|{any_of(w for key in _HINTS for w in words[key])}")


@cache
def through() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Give the patterns for "through 11 May" and "11 May inclusive"."""
    words = names().words
    before = rf"(?:{any_of(words['through'])})[\w\s,.]{{0,12}}$"
    behind = rf"[\s,(]{{0,3}}(?:{any_of(words['including'])})\b"
    return re.compile(before), re.compile(behind)


def _compiled(template: str, words: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(lambda place: words[place[1]], template))


def _words() -> dict[str, str]:
    known = names()
    lists = known.words | {
        "months": list(known.months),
        "weekdays": list(known.weekdays),
        "numbers": list(known.numbers),
        "units": list(known.units),
        "seasons": list(known.seasons),
        "ordinals": list(known.ordinals),
        "part": [*known.words["begin"], *known.words["mid"], *known.words["end"]],
    }
    written = {name: any_of(row) for name, row in lists.items()}
    return written | {
        "part": f"(?:{written['part']})",
        "article": rf"(?:(?:{written['article']})\s+|l'|nell'|dell'|dall')?",
        "of": r"(?:\s+(?:de |del |do |di |of |van |des |d'|dell')?)",
        "year": r"(20\d\d|'\d\d)",
    }
