"""The marks by which names of other people are found in a reply, compiled once from contact.toml."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")

_CAPITALS = r"A-Z\u00c0-\u00d6\u00d8-\u00de\u0141\u015a\u017b\u0160\u017d\u010c\u0106\u0110"
_CAPITALISED = rf"[{_CAPITALS}][\w'\u2019\u00b4-]{{1,25}}"


@dataclass(frozen=True, slots=True)
class Marks:
    """The patterns over unfolded text, for capitals matter."""

    name: re.Pattern[str]
    titled: re.Pattern[str]
    led_to: re.Pattern[str]
    passed_on: re.Pattern[str]
    closing: re.Pattern[str]
    greeting: re.Pattern[str]
    sentences: re.Pattern[str]
    roles: frozenset[str]
    no_names: frozenset[str]


@cache
def marks() -> Marks:
    """Read the data once."""
    data = tomllib.loads(files(__package__).joinpath("contact.toml").read_text("utf-8"))
    particles = rf"(?:(?:{_any(data['particles'])})\s+){{0,2}}"
    name = rf"(?P<name>{_CAPITALISED}(?:\s+{particles}{_CAPITALISED}){{0,3}})"
    title = rf"(?:(?:{_any(data['titles'])})\.?[\u00aa\u00ba]?\.?\s+){{1,3}}"
    lead = rf"(?:{_any(data['led_to'])})\s+(?:(?:{_any(data['between'])})\s+|l'){{0,4}}$"
    ends = rf"^ ?(?:{_any(data['closings'])})\b[ ,.!]{{0,9}}(?:\n|$|\w)"
    greets = rf"^\s?(?:{_any(data['greetings'])})\b[^\n.!?:]{{0,60}}?[,!:.\n]"
    return Marks(
        name=re.compile(rf"(?<![\w@.]){name}"),
        titled=re.compile(rf"(?<!\w){title}{name}"),
        led_to=re.compile(lead),
        passed_on=re.compile(_any(data["passed_on"]), re.IGNORECASE),
        closing=re.compile(ends, re.IGNORECASE | re.MULTILINE),
        greeting=re.compile(greets, re.IGNORECASE),
        sentences=_between_sentences(data["titles"]),
        roles=frozenset(data["roles"]),
        no_names=frozenset(data["no_names"]),
    )


def _between_sentences(titles: Iterable[str]) -> re.Pattern[str]:
    """Split behind a full stop, but not behind that of a title."""
    plain = [title for title in titles if title.isalpha()]
    guards = "".join(rf"(?<!\b{title}\.)" for title in plain)
    return re.compile(rf"(?<=\w\w[.!?]){guards}\s+|\n\n")


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))
