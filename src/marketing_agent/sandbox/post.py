"""Mail on its way back to us: who gets it, when it arrives, and the stamps of the journey."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from marketing_agent.sandbox.mime import Part, format_datetime, message

OUR_MX = "mx.sandbox.example"
"""The server that takes mail for our inboxes."""


@dataclass(frozen=True, slots=True)
class DueMail:
    """A mail that reaches the address `to` at `due` and is filed in `folder`."""

    due: datetime
    to: str
    raw: bytes
    folder: str = "INBOX"


def post(
    due: datetime,
    to: str,
    sender: str,
    fields: Iterable[tuple[str, str]],
    content: Part,
    *,
    folder: str = "INBOX",
) -> DueMail:
    """Make a mail with its trace fields; an empty `sender` is the null path (RFC 5321, 4.5.5)."""
    host = sender.rpartition("@")[2] or "mta.sandbox.example"
    when = format_datetime(due)
    stamps = [
        ("Return-Path", f"<{sender}>"),
        ("Delivered-To", to),
        ("Received", f"from {host} by {OUR_MX} with ESMTPS for <{to}>; {when}"),
    ]
    return DueMail(due, to, message([*stamps, *fields, ("Date", when)], content), folder)


def made_id(domain: str, *seeds: str) -> str:
    """Make a Message-ID in angle brackets, the same for the same seeds."""
    return f"<{sha256(chr(0).join(seeds).encode()).hexdigest()[:24]}@{domain}>"
