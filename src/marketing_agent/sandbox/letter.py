"""A letter as its reader's mail program sees it: what an answer needs to know of it."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from email.utils import parseaddr, parsedate_to_datetime
from urllib.parse import parse_qs, unquote

_PARSER = BytesParser(policy=SMTP.clone(utf8=True))
_MAILTO = re.compile(r"<mailto:([^>?]+)(?:\?([^>]*))?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UnsubscribeAddress:
    """Where a mail program writes to when its user presses "unsubscribe" (RFC 2369, 3.2)."""

    address: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class ReceivedLetter:
    """A letter that arrived at `to`; `reply_to` is where an answer goes.

    `message_id` and `references` come with their angle brackets, as headers carry them.
    """

    envelope_from: str
    to: str
    raw: bytes
    sender_name: str
    sender: str
    reply_to: str
    subject: str
    message_id: str
    references: str
    date: datetime
    text: str
    unsubscribe: UnsubscribeAddress | None

    @property
    def head(self) -> bytes:
        """The header fields, as bytes."""
        return self.raw.partition(b"\r\n\r\n")[0] + b"\r\n"


def read_letter(envelope_from: str, to: str, raw: bytes, received: datetime) -> ReceivedLetter:
    """Read a letter; `received` stands in for a Date header that is missing or broken."""
    mail = _PARSER.parsebytes(raw)
    name, sender = parseaddr(str(mail.get("From", "")))
    return ReceivedLetter(
        envelope_from=envelope_from,
        to=to,
        raw=raw,
        sender_name=name or sender,
        sender=sender,
        reply_to=parseaddr(str(mail.get("Reply-To", "")))[1] or sender,
        subject=str(mail.get("Subject", "")),
        message_id=str(mail.get("Message-ID", "")).strip(),
        references=" ".join(str(mail.get("References", "")).split()),
        date=_date(mail, received),
        text=_text(mail),
        unsubscribe=_unsubscribe(str(mail.get("List-Unsubscribe", ""))),
    )


def _date(mail: EmailMessage, received: datetime) -> datetime:
    try:
        return parsedate_to_datetime(str(mail.get("Date", ""))).astimezone(received.tzinfo)
    except ValueError:
        return received


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain", "html"))
    return str(body.get_content()).strip() if body else ""


def _unsubscribe(header: str) -> UnsubscribeAddress | None:
    found = _MAILTO.search(header)
    if not found:
        return None
    asked = {key.lower(): values[0] for key, values in parse_qs(found[2] or "").items()}
    subject = asked.get("subject", "unsubscribe")
    return UnsubscribeAddress(unquote(found[1]), subject, asked.get("body", ""))
