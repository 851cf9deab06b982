"""A letter becomes the bytes that SMTP carries: CRLF, 7-bit safe, nothing forged, no Bcc."""

import re
import secrets
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from marketing_agent.mail.header_text import (
    HeaderInjectionError,
    mailbox,
    structured,
    token,
    unstructured,
)

__all__ = ["HeaderInjectionError", "Letter", "new_message_id", "to_bytes"]

_LONGEST_LINE = 78  # bytes; RFC 5322 §2.1.1 recommends it, longer paragraphs go quoted-printable
_BASE64_LINE = 76  # characters; RFC 2045 §6.8
_FIELD_NAME = re.compile(r"[A-Za-z0-9-]{1,70}\Z")
_WRITTEN_HERE = """
date from to cc bcc sender reply-to message-id in-reply-to references subject mime-version
content-type content-transfer-encoding list-unsubscribe list-unsubscribe-post
"""
_OURS = frozenset(_WRITTEN_HERE.split())


@dataclass(frozen=True, slots=True)
class Letter:
    """One plain-text letter to one person; the body already carries its footer.

    Message ids come without angle brackets, `date` is aware, addresses are bare.
    """

    message_id: str
    from_address: str
    from_name: str
    to_address: str
    subject: str
    body_text: str
    date: datetime
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    list_unsubscribe_mailto: str | None = None
    list_unsubscribe_url: str | None = None
    reply_to: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


def new_message_id(domain: str, mark: str = "") -> str:
    """Make a Message-ID without brackets, unique by 96 random bits (RFC 5322 §3.6.4).

    `mark` (letters and digits) ties the id to the letter for people who read logs.
    """
    left = f"{mark}.{secrets.token_hex(12)}" if mark else secrets.token_hex(12)
    return token("Message-ID", f"{left}@{domain}")


def to_bytes(letter: Letter) -> bytes:
    """Render the letter with CRLF line ends.

    Addresses outside ASCII stay UTF-8 in the headers (RFC 6532); the SMTP session then asks for
    SMTPUTF8.

    Raises:
        HeaderInjectionError: when any header value holds a control character.
        ValueError: when an extra header has an illegal name or one that compose writes itself.
    """
    encoding, body = _encoded_body(letter.body_text)
    head = "\r\n".join([*_header_lines(letter), *_mime_lines(encoding), "", ""])
    return head.encode("utf-8") + body


def _header_lines(letter: Letter) -> Iterator[str]:
    yield f"Date: {format_datetime(letter.date)}"
    yield mailbox("From", letter.from_name, letter.from_address)
    yield mailbox("To", "", letter.to_address)
    if letter.reply_to:
        yield mailbox("Reply-To", "", letter.reply_to)
    yield structured("Message-ID", _bracketed("Message-ID", letter.message_id))
    yield unstructured("Subject", letter.subject)
    yield from _threading_lines(letter)
    yield from _unsubscribe_lines(letter)
    yield from _extra_lines(letter.headers)


def _threading_lines(letter: Letter) -> Iterator[str]:
    if letter.in_reply_to:
        yield structured("In-Reply-To", _bracketed("In-Reply-To", letter.in_reply_to))
    if letter.references:
        ids = (_bracketed("References", one) for one in letter.references)
        yield structured("References", " ".join(ids))


def _unsubscribe_lines(letter: Letter) -> Iterator[str]:
    """RFC 2369 §3.2; the one-click promise of RFC 8058 is made for an https link only."""
    url = letter.list_unsubscribe_url
    mailto = letter.list_unsubscribe_mailto
    links = [url] if url else []
    if mailto:
        links.append(f"mailto:{mailto.removeprefix('mailto:')}")
    if links:
        ways = (_bracketed("List-Unsubscribe", link) for link in links)
        yield structured("List-Unsubscribe", ", ".join(ways))
    if url and url.startswith("https://"):
        yield "List-Unsubscribe-Post: List-Unsubscribe=One-Click"


def _bracketed(name: str, value: str) -> str:
    return f"<{token(name, value)}>"


def _extra_lines(headers: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for name, value in headers:
        if not _FIELD_NAME.match(name) or name.lower() in _OURS:
            raise ValueError(f"{name!r} cannot be given as an extra header.")
        yield unstructured(name, value)


def _mime_lines(encoding: str) -> tuple[str, ...]:
    charset = "us-ascii" if encoding == "7bit" else "utf-8"
    return (
        "MIME-Version: 1.0",
        f"Content-Type: text/plain; charset={charset}; format=fixed",
        f"Content-Transfer-Encoding: {encoding}",
    )


def _encoded_body(text: str) -> tuple[str, bytes]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    data = "\r\n".join([*lines, ""]).encode("utf-8", "replace")
    if _is_plain(data, lines):
        return "7bit", data
    if _mostly_foreign(data, text):
        return "base64", _base64_lines(data)
    # A line that begins with "From " is rewritten by mbox stores, which breaks DKIM signatures.
    quoted = b"\n" + b2a_qp(data, istext=True)
    return "quoted-printable", quoted.replace(b"\nFrom ", b"\n=46rom ")[1:]


def _is_plain(data: bytes, lines: list[str]) -> bool:
    return (
        data.isascii()
        and b"\0" not in data
        and max(map(len, lines)) <= _LONGEST_LINE
        and not any(line.startswith("From ") for line in lines)
    )


def _mostly_foreign(data: bytes, text: str) -> bool:
    """Quoted-printable triples every foreign byte, base64 adds a third to all."""
    return len(data) > len(text) * 1.3


def _base64_lines(data: bytes) -> bytes:
    flat = b2a_base64(data, newline=False)
    return b"".join(flat[i : i + _BASE64_LINE] + b"\r\n" for i in range(0, len(flat), _BASE64_LINE))
