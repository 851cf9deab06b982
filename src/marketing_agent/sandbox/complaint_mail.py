"""Complaints in the Abuse Reporting Format (RFC 5965), as a provider's feedback loop sends them."""

from datetime import datetime

from marketing_agent.sandbox.letter import ReceivedLetter
from marketing_agent.sandbox.mime import Part, format_datetime, head, mailbox, multipart, text_part
from marketing_agent.sandbox.post import DueMail, made_id, post

_LOOP = "feedback@fbl.sandbox.example"
_OUR_IP = "192.0.2.25"  # RFC 5737: an address for documentation


def complaint(letter: ReceivedLetter, due: datetime) -> DueMail:
    """Report that the reader pressed the spam button; the report goes to the letter's sender."""
    content = multipart(
        "report; report-type=feedback-report",
        [
            text_part(
                "One of our users marked the message below as unwanted. It came from the address "
                f"{_OUR_IP}. Please make sure that this reader gets no more of them."
            ),
            Part("message/feedback-report", _report(letter)),
            Part("message/rfc822", letter.raw),
        ],
    )
    fields = [
        ("From", mailbox("Feedback loop", _LOOP)),
        ("To", letter.sender),
        ("Subject", f"Complaint about: {letter.subject}"),
        ("Message-ID", made_id("fbl.sandbox.example", letter.message_id, letter.to)),
        ("Auto-Submitted", "auto-generated"),
    ]
    return post(due, letter.sender, "", fields, content)


def _report(letter: ReceivedLetter) -> bytes:
    return head(
        [
            ("Feedback-Type", "abuse"),
            ("User-Agent", "SandboxLoop/1.0"),
            ("Version", "1"),
            ("Original-Mail-From", f"<{letter.envelope_from}>"),
            ("Original-Rcpt-To", f"<{letter.to}>"),
            ("Arrival-Date", format_datetime(letter.date)),
            ("Reported-Domain", letter.sender.rpartition("@")[2]),
            ("Source-IP", _OUR_IP),
        ]
    )
