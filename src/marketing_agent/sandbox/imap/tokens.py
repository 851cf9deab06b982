"""A client's command as nested lists of bytes, and IMAP's dates (RFC 3501 section 9)."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TypeAlias, Union

Token: TypeAlias = Union[bytes, "list[Token]"]
_PIECE = re.compile(rb'[()]|"(?:\\.|[^"\\])*"|(?:[^\s()"\[\]]|\[[^\]]*\])+')
_ESCAPED = re.compile(rb"\\(.)")
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}$")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"\s*(\d{1,2})-([A-Za-z]{3})-(\d{4})")


class BadCommandError(Exception):
    """The client sent what we cannot read; its sentence goes into the BAD reply."""


class Part(bytes):
    """A literal's octets: never taken apart."""

    __slots__ = ()


def announced_literal(line: bytes) -> tuple[int, bool] | None:
    """Return (octets, whether the client waits for `+`) if `line` ends in a literal's size."""
    found = _LITERAL.search(line)
    return (int(found[1]), not found[2]) if found else None


def without_announcement(line: bytes) -> bytes:
    """Cut `{n}` from the end of `line`."""
    return _LITERAL.sub(b"", line)


def tokens(parts: Iterable[bytes]) -> list[Token]:
    """Read a command's lines and literals (`Part`) into nested lists.

    Raises:
        BadCommandError: A parenthesis has no partner.
    """
    stack: list[list[Token]] = [[]]
    for piece in _pieces(parts):
        if piece == b"(" and not isinstance(piece, Part):
            stack.append([])
        elif piece == b")" and not isinstance(piece, Part):
            _close(stack)
        else:
            stack[-1].append(_unquoted(piece))
    if len(stack) > 1:
        raise BadCommandError("A parenthesis is never closed")
    return stack[0]


def _pieces(parts: Iterable[bytes]) -> Iterable[bytes]:
    for part in parts:
        yield from [part] if isinstance(part, Part) else _PIECE.findall(part)


def _close(stack: list[list[Token]]) -> None:
    if len(stack) == 1:
        raise BadCommandError("A parenthesis is closed that was never opened")
    done = stack.pop()
    stack[-1].append(done)


def _unquoted(piece: bytes) -> bytes:
    if isinstance(piece, Part) or not piece.startswith(b'"'):
        return bytes(piece)
    return _ESCAPED.sub(rb"\1", piece[1:-1])


def word(items: Sequence[Token], index: int) -> bytes:
    """Return the string at `index`.

    Raises:
        BadCommandError: There is none.
    """
    if index < len(items):
        found = items[index]
        if isinstance(found, bytes):
            return found
    raise BadCommandError("An argument is missing or of the wrong kind")


def text(items: Sequence[Token], index: int) -> str:
    """Return the string at `index` as text; octets that are no UTF-8 survive as surrogates."""
    return word(items, index).decode("utf-8", "surrogateescape")


def quoted(value: str) -> bytes:
    """Write `value` as a quoted string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return b'"' + escaped.encode("utf-8", "surrogateescape") + b'"'


def internal_date(at: datetime) -> bytes:
    """Write an INTERNALDATE, in UTC."""
    at = at.astimezone(UTC)
    day = f"{at.day:2d}-{_MONTHS[at.month - 1]}-{at.year} {at:%H:%M:%S}"
    return f'"{day} +0000"'.encode()


def read_date(value: str) -> date:
    """Read the day of a `date` or `date-time`, as SINCE and its kin disregard the time.

    Raises:
        BadCommandError: It is no date.
    """
    found = _DATE.match(value)
    month = found[2].capitalize() if found else ""
    if not found or month not in _MONTHS:
        raise BadCommandError(f"{value!r} is no date")
    return date(int(found[3]), _MONTHS.index(month) + 1, int(found[1]))


def read_date_time(value: str) -> datetime:
    """Read a `date-time` such as `02-Mar-2026 09:00:00 +0100`.

    Raises:
        BadCommandError: It is none.
    """
    try:
        clock = datetime.strptime(value.split("-")[2][4:].strip(), "%H:%M:%S %z")
        return datetime.combine(read_date(value), clock.timetz())
    except (ValueError, IndexError):
        raise BadCommandError(f"{value!r} is no date and time") from None
