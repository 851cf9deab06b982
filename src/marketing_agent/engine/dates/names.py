"""The names of days, months and seasons, compiled once into patterns over folded text."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Names:
    """What the patterns are made of: name to number, and lists of phrases."""

    months: dict[str, int]
    weekdays: dict[str, int]
    numbers: dict[str, int]
    units: dict[str, str]
    seasons: dict[str, int]
    ordinals: dict[str, int]
    words: dict[str, list[str]]


@cache
def names() -> Names:
    """Read the data once."""
    data = tomllib.loads(files(__package__).joinpath("names.toml").read_text("utf-8"))
    return Names(
        _numbered(data["months"]),
        _numbered(data["weekdays"]),
        _numbered(data["numbers"]),
        {name: unit for unit, row in data["units"].items() for name in row.split()},
        _numbered(data["seasons"]),
        _numbered(data["ordinals"]),
        data["words"],
    )


def any_of(words: Iterable[str]) -> str:
    """Give an alternation, the longest first, in which a blank stands for any blanks."""
    ordered = sorted(set(words), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered)


def _numbered(rows: dict[str, str]) -> dict[str, int]:
    return {name: int(number) for number, row in rows.items() for name in row.split()}
