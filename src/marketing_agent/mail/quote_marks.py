"""Where the answered mail begins: each test looks at a few lines of bounded length."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

LONGEST = 500  # characters of an introduction, folded lines included
MAX_FOLDED = 4  # lines over which "On …, X wrote:" may be folded

_DATE_LED = re.compile(
    r"^\s*(?:\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}[ ,])"
)
_SHARED = re.compile(
    r"^(?P<before>.*?\S)\s*(?:-{2,}\s?|\s)On (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*,? ", re.DOTALL
)
_EVIDENCE = re.compile(r"\d|@")
_ADDRESS_END = re.compile(r"<[^<>\s]{3,120}@[^<>\s]{3,120}\s?>\s*:?\s*$")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_ZONE_END = re.compile(r"\b(?:GMT|UTC)[+-]\d{2}:\d{2}\b .{1,80}$")


@dataclass(frozen=True, slots=True)
class Marks:
    """The compiled lists of quote_marks.toml."""

    opener: re.Pattern[str]
    verb: re.Pattern[str]
    inner_verb: re.Pattern[str]
    original: re.Pattern[str]
    sender: re.Pattern[str]
    field: re.Pattern[str]
    device: re.Pattern[str]


@lru_cache(maxsize=1)
def marks() -> Marks:
    """Read and compile the data once."""
    data = tomllib.loads(files(__package__).joinpath("quote_marks.toml").read_text("utf-8"))
    field = r"^[\s>*_|]*(?:{})\s*\*?\s?[:\uff1a]\*?"
    return Marks(
        opener=_any(r"^[\s>*|-]*(?:{})(?=[\s,.:\d])", data["openers"]),
        verb=_any(
            r"(?:^|\W|\d)(?:{})(?:\s+(?:am|kl|op|-{{2,}}).{{0,60}})?\s*[:\uff1a]?[\s*-]*$",
            data["verbs"],
        ),
        inner_verb=_any(r"\d.*\s(?:{})\s", data["verbs"]),
        original=_any(r"^\s*[-_=*>#]{{2,}}\s*(?:{})\s*:?\s*[-_=*<#]*", data["originals"]),
        sender=_any(field, data["senders"]),
        field=_any(field, [*data["senders"], *data["fields"]]),
        device=_any(r"^\s*(?:{})\b", data["devices"]),
    )


def introduction(lines: list[str], start: int) -> int:
    """The number of lines that "On …, X wrote:" takes from `start`; 0 when it does not begin there."""
    if not _may_begin(lines[start]):
        return 0
    joined = ""
    for count, line in enumerate(lines[start : start + MAX_FOLDED], 1):
        if not line.strip() or len(joined) + len(line) > LONGEST:
            return 0
        joined = f"{joined} {line.strip()}"
        if _is_introduction(joined):
            return count
    return 0


def shared_line(line: str) -> str | None:
    """The writer's words before an introduction on the same line, or None."""
    if len(line) > LONGEST or " On " not in line or not marks().verb.search(line):
        return None
    found = _SHARED.match(line)
    return found["before"].rstrip("- ") if found else None


def header_block(lines: list[str], start: int) -> bool:
    """Whether a pasted header (From, Sent, To, Subject) begins at `start`."""
    known = marks()
    if not known.field.match(lines[start][:LONGEST]):
        return False
    near = [line[:LONGEST] for line in lines[start : start + 8]]
    fields = {_label(line) for line in near if known.field.match(line)}
    led = known.sender.match(near[0]) is not None or near[0].lstrip(" *").lower().startswith("date")
    return led and len(fields) >= 2  # noqa: PLR2004  one field may be prose: "From: me to you"


def _may_begin(line: str) -> bool:
    if len(line) > LONGEST:
        return False
    known = marks()
    return bool(
        known.opener.match(line) or _DATE_LED.match(line) or "<" in line or known.verb.search(line)
    )


def _is_introduction(text: str) -> bool:
    known = marks()
    if not _EVIDENCE.search(text):
        return False
    opened = known.opener.match(text) or _DATE_LED.match(text)
    if known.verb.search(text):
        return bool(opened or "<" in text)
    if opened and text.endswith(":") and known.inner_verb.search(text):  # "Am … schrieb Max:"
        return True
    return _is_dated(text)


def _is_dated(text: str) -> bool:
    """A date and a name or address say enough without a verb: "2031-05-06 9:08 Max <a@b>:"."""
    if _DATE_LED.match(text) and _ZONE_END.search(text):
        return True
    dated = _DATE_LED.match(text) or (text.endswith(":") and _TIME.search(text))
    return bool(dated and _ADDRESS_END.search(text))


def _label(line: str) -> str:
    return re.split(r"[:\uff1a]", line, maxsplit=1)[0].strip(" \t>*_|").lower()


def _any(template: str, words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(template.format("|".join(map(re.escape, longest_first))), re.IGNORECASE)
