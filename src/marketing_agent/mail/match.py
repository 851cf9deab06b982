"""Hints to which of our letters an inbound mail belongs, each with what it proves.

Never the subject alone: it is the same for everybody that a campaign writes to.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from itertools import islice, product

from marketing_agent.mail.message_ids import ids_in, marks_carried, marks_in, marks_of_thread
from marketing_agent.mail.mime import Part
from marketing_agent.mail.original import find_original
from marketing_agent.mail.parse import Mail
from marketing_agent.mail.quoted_header import QuotedHeader, header_of, quoted_headers
from marketing_agent.mail.words import addresses_in

OLDEST, NEWEST = 10, 30
"""Of References so many are looked up: where a thread began, and where it is now."""

MAX_IN_REPLY_TO = 5
MAX_TAGS = 10
MAX_TEXT = 200_000  # characters of one text that are searched for marks
MAX_TEXTS = 20

_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to")
_MESSAGES = ("message/rfc822", "message/global")


class Strength(IntEnum):
    """What a hint proves, should it be ours."""

    ADDRESS = 1  # anybody can write an address
    QUOTE = 2  # whoever was written to by the campaign, too, knows what our letters say
    MARK = 3  # nobody knows it but who has the letter: it holds random bits


class CandidateKind(StrEnum):
    """Where a hint stands in the mail."""

    OPT_OUT_MARK = "opt_out_mark"
    IN_REPLY_TO = "in_reply_to"
    REFERENCES = "references"
    PLUS_TAG = "plus_tag"
    EMBEDDED = "embedded"
    EMBEDDED_MARK = "embedded_mark"
    QUOTED_MARK = "quoted_mark"
    QUOTED_HEADER = "quoted_header"
    SENDER = "sender"
    OWN_MARK = "own_mark"

    @property
    def strength(self) -> Strength:
        """What a hint of this kind proves."""
        return _WEAK.get(self, Strength.MARK)


_WEAK = {
    CandidateKind.QUOTED_HEADER: Strength.QUOTE,
    CandidateKind.SENDER: Strength.ADDRESS,
    CandidateKind.OWN_MARK: Strength.ADDRESS,  # our own copies are known by their sender
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hint: a message id in its canonical form, a mark, a plus tag, or an address.

    Attributes:
        kind: where it stands.
        value: what it is; for a pasted header the address of To.
        sender: of a pasted header, the address of From.
        subject: of a pasted header, folded.
        message_id: the id under which the mail went that carries the mark, canonical.
    """

    kind: CandidateKind
    value: str
    sender: str = ""
    subject: str = ""
    message_id: str = ""


def candidates(mail: Mail) -> tuple[Candidate, ...]:
    """Every hint once, in order of strength; whether one fits is for the database to say.

    The sender alone proves little: only a letter to that very address may be matched by it.
    """
    return tuple(dict.fromkeys(_hints(mail)))


def _hints(mail: Mail) -> Iterator[Candidate]:
    yield from _thread(mail)
    yield from (Candidate(CandidateKind.PLUS_TAG, tag) for tag in plus_tags(mail)[:MAX_TAGS])
    yield from _original(mail)
    yield from (Candidate(CandidateKind.QUOTED_MARK, mark) for mark in _quoted_marks(mail))
    for header in quoted_headers(mail.text[:MAX_TEXT]):
        yield from _header_hints(header)
    if mail.from_:
        yield Candidate(CandidateKind.SENDER, mail.from_.lower())
    ids = ids_in(mail.headers.raw("message-id"))
    for mark in marks_carried(mail.headers):
        yield Candidate(CandidateKind.OWN_MARK, mark, message_id=ids[0] if ids else "")


def _thread(mail: Mail) -> Iterator[Candidate]:
    """In-Reply-To, then References from the newest on, each bounded."""
    for one in ids_in(mail.headers.raw("in-reply-to"))[:MAX_IN_REPLY_TO]:
        yield Candidate(CandidateKind.IN_REPLY_TO, one)
    named = ids_in(mail.headers.raw("references"))
    kept = named if len(named) <= OLDEST + NEWEST else (*named[:OLDEST], *named[-NEWEST:])
    for one in reversed(kept):
        yield Candidate(CandidateKind.REFERENCES, one)


def _original(mail: Mail) -> Iterator[Candidate]:
    """The mail that is attached or pasted below, by its id and by the fields that we wrote."""
    _, original = find_original(mail)
    if original is None:
        return
    ids = ids_in(f"<{original.message_id}>") if original.message_id else ()
    for one in ids:
        yield Candidate(CandidateKind.EMBEDDED, one)
    for mark in marks_carried(original.headers):
        yield Candidate(CandidateKind.EMBEDDED_MARK, mark, message_id=ids[0] if ids else "")
    header = header_of(original.headers)
    if header is not None:
        yield from _header_hints(header)


def _quoted_marks(mail: Mail) -> Iterator[str]:
    """Marks in any text, and in the headers of attached mails, however deep they lie."""
    texts = (part for part in mail.parts if part.content_type.startswith("text/"))
    for part in islice(texts, MAX_TEXTS):
        yield from marks_in(part.text[:MAX_TEXT])
    attached = (each for part in mail.parts for each in _messages(part))
    for part in islice(attached, MAX_TEXTS):
        yield from marks_of_thread(part.headers)


def _messages(part: Part) -> Iterable[Part]:
    return part.children if part.content_type in _MESSAGES else ()


def _header_hints(header: QuotedHeader) -> Iterator[Candidate]:
    for to, subject in product(header.to, header.subjects):
        kind, sender = CandidateKind.QUOTED_HEADER, header.sender.lower()
        yield Candidate(kind, to.lower(), sender, subject)


def plus_tags(mail: Mail) -> tuple[str, ...]:
    """The tags of `name+tag@domain` in the addresses that the mail was sent to."""
    delivered = (one for name in _DELIVERED for one in mail.headers.all(name))
    addresses = [*(found for value in delivered for found in addresses_in(value)), *mail.to]
    tags = (one.rpartition("@")[0].partition("+")[2].lower() for one in addresses)
    return tuple(dict.fromkeys(tag for tag in tags if tag))
