"""The header of the answered mail, pasted into the text: From, To and Subject in any language.

It proves little, since whoever knows a letter can write one. It is read line by line, each of bounded
length, so the time is linear.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import Any

from marketing_agent.mail.mime import Headers
from marketing_agent.mail.words import addresses_in

MAX_LINES = 3000  # of one mail; an honest thread ends before
MAX_LINE = 500  # characters
MAX_HEADERS = 5  # pasted headers of one mail
MAX_TO = 3  # addresses of one To; our letters have one
_PREFIXES = 10  # "Re: Fwd: Re:" and so on
_GAP = 2  # lines without a name in a row that do not end a header: folded ones, empty ones

_LONGEST_NAME = 24  # characters of what a line is called
_COLON = re.compile(r"[:\uff1a]")
_DRESS = " \t>*_|\u00a0"  # quote marks, bold, tables


@dataclass(frozen=True, slots=True)
class QuotedHeader:
    """What a pasted header says: bare addresses, and its subject folded.

    The subject may go on in the next line, or the text may begin there: both readings are given.
    """

    sender: str
    to: tuple[str, ...]
    subjects: tuple[str, ...]


@dataclass(slots=True)
class _Block:
    """The lines of one header, as far as they were read."""

    said: dict[str, list[str]] = field(default_factory=dict)
    last: str = ""
    gap: int = 0

    def take(self, says: str, words: str) -> None:
        self.said[says], self.last, self.gap = [words], says, 0

    def go_on(self, words: str) -> bool:
        """Take a line without a name; False when the header has ended before it."""
        self.gap += 1
        if words and self.gap == 1 and self.last:
            self.said[self.last].append(words)
        return self.gap <= _GAP

    def read(self) -> QuotedHeader | None:
        """Give what was said, if all of it was."""
        if not {"from", "to", "subject"} <= self.said.keys():
            return None
        sender = addresses_in(self.said["from"][0])
        to = addresses_in(" ".join(self.said["to"]))
        lines = self.said["subject"]
        subjects = dict.fromkeys((fold_subject(lines[0]), fold_subject(" ".join(lines[:2]))))
        known = tuple(each for each in subjects if each)
        return QuotedHeader(sender[0], to[:MAX_TO], known) if sender and to and known else None


def quoted_headers(text: str) -> tuple[QuotedHeader, ...]:
    """Find the pasted headers that say who wrote to whom and about what, in order."""
    found = (block.read() for block in _blocks(text.split("\n")[:MAX_LINES]))
    complete = (header for header in found if header is not None)
    return tuple(dict.fromkeys(islice(complete, MAX_HEADERS)))


def header_of(headers: Headers) -> QuotedHeader | None:
    """Read the headers of an attached mail in the same way."""
    said = {name: [headers.get(name)] for name in ("from", "to", "subject") if name in headers}
    return _Block(said).read()


def _blocks(lines: Iterable[str]) -> Iterator[_Block]:
    block = _Block()
    for line in lines:
        says, words = _named(line[:MAX_LINE])
        if says in block.said:
            yield block
            block = _Block()
        if says:
            block.take(says, words)
        elif block.said and not block.go_on(words):
            yield block
            block = _Block()
    yield block


def _named(line: str) -> tuple[str, str]:
    """Part a line into what its name says, nothing when it has none, and its words."""
    bare = line.strip(_DRESS)
    colon = _COLON.search(bare, 0, _LONGEST_NAME)
    says = _words().get(bare[: colon.start()].strip(_DRESS).lower(), "") if colon else ""
    return says, bare[colon.end() :].strip(_DRESS) if says and colon else bare


def fold_subject(subject: str) -> str:
    """Give a subject without what answers and forwards put before it, spaces and capitals alike."""
    text = " ".join(subject[:MAX_LINE].split())
    for _ in range(_PREFIXES):
        found = _prefix().match(text)
        if not found:
            break
        text = text[found.end() :]
    return text.casefold()


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    """Tell what each name of a line says."""
    return {word: one["says"] for one in _data()["lines"] for word in one["words"]}


@lru_cache(maxsize=1)
def _prefix() -> re.Pattern[str]:
    words = sorted(_data()["prefixes"]["words"], key=len, reverse=True)
    either = "|".join(map(re.escape, words))
    return re.compile(rf"(?:{either})(?:[\[(]\d{{1,3}}[\])])?\s?[:\uff1a]\s?", re.IGNORECASE)


def _data() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("quoted_header.toml").read_text("utf-8"))
