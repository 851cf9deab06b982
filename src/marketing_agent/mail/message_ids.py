"""Message-IDs as they come back: folded, commented, in capitals, under another domain, or replaced.

Every id of ours begins with the mark of its letter, 80 random bits that only those can know who have
the letter (`compose.new_message_id`). What providers make of ids is data: `message_ids.toml`.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from marketing_agent.mail.mime import Headers
from marketing_agent.mail.words import MAX_HEADER

LONGEST = 300  # characters; longer ones are nobody's (RFC 5322 §2.1.1 has room for 998)
MAX_MARKS = 10
"""Marks looked for in one place; a thread of ours has fewer letters."""

_SIGN = "[a-km-np-z2-9]"  # of a public id: what cannot be misread
_BRACKETED = re.compile(r"<([^<>]{3,600})>")
_COMMENT = re.compile(r"\([^()]{0,300}\)")
_BETWEEN = re.compile(r"[\s,;]+")
_WHITE = re.compile(r"\s+")
_WELL_FORMED = re.compile(r"[!#-'*+./0-9=?^_`a-z{|}~$&%-]{8,200}@[a-z0-9.\[\]:_-]{3,90}\Z")
_OURS = re.compile(rf"({_SIGN}{{16}})\.[0-9a-f]{{24}}(?![0-9a-z])")
_MARK = re.compile(
    rf"(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f][0-9A-Fa-f]))({_SIGN}{{16}})(?![A-Za-z0-9])"
)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The compiled lists of message_ids.toml."""

    announced: tuple[tuple[re.Pattern[str], str], ...]
    regional: tuple[str, ...]
    carriers: tuple[str, ...]


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """Read and compile the data once."""
    data = tomllib.loads(files(__package__).joinpath("message_ids.toml").read_text("utf-8"))
    return Knowledge(
        tuple((re.compile(one["reply"], re.IGNORECASE), one["id"]) for one in data["announced"]),
        tuple(one["domain"] for one in data["regional"]),
        tuple(one["field"] for one in data["carriers"]),
    )


def ids_in(value: str) -> tuple[str, ...]:
    """Every identifier of In-Reply-To or References in the form of `canonical`, in order, each once.

    Brackets may be missing or written as HTML does, and white space may have got into an id.
    """
    text = value[:MAX_HEADER].replace("&lt;", "<").replace("&gt;", ">")
    found = _BRACKETED.findall(text) or _bare(text)
    return tuple(dict.fromkeys(filter(None, map(canonical, found))))


def _bare(text: str) -> list[str]:
    return [word for word in _BETWEEN.split(_COMMENT.sub(" ", text)) if "@" in word]


def canonical(raw: str) -> str:
    """Give an id in the one form in which two are compared; nothing when it is none."""
    text = _WHITE.sub("", raw[: 2 * LONGEST]).strip("<>\"'[]()").lower()
    local, at, domain = text.rpartition("@")
    for region in knowledge().regional:
        if domain.endswith(f".{region}"):
            text = f"{local}{at}{region}"
    return text if 2 < len(text) <= LONGEST else ""  # noqa: PLR2004  a@b is the shortest


def searchable(message_id: str) -> str:
    """Give the part of a canonical id that a search by substring finds, in whatever region it is."""
    local, at, domain = message_id.rpartition("@")
    return f"{local}{at}" if domain in knowledge().regional else message_id


def is_worth_keeping(message_id: str) -> bool:
    """Tell whether a canonical id that a stranger shows is one: long enough, ASCII, unquoted."""
    return _WELL_FORMED.match(message_id) is not None


def mark_in_id(message_id: str) -> str:
    """Give the mark in an id of ours, under whatever domain; nothing in others."""
    found = _OURS.match(message_id)
    return found[1] if found else ""


def same_but_for_domain(one: str, other: str) -> bool:
    """Tell whether two ids differ at most in what stands behind the part that is ours."""
    mine, theirs = _OURS.match(one), _OURS.match(other)
    return mine is not None and theirs is not None and mine[0] == theirs[0]


def marks_in(text: str) -> tuple[str, ...]:
    """Give whatever may be a mark of ours: in a link, an address, an id; whether it is the store knows."""
    found: dict[str, None] = {}
    for each in _MARK.finditer(text):
        found[each[1]] = None
        if len(found) >= MAX_MARKS:
            break
    return tuple(found)


def marks_carried(headers: Headers) -> tuple[str, ...]:
    """Give the marks by which a letter's own headers name it, whatever its Message-ID has become."""
    return _marks(headers, knowledge().carriers)


def marks_of_thread(headers: Headers) -> tuple[str, ...]:
    """Give the marks with which headers name a letter or what it answers."""
    return _marks(headers, ("message-id", "in-reply-to", "references", *knowledge().carriers))


def _marks(headers: Headers, names: Iterable[str]) -> tuple[str, ...]:
    return marks_in(" ".join(headers.raw(name) for name in names))


def announced_id(reply: str) -> str:
    """Give the Message-ID under which a server says that a letter goes on; nothing when it does not.

    `reply` is what it said to the final dot, without the code.
    """
    first = reply[:1000].partition("\n")[0].strip()
    for pattern, template in knowledge().announced:
        found = pattern.match(first)
        if found:
            return canonical(template.format(found[1]))
    return ""
