"""Complaints: feedback reports (RFC 5965, RFC 6591) and their ancestors."""

import re
from dataclasses import dataclass

from marketing_agent.mail.mime import Headers, split_head
from marketing_agent.mail.original import Original
from marketing_agent.mail.parse import Mail
from marketing_agent.mail.recipient import Recipient
from marketing_agent.mail.words import addresses_in

_OLD_STYLE = re.compile(
    r"^(?:complaint about message from |(?:e-?mail )?feedback report for ip\b|abuse report\b"
    r"|customer complaint\b|client tos notification)",
    re.IGNORECASE,
)
_TYPE = re.compile(r"[a-z-]{1,40}")
_LOOSE = re.compile(rb"^feedback-type[ \t]*:[ \t]*[a-z-]+", re.IGNORECASE | re.MULTILINE)
_RECIPIENT_FIELDS = ("original-rcpt-to", "removal-recipient", "x-hmxmroriginalrecipient")
_REPORTED = ("x-hmxmroriginalrecipient", "x-jmrp", "x-hmxmrsender")


@dataclass(frozen=True, slots=True)
class Complaint:
    """Who complained, and of what kind the complaint is (abuse, fraud, not-spam, …)."""

    feedback_type: str
    recipients: tuple[Recipient, ...]


def read_complaint(mail: Mail, original: Original | None) -> Complaint | None:
    """Read a complaint, or return None when the mail is none.

    An aggregate report (RFC 7489 §7.2, DMARC) has no feedback type and is no complaint.
    """
    if "x-apple-unsubscribe" in mail.headers:  # Apple Mail's button writes in the reader's name
        readers = (mail.from_,) if mail.from_ else ()
        told = tuple(Recipient(one, "complaint", None, final=True) for one in readers)
        return Complaint("opt-out", told)
    fields = _report_fields(mail, original)
    if fields is None:
        return None
    kind = _TYPE.match(fields.get("feedback-type").lower())
    return Complaint(kind[0] if kind else "abuse", _recipients(fields, original))


def _report_fields(mail: Mail, original: Original | None) -> Headers | None:
    for part in mail.parts:
        if part.content_type == "message/feedback-report":
            return split_head(part.payload.lstrip(b"\n"))[0]
    if mail.root.parameters.get("report-type", "").lower() == "feedback-report":
        return _unwrapped_fields(mail) or Headers(())
    if _OLD_STYLE.match(mail.subject) or _is_old_hotmail(mail, original):
        return Headers(())
    machine = "feedback-id" not in mail.headers and not mail.in_reply_to
    return _unwrapped_fields(mail) if machine else None


def _is_old_hotmail(mail: Mail, original: Original | None) -> bool:
    """Microsoft's junk mail reporting attaches the letter, marked with the one who complained."""
    return (
        original is not None
        and mail.root.content_type.startswith("multipart/")
        and any(name in original.headers for name in _REPORTED)
    )


def _unwrapped_fields(mail: Mail) -> Headers | None:
    """The fields in a text part, where a gateway unwrapped the report."""
    for part in mail.root.own():
        if part.children or b"eedback-" not in part.body[:20_000]:
            continue
        found = _LOOSE.search(part.payload[:20_000])
        if found:
            start = part.payload.rfind(b"\n\n", 0, found.start()) + 1
            fields = split_head(part.payload[start:].lstrip(b"\n"))[0]
            if "user-agent" in fields or "version" in fields or "source-ip" in fields:
                return fields
    return None


def _recipients(fields: Headers, original: Original | None) -> tuple[Recipient, ...]:
    named = [one for name in _RECIPIENT_FIELDS for one in _values(fields, name)]
    if not named and original is not None:
        marked = _values(original.headers, "x-hmxmroriginalrecipient")
        named = [*marked, *original.to]
    unique = {address.lower(): address for address in named}
    return tuple(Recipient(one, "complaint", None, final=True) for one in unique.values())


def _values(headers: Headers, name: str) -> tuple[str, ...]:
    return tuple(one for value in headers.all(name) for one in addresses_in(value))
