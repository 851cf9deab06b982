"""Hints to which of our letters an inbound mail belongs, the strongest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from marketing_agent.mail.original import find_original
from marketing_agent.mail.parse import Mail
from marketing_agent.mail.words import addresses_in

_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to")


class CandidateKind(StrEnum):
    """Where a hint stands in the mail."""

    IN_REPLY_TO = "in_reply_to"
    REFERENCES = "references"
    PLUS_TAG = "plus_tag"
    EMBEDDED = "embedded"
    SENDER = "sender"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hint: a message id without brackets, a plus tag, or the sender's address in lower case."""

    kind: CandidateKind
    value: str


def candidates(mail: Mail) -> tuple[Candidate, ...]:
    """Every hint once, in order of strength; whether one fits is for the database to say.

    The sender alone proves little: only a letter to that very address may be matched by it.
    """
    return tuple(dict.fromkeys(_hints(mail)))


def _hints(mail: Mail) -> Iterator[Candidate]:
    if mail.in_reply_to:
        yield Candidate(CandidateKind.IN_REPLY_TO, mail.in_reply_to)
    for one in reversed(mail.references):
        yield Candidate(CandidateKind.REFERENCES, one)
    for tag in plus_tags(mail):
        yield Candidate(CandidateKind.PLUS_TAG, tag)
    _, original = find_original(mail)
    if original is not None and original.message_id:
        yield Candidate(CandidateKind.EMBEDDED, original.message_id)
    if mail.from_:
        yield Candidate(CandidateKind.SENDER, mail.from_.lower())


def plus_tags(mail: Mail) -> tuple[str, ...]:
    """The tags of `name+tag@domain` in the addresses that the mail was sent to."""
    delivered = (one for name in _DELIVERED for one in mail.headers.all(name))
    addresses = [*(found for value in delivered for found in addresses_in(value)), *mail.to]
    tags = (one.rpartition("@")[0].partition("+")[2] for one in addresses)
    return tuple(dict.fromkeys(tag for tag in tags if tag))
