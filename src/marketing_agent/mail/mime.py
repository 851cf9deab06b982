"""MIME as a tree of parts, read in linear time with limits on depth, parts and size.

The standard library's parser recurses without bound and compares each line with every open
boundary, so a mail of nested multiparts costs minutes; this reader gives up politely instead.
"""

import re
from binascii import a2b_qp
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from marketing_agent.mail.words import MAX_HEADER, decode_base64, decode_charset, decode_words

MAX_DEPTH = 12  # levels; a reply to a forwarded bounce has about six
MAX_PARTS = 100  # children of one multipart
MAX_FIELDS = 2000  # of one header
_LONGEST_FIELD = 4 * MAX_HEADER  # bytes, blanks of folding included; the rest of it is passed over

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_FIELD_END = re.compile(rb"\n(?![ \t]+\S)")  # what follows is no folded line (RFC 5322 §2.2.3)
_BLANK_LINE = re.compile(rb"[ \t\r\v\f]*(?:\n|\Z)")
_USED_BOUNDARY = re.compile(rb"(?m)^--(\S{6,200})\nContent-")
_PARAMETER = re.compile(
    r";\s*([\w!#$%&'*+.^`{}~-]{1,60})\s*=\s*(\"[^\"]{0,2000}\"|[^;\s\"]{1,2000})"
)


@dataclass(frozen=True)
class Headers:
    """Header fields in order, names in lower case, values unfolded and still encoded."""

    fields: tuple[tuple[str, str], ...]

    @cached_property
    def _first(self) -> dict[str, str]:
        return dict(reversed(self.fields))

    def raw(self, name: str) -> str:
        """The first value of a field as it stood on the wire, or an empty text."""
        return self._first.get(name, "")

    def get(self, name: str) -> str:
        """The first value of a field with encoded words decoded, or an empty text."""
        return decode_words(self.raw(name))

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field, decoded."""
        return tuple(decode_words(value) for one, value in self.fields if one == name)

    def __contains__(self, name: object) -> bool:
        return name in self._first


@dataclass(frozen=True)
class Part:
    """One MIME entity: its headers, its raw body and, when it is a container, its children."""

    headers: Headers
    content_type: str
    parameters: dict[str, str]
    body: bytes
    children: tuple["Part", ...] = ()

    @cached_property
    def payload(self) -> bytes:
        """The body with the transfer encoding undone."""
        return _untransferred(self.headers, self.body)

    @cached_property
    def text(self) -> str:
        """The body as text, whatever its charset claims."""
        return decode_charset(self.payload, self.parameters.get("charset", ""))

    def walk(self) -> Iterator["Part"]:
        """This part and all below it, embedded messages included, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def own(self) -> Iterator["Part"]:
        """As `walk`, but embedded messages are closed: what the sender of this mail wrote."""
        yield self
        if self.content_type != "message/rfc822":
            for child in self.children:
                yield from child.own()


def read_part(data: bytes, depth: int = 0) -> Part:
    """Read one entity with LF line ends; never raises, deeper levels than MAX_DEPTH stay bytes."""
    headers, body = split_head(data)
    content_type, parameters = _content_type(headers.raw("content-type"))
    children = _children(headers, content_type, parameters, body, depth)
    if content_type.startswith("multipart/") and not children:
        content_type = "text/plain"  # no boundary is in it: what there is can still be read
    return Part(headers, content_type, parameters, body, children)


def split_head(data: bytes) -> tuple[Headers, bytes]:
    """Cut header fields from the body at the first empty or impossible line."""
    fields: list[tuple[str, str]] = []
    position = 0
    while len(fields) < MAX_FIELDS:
        found = _FIELD.match(data, position)
        if found is None and not data.startswith((b"From ", b">From "), position):
            break
        end = _field_end(data, position)
        if found is not None:  # else it is an mbox separator, which is no header and no body
            value = data[found.end() : min(end, found.end() + _LONGEST_FIELD)]
            fields.append((found[1].decode("ascii").lower(), _value(value)))
        position = end + 1
    blank = _BLANK_LINE.match(data, position)
    return Headers(tuple(fields)), data[blank.end() if blank else position :]


def _field_end(data: bytes, start: int) -> int:
    found = _FIELD_END.search(data, start)
    return len(data) if found is None else found.start()


def _value(raw: bytes) -> str:
    joined = b" ".join(map(bytes.strip, raw.split(b"\n"))) if b"\n" in raw else raw
    return decode_charset(joined.strip()[:MAX_HEADER], "utf-8").strip()


def _content_type(value: str) -> tuple[str, dict[str, str]]:
    kind = value.partition(";")[0].strip().lower()
    parameters: dict[str, str] = {}
    for name, quoted in _PARAMETER.findall(value):
        key = name.lower().partition("*")[0]  # RFC 2231 §3: continuations are put together
        parameters[key] = parameters.get(key, "") + quoted.strip('"')
    return kind if "/" in kind else "text/plain", parameters


def _children(
    headers: Headers, kind: str, parameters: dict[str, str], body: bytes, depth: int
) -> tuple[Part, ...]:
    if depth >= MAX_DEPTH:
        return ()
    if kind in ("message/rfc822", "message/global"):
        return (read_part(_untransferred(headers, body).lstrip(b"\n"), depth + 1),)
    if kind.startswith("multipart/") and parameters.get("boundary"):
        return tuple(read_part(piece, depth + 1) for piece in _cut(body, parameters["boundary"]))
    return ()


def _cut(body: bytes, boundary: str) -> Iterator[bytes]:
    """Cut at the declared boundary, or where it never occurs, at the one that is really used."""
    declared = boundary.rstrip().encode("latin-1", "replace")
    if declared not in body and (used := _USED_BOUNDARY.search(body)):
        declared = used[1]
    return _pieces(body, declared)


def _pieces(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """Cut a multipart body at its boundary lines; a missing final one is forgiven."""
    text = b"\n" + body
    start = -1
    for count, (begin, end, final) in enumerate(_boundary_lines(text, b"\n--" + boundary)):
        if start >= 0:
            yield text[start:begin]
        if final or count >= MAX_PARTS:
            return
        start = end
    if 0 <= start < len(text):
        yield text[start:]


def _boundary_lines(text: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Give for each boundary where it begins, with the line end before it (RFC 2046 §5.1.1), and ends.

    Searched by hand: a regular expression would be compiled anew for the boundary of each mail.
    """
    place = text.find(mark)
    while place >= 0:
        behind = place + len(mark)
        end = text.find(b"\n", behind)
        end = len(text) if end < 0 else end
        rest = text[behind:end].rstrip(b" \t")
        if rest in (b"", b"--"):
            yield place, end + 1, bool(rest)
        place = text.find(mark, behind)


def _untransferred(headers: Headers, body: bytes) -> bytes:
    """Undo the Content-Transfer-Encoding (RFC 2045 §6); unknown ones are left alone."""
    encoding = headers.raw("content-transfer-encoding").strip().lower()
    if encoding == "base64":
        return decode_base64(body)
    return a2b_qp(body) if encoding == "quoted-printable" else body
