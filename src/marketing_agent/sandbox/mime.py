"""Puts mails together from text, the same bytes for the same input: no random boundaries."""

from base64 import encodebytes
from collections.abc import Iterable
from dataclasses import dataclass
from email.header import Header
from email.utils import format_datetime, formataddr
from hashlib import sha256
from quopri import encodestring

__all__ = ["Part", "format_datetime", "head", "mailbox", "message", "multipart", "text_part"]


@dataclass(frozen=True, slots=True)
class Part:
    """A content type, its further header fields, and the bytes of the body (CRLF)."""

    content_type: str
    body: bytes
    fields: tuple[tuple[str, str], ...] = ()


def text_part(text: str, subtype: str = "plain", encoding: str = "8bit") -> Part:
    """Make a text part in UTF-8; `encoding` is 8bit, quoted-printable or base64 (RFC 2045)."""
    data = ("\n".join(text.splitlines()) + "\n").encode()
    encoded = {"quoted-printable": encodestring, "base64": encodebytes}.get(encoding, bytes)(data)
    fields = (("Content-Transfer-Encoding", encoding),)
    return Part(f"text/{subtype}; charset=utf-8", crlf(encoded), fields)


def multipart(subtype: str, parts: Iterable[Part]) -> Part:
    """Join parts; the boundary is made from their content, so it cannot occur in it."""
    parts = tuple(parts)
    digest = sha256(b"\0".join(part.body for part in parts)).hexdigest()[:24]
    boundary = f"=_{digest}"
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), _bytes(part)) for part in parts)
    kind, _, parameters = subtype.partition(";")
    more = f";{parameters}" if parameters else ""
    content_type = f'multipart/{kind}{more}; boundary="{boundary}"'
    return Part(content_type, body + f"--{boundary}--\r\n".encode())


def message(fields: Iterable[tuple[str, str]], content: Part) -> bytes:
    """Make a whole mail; fields with an empty value are left out."""
    head_fields = [(name, value) for name, value in fields if value]
    return head([*head_fields, ("MIME-Version", "1.0")]) + _bytes(content)


def head(fields: Iterable[tuple[str, str]]) -> bytes:
    """Write header fields; words outside ASCII are encoded (RFC 2047), long lines folded."""
    return b"".join(crlf(_field(name, value)) for name, value in fields)


def mailbox(name: str, address: str) -> str:
    """Write a name and an address for From or To."""
    return formataddr((name, address))


def crlf(data: bytes) -> bytes:
    """Give every line its CRLF."""
    return b"".join(line + b"\r\n" for line in data.splitlines())


def _field(name: str, value: str) -> bytes:
    if value.isascii():
        return f"{name}: {value}\n".encode()
    return f"{name}: {Header(value, 'utf-8', header_name=name).encode()}\n".encode()


def _bytes(part: Part) -> bytes:
    return head([("Content-Type", part.content_type), *part.fields]) + b"\r\n" + part.body
