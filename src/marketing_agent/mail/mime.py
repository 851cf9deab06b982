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
MAX_HEADER_LINES = 2000

_FOLDED = 4 * MAX_HEADER  # bytes of one field with its folding; millions of lines would fill memory

# A field with its continuation lines; a line of blanks ends the header like an empty one.
_FIELD = re.compile(
    rb"([!-9;-~]{1,200})[ \t]*+:[ \t]*+([^\n]*+(?:\n[ \t]++(?=[^\s])[^\n]*+)*+)(?=\n|\Z)"
)
# An mbox separator is no header and no body.
_MBOX = re.compile(rb">?From [^\n]*+(?=\n|\Z)")
_EMPTY_LINE = re.compile(rb"[ \t\r\f\v]*+(?:\n|\Z)")
_BEHIND_MARK = re.compile(rb"(--)?[ \t]*+(?:\n|\Z)")
_NEWLINE = 0x0A
_USED_BOUNDARY = re.compile(rb"(?m)^--(\S{6,200})\nContent-")
_PARAMETER = re.compile(
    r";\s*([\w!#$%&'*+.^`{}~-]{1,60})\s*=\s*(\"[^\"]{0,2000}\"|[^;\s\"]{1,2000})"
)


@dataclass(frozen=True)
class Headers:
    """Header fields in order, names in lower case; a value is decoded when somebody asks for it."""

    lines: tuple[tuple[str, bytes], ...]

    @cached_property
    def _first(self) -> dict[str, bytes]:
        return dict(reversed(self.lines))

    def raw(self, name: str) -> str:
        """The first value of a field, unfolded, encoded words left alone, or an empty text."""
        value = self._first.get(name)
        return "" if value is None else _value(value)

    def get(self, name: str) -> str:
        """The first value of a field with encoded words decoded, or an empty text."""
        return decode_words(self.raw(name))

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field, decoded."""
        return tuple(decode_words(_value(value)) for one, value in self.lines if one == name)

    def having(self, name: str, value: bytes) -> "Headers":
        """These fields and another one behind them."""
        return Headers((*self.lines, (name, value)))

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
    lines: list[tuple[str, bytes]] = []
    position = 0
    for _ in range(MAX_HEADER_LINES):
        found = _FIELD.match(data, position)
        if found:
            lines.append((found[1].decode("ascii").lower(), found[2]))
        else:
            found = _MBOX.match(data, position)
            if found is None:
                break
        position = found.end() + 1
    blank = _EMPTY_LINE.match(data, position)
    return Headers(tuple(lines)), data[blank.end() if blank else position :]


def _value(field: bytes) -> str:
    field = field[:_FOLDED]
    if b"\n" in field:
        field = b" ".join(piece.strip() for piece in field.split(b"\n"))
    return decode_charset(field[:MAX_HEADER], "utf-8").strip()


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
    start = -1
    for count, (begin, end, last) in enumerate(_marks(body, b"--" + boundary)):
        if start >= 0:
            yield body[start:begin].removesuffix(b"\n")
        if last or count >= MAX_PARTS:
            return
        start = end
    if 0 <= start < len(body):
        yield body[start:]


def _marks(body: bytes, marker: bytes) -> Iterator[tuple[int, int, bool]]:
    """Begin and end of every boundary line, and whether it is the closing one."""
    place = body.find(marker)
    while place >= 0:
        behind = place + len(marker)
        rest = _BEHIND_MARK.match(body, behind)
        if rest and (place == 0 or body[place - 1] == _NEWLINE):
            yield place, rest.end(), bool(rest[1])
        place = body.find(marker, behind)


def _untransferred(headers: Headers, body: bytes) -> bytes:
    """Undo the Content-Transfer-Encoding (RFC 2045 §6); unknown ones are left alone."""
    encoding = headers.raw("content-transfer-encoding").strip().lower()
    if encoding == "base64":
        return decode_base64(body)
    return a2b_qp(body) if encoding == "quoted-printable" else body
