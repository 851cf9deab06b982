"""Bounces told in prose: who could not be reached, by the ways in which servers put it.

The knowledge is data (`bounce_text.toml`); this module says how it is applied. A mail is a report
when two of three witnesses agree: who sends it, its subject, its first sentences.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from marketing_agent.mail.original import Original
from marketing_agent.mail.parse import Mail
from marketing_agent.mail.recipient import Recipient, judged
from marketing_agent.mail.words import addresses_in

MAX_LINES = 400  # of a report's own text
MAX_LINE = 600  # characters of one line
MAX_RECIPIENTS = 200

_LISTS = ("senders", "subjects", "openings")
_DAEMON = re.compile(r"mailer[-_. ]?daemon|postmaster|mail[-_. ]?delivery|mdaemon", re.IGNORECASE)
_DELAYED = re.compile(
    r"(?:will|is going to) (?:be )?(?:retried|retry|continue|keep|try)|still being (?:retried|attempted)"
    r"|warning message only|has been delayed|not yet been delivered|no action is required"
    r"|temporary error.{0,40}(?:will|retry)|do not need to resend",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The compiled lists of bounce_text.toml."""

    senders: re.Pattern[str]
    subjects: re.Pattern[str]
    openings: re.Pattern[str]
    recipients: tuple[re.Pattern[str], ...]


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """Read and compile the data once."""
    data = tomllib.loads(files(__package__).joinpath("bounce_text.toml").read_text("utf-8"))
    lines = tuple(re.compile(one, re.IGNORECASE) for one in data["recipients"])
    senders, subjects, openings = (_either(data[one]) for one in _LISTS)
    return Knowledge(senders, subjects, openings, lines)


def is_report(mail: Mail, text: str, original: Original | None) -> bool:
    """Whether a mail without RFC 3464 fields reports a failure; `text` is its own words."""
    if addresses_in(mail.headers.raw("x-failed-recipients")):
        return True
    known = knowledge()
    words = "\n".join(line[:MAX_LINE] for line in text.split("\n")[:60])
    told = known.openings.search(words) is not None
    named = known.subjects.search(mail.subject) is not None
    if _from_machine(mail):
        return told or named
    return told and named and original is not None and mail.in_reply_to is None


def read_recipients(mail: Mail, text: str, original: Original | None) -> tuple[Recipient, ...]:
    """The recipients that the report names, classified by the words beside each."""
    addresses = _failed(mail, text, original)
    delayed = _DELAYED.search(text[:4000]) is not None
    words = _told_of(addresses, text)
    return tuple(judged(one, None, words[one.lower()], delayed=delayed) for one in addresses)


def _either(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in patterns), re.IGNORECASE)


def _from_machine(mail: Mail) -> bool:
    sender = mail.headers.get("from")[:500]
    if _DAEMON.search(sender):
        return True
    null_sender = mail.headers.raw("return-path").strip() in ("<>", "< >", "<MAILER-DAEMON>")
    if knowledge().senders.search(sender):
        return True
    return null_sender or mail.root.content_type == "multipart/report"


def _failed(mail: Mail, text: str, original: Original | None) -> tuple[str, ...]:
    """The failed addresses by the strongest witness that names any."""
    declared = addresses_in(mail.headers.raw("x-failed-recipients"))
    own = _own_addresses(mail, original)
    named = declared or _named(text, own)
    if not named and original is not None:
        named = tuple(one for one in original.to if one.lower() not in own)
    return _unique(named or _mentioned(text, own))


def _own_addresses(mail: Mail, original: Original | None) -> frozenset[str]:
    """Addresses that cannot have failed: ours, and the reporting server's."""
    ours = original.senders if original is not None else ()
    return frozenset(one.lower() for one in (*mail.to, mail.from_, *ours))


def _named(text: str, own: frozenset[str]) -> tuple[str, ...]:
    """Addresses on lines that speak of a recipient; the first kind of line that names any wins."""
    lines = [line[:MAX_LINE] for line in text.split("\n")[:MAX_LINES] if "@" in line]
    for pattern in knowledge().recipients:
        found = [one for line in lines for one in _foreign(pattern, line, own)]
        if found:
            return tuple(found)
    return ()


def _foreign(pattern: re.Pattern[str], line: str, own: frozenset[str]) -> Iterator[str]:
    for match in pattern.finditer(line):
        for address in addresses_in(match[1])[:1]:
            if address.lower() not in own:
                yield address


def _mentioned(text: str, own: frozenset[str]) -> tuple[str, ...]:
    """The last resort: the first address of the report that is nobody's we know."""
    found = (one for one in addresses_in(text[:20_000]) if one.lower() not in own)
    address = next((one for one in found if not _DAEMON.search(one)), None)
    return (address,) if address else ()


def _unique(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple({one.lower(): one for one in reversed(tuple(addresses))}.values())[::-1][
        :MAX_RECIPIENTS
    ]


def _told_of(addresses: tuple[str, ...], text: str) -> dict[str, str]:
    """The words about each address: from its first mention to the next one's; alone, all."""
    if len(addresses) < 2:  # noqa: PLR2004  nothing to divide
        return {one.lower(): text for one in addresses}
    low = text.lower()
    places = sorted((low.find(one.lower()), one.lower()) for one in addresses)
    ends = [place for place, _ in places[1:]] + [len(text)]
    return {
        one: text if place < 0 else text[place:end]
        for (place, one), end in zip(places, ends, strict=True)
    }
