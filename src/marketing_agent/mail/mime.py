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

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*(.*)\Z", re.DOTALL)
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
    fields: list[list[bytes]] = []
    position = 0
    for _ in range(MAX_HEADER_LINES):
        line, following = _line(data, position)
        if not _take(line, fields):
            return _headers(fields), data[following:] if not line.strip() else data[position:]
        position = following
    return _headers(fields), data[position:]


def _line(data: bytes, start: int) -> tuple[bytes, int]:
    end = data.find(b"\n", start)
    end = len(data) if end < 0 else end
    return data[start:end], end + 1


def _take(line: bytes, fields: list[list[bytes]]) -> bool:
    """Add one header line to the fields; False where the header ends."""
    if not line.strip():
        return False
    if line[:1] in b" \t" and fields:
        fields[-1].append(line)
        return True
    if line.startswith((b"From ", b">From ")):  # an mbox separator is no header and no body
        return True
    found = _FIELD.match(line)
    if found:
        fields.append([found[1], found[2]])
    return found is not None


def _headers(fields: list[list[bytes]]) -> Headers:
    return Headers(tuple((_name(one), _value(one)) for one in fields))


def _name(field: list[bytes]) -> str:
    return field[0].decode("ascii", "replace").lower()


def _value(field: list[bytes]) -> str:
    joined = b" ".join(piece.strip() for piece in field[1:])
    return decode_charset(joined[:MAX_HEADER], "utf-8").strip()


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
