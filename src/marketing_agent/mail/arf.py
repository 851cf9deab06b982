"""Complaints: feedback reports (RFC 5965) and their ancestors."""

import re
from dataclasses import dataclass

from marketing_agent.mail.mime import Headers, split_head
from marketing_agent.mail.original import Original
from marketing_agent.mail.parse import Mail
from marketing_agent.mail.recipient import Recipient
from marketing_agent.mail.words import addresses_in

_OLD_STYLE = re.compile(r"^complaint about message from ", re.IGNORECASE)
_TYPE = re.compile(r"[a-z-]{1,40}")
_RECIPIENT_FIELDS = ("original-rcpt-to", "removal-recipient", "x-hmxmroriginalrecipient")


@dataclass(frozen=True, slots=True)
class Complaint:
    """Who complained, and of what kind the complaint is (abuse, fraud, not-spam, …)."""

    feedback_type: str
    recipients: tuple[Recipient, ...]


def read_complaint(mail: Mail, original: Original | None) -> Complaint | None:
    """Read a complaint, or return None when the mail is none."""
    if "x-apple-unsubscribe" in mail.headers:  # Apple Mail's button writes in the reader's name
        return Complaint("opt-out", (Recipient(mail.from_, "complaint", None, final=True),))
    fields = _report_fields(mail)
    if fields is None:
        return None
    kind = _TYPE.match(fields.get("feedback-type").lower())
    return Complaint(kind[0] if kind else "abuse", _recipients(fields, original))


def _report_fields(mail: Mail) -> Headers | None:
    for part in mail.parts:
        if part.content_type == "message/feedback-report":
            return split_head(part.payload.lstrip(b"\n"))[0]
    report = mail.root.parameters.get("report-type", "").lower() == "feedback-report"
    return Headers(()) if report or _OLD_STYLE.match(mail.subject) else None


def _recipients(fields: Headers, original: Original | None) -> tuple[Recipient, ...]:
    named = [one for name in _RECIPIENT_FIELDS for one in _values(fields, name)]
    if not named and original is not None:
        named = [*_values(original.headers, "x-hmxmroriginalrecipient"), *original.to]
    unique = {address.lower(): address for address in named}
    return tuple(Recipient(one, "complaint", None, final=True) for one in unique.values())


def _values(headers: Headers, name: str) -> tuple[str, ...]:
    return tuple(one for value in headers.all(name) for one in addresses_in(value))
