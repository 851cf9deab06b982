"""Delivery status notifications (RFC 3464), and one kind of report that only has prose."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from marketing_agent.sandbox.letter import ReceivedLetter
from marketing_agent.sandbox.mime import Part, format_datetime, head, mailbox, multipart, text_part
from marketing_agent.sandbox.post import DueMail, made_id, post

_RELAY = "mta.sandbox.example"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a letter did not arrive: the RFC 3463 status and the words of the other server."""

    status: str
    said: str
    explained: str
    action: str = "failed"
    remote: bool = True


class Trouble(StrEnum):
    """The failures that the sandbox knows."""

    UNKNOWN = "unknown"
    FULL = "full"
    BLOCKED = "blocked"
    DELAYED = "delayed"
    EXPIRED = "expired"


FAILURES = {
    Trouble.UNKNOWN: Failure(
        "5.1.1",
        "550 5.1.1 <{to}>: recipient address rejected: user unknown",
        "The server in charge of this address says that nobody has it.",
    ),
    Trouble.FULL: Failure(
        "5.2.2",
        "552 5.2.2 <{to}>: mailbox is full, quota exceeded",
        "The mailbox holds as much as it may and takes nothing more.",
    ),
    Trouble.BLOCKED: Failure(
        "5.7.1",
        "550 5.7.1 Message blocked by our policy: the sending address has a poor reputation",
        "The other side refused the message for what it thinks of the sender.",
    ),
    Trouble.DELAYED: Failure(
        "4.4.1",
        "connect to mx.{domain}: connection timed out after 500 ms",
        "This is a warning only. You need not send your message again: we go on trying.",
        action="delayed",
        remote=False,
    ),
    Trouble.EXPIRED: Failure(
        "4.4.7",
        "delivery time expired; last try: connect to mx.{domain}: connection timed out",
        "We tried for two days, could not reach the server, and now give up.",
        remote=False,
    ),
}


def bounce(letter: ReceivedLetter, trouble: Trouble, due: datetime, taste: Random) -> DueMail:
    """Report that `letter` failed (or waits), in one of the shapes that servers use."""
    failure = FAILURES[trouble]
    reporter = f"mx.{_domain(letter)}" if failure.remote and taste.random() < 0.5 else _RELAY  # noqa: PLR2004  even odds
    content = multipart(
        "report; report-type=delivery-status",
        [
            text_part(_prose(letter, failure, reporter)),
            Part("message/delivery-status", _status(letter, failure, reporter, due, taste)),
            _original(letter, taste),
        ],
    )
    return post(due, letter.envelope_from, "", _fields(letter, failure, reporter, due), content)


def bounce_in_prose(letter: ReceivedLetter, due: datetime) -> DueMail:
    """Report an unknown user in words alone, as old servers do."""
    failure, reporter = FAILURES[Trouble.UNKNOWN], f"mx.{_domain(letter)}"
    original = letter.head.decode("utf-8", "replace")
    text = (
        f"{_prose(letter, failure, reporter)}\n\n"
        f"--- What follows is the head of the returned message ---\n\n{original}"
    )
    return post(
        due, letter.envelope_from, "", _fields(letter, failure, reporter, due), text_part(text)
    )


def _fields(
    letter: ReceivedLetter, failure: Failure, reporter: str, due: datetime
) -> list[tuple[str, str]]:
    waits = failure.action == "delayed"
    subject = "Delivery delayed" if waits else "Undelivered mail returned to sender"
    return [
        ("From", mailbox("Mail Delivery System", f"mailer-daemon@{reporter}")),
        ("To", letter.envelope_from),
        ("Subject", subject),
        ("Message-ID", made_id(reporter, letter.message_id, failure.status, due.isoformat())),
        ("Auto-Submitted", "auto-replied"),
    ]


def _prose(letter: ReceivedLetter, failure: Failure, reporter: str) -> str:
    return (
        f"This is the mail server {reporter}.\n\n"
        f"Your message to the following address "
        f"{'is still waiting' if failure.action == 'delayed' else 'was not delivered'}. "
        f"{failure.explained}\n\n<{letter.to}>:\n    {_said(letter, failure)}"
    )


def _said(letter: ReceivedLetter, failure: Failure) -> str:
    return failure.said.format(to=letter.to, domain=_domain(letter))


def _status(
    letter: ReceivedLetter, failure: Failure, reporter: str, due: datetime, taste: Random
) -> bytes:
    """Write the two groups of fields; the blank after `rfc822;` is optional and varies."""
    blank = taste.choice((" ", ""))
    kind = "smtp" if failure.remote else "x-sandbox"
    waits = failure.action == "delayed"
    recipient = [
        ("Final-Recipient", f"rfc822;{blank}{letter.to}"),
        ("Action", failure.action),
        ("Status", failure.status),
        *([("Remote-MTA", f"dns; mx.{_domain(letter)}")] if failure.remote else []),
        ("Diagnostic-Code", f"{kind}; {_said(letter, failure)}"),
        *([("Will-Retry-Until", format_datetime(due + timedelta(days=2)))] if waits else []),
    ]
    server = [("Reporting-MTA", f"dns; {reporter}"), ("Arrival-Date", format_datetime(letter.date))]
    return head(server) + b"\r\n" + head(recipient)


def _original(letter: ReceivedLetter, taste: Random) -> Part:
    """Return the letter: sometimes whole, sometimes only its head (RFC 6522 section 3)."""
    if taste.random() < 0.5:  # noqa: PLR2004  even odds
        return Part("message/rfc822", letter.raw)
    return Part("text/rfc822-headers", letter.head)


def _domain(letter: ReceivedLetter) -> str:
    return letter.to.rpartition("@")[2]
