"""The knowledge of bounce_text.toml, read and compiled once."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from marketing_agent.engine.bounce_rules import word_classes
from marketing_agent.engine.phrases import Phrasebook, words_of

MAX_TEXT = 3000  # characters in which a report says what it is


class Told(IntEnum):
    """What a text says of itself, by the groups of phrases of the data."""

    SUBJECTS = 0
    OPENINGS = 1
    SUCCESS = 2
    DELAYED = 3
    CHALLENGE = 4
    HEADINGS = 5


@dataclass(frozen=True, slots=True)
class LinePattern:
    """A kind of line that names a recipient; a strong one names nobody else."""

    pattern: re.Pattern[str]
    strong: bool


@dataclass(frozen=True, slots=True)
class Senders:
    """Who sends reports: servers, list managers, and programs that also write other mail."""

    daemons: re.Pattern[str]
    managers: re.Pattern[str]
    programs: re.Pattern[str]


@lru_cache(maxsize=16)
def told_by(text: str) -> frozenset[int]:
    """What a text says, as members of `Told`; the same text is asked about several times."""
    return frozenset(_book().keys_in(words_of(text[:MAX_TEXT])))


@cache
def senders() -> Senders:
    """The patterns for the From header."""
    named: dict[str, list[str]] = {"daemon": [], "manager": [], "program": []}
    for group in data()["senders"]:
        kind = next((one for one in ("daemon", "manager") if group.get(one)), "program")
        named[kind] += group["any"]
    return Senders(*(_either(named[kind]) for kind in ("daemon", "manager", "program")))


@cache
def recipient_lines() -> tuple[LinePattern, ...]:
    """The kinds of lines that name a recipient, the surest first."""
    return tuple(
        LinePattern(re.compile(one, re.IGNORECASE), bool(group.get("strong")))
        for group in data()["recipients"]
        for one in group["any"]
    )


@cache
def data() -> dict[str, Any]:
    """The file as it stands."""
    return tomllib.loads(files(__package__).joinpath("bounce_text.toml").read_text("utf-8"))


@cache
def _book() -> Phrasebook:
    return Phrasebook(_phrases(), word_classes())


def _phrases() -> Iterator[tuple[int, str]]:
    for kind in Told:
        for group in data()[kind.name.lower()]:
            yield from ((kind, phrase) for phrase in group["any"])


def _either(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in patterns), re.IGNORECASE)
