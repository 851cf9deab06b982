"""UID SEARCH: a client's criteria become one predicate over messages (RFC 3501, 6.4.4)."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from email.utils import parsedate_to_datetime

from marketing_agent.sandbox.imap.mailbox import Mailbox, Message, Numbered
from marketing_agent.sandbox.imap.tokens import BadCommandError, Token, read_date, text

Test = Callable[[Numbered], bool]
_FLAGS = {
    "ANSWERED": rb"\Answered",
    "DELETED": rb"\Deleted",
    "DRAFT": rb"\Draft",
    "FLAGGED": rb"\Flagged",
    "SEEN": rb"\Seen",
}
_ADDRESS_FIELDS = ("BCC", "CC", "FROM", "SUBJECT", "TO")
_DATES: dict[str, Callable[[date, date], bool]] = {
    "BEFORE": lambda day, limit: day < limit,
    "ON": lambda day, limit: day == limit,
    "SINCE": lambda day, limit: day >= limit,
}


def search(mailbox: Mailbox, criteria: Sequence[Token]) -> list[Numbered]:
    """Return the messages of `mailbox` that meet all `criteria`.

    Raises:
        BadCommandError: A criterion is unknown or incomplete.
    """
    test = _Reader(mailbox, criteria).all()
    return [each for each in mailbox.numbered() if test(each)]


class _Reader:
    """Reads criteria from left to right; each key takes its own number of arguments."""

    def __init__(self, mailbox: Mailbox, criteria: Sequence[Token]) -> None:
        self._mailbox, self._items, self._next = mailbox, criteria, 0

    def all(self) -> Test:
        """Read up to the end; every key must hold."""
        tests: list[Test] = []
        while self._next < len(self._items):
            tests.append(self._key())
        return lambda each: all(test(each) for test in tests)

    def _key(self) -> Test:
        item = self._items[self._next]
        self._next += 1
        if isinstance(item, list):
            return _Reader(self._mailbox, item).all()
        key = item.decode("ascii", "replace").upper()
        if key[:1].isdigit() or key[:1] == "*":
            return _member(self._mailbox.by_number(key))
        return self._flag(key) or self._field(key) or self._date(key) or self._other(key)

    def _text(self) -> str:
        self._next += 1
        return text(self._items, self._next - 1)

    def _flag(self, key: str) -> Test | None:
        flag = _FLAGS.get(key.removeprefix("UN"))
        wanted = not key.startswith("UN")
        return (lambda each: (flag in each[1].flags) is wanted) if flag else None

    def _field(self, key: str) -> Test | None:
        if key in _ADDRESS_FIELDS:
            return _holds(key, self._text())
        return _holds(self._text(), self._text()) if key == "HEADER" else None

    def _date(self, key: str) -> Test | None:
        compare = _DATES.get(key.removeprefix("SENT"))
        if compare is None:
            return None
        limit = read_date(self._text())
        moment = _sent if key.startswith("SENT") else _stored
        return lambda each: (at := moment(each[1])) is not None and compare(at.date(), limit)

    def _other(self, key: str) -> Test:
        match key:
            case "ALL":
                return lambda _each: True
            case "NOT":
                test = self._key()
                return lambda each: not test(each)
            case "OR":
                one, other = self._key(), self._key()
                return lambda each: one(each) or other(each)
            case "UID":
                return _member(self._mailbox.by_uid(self._text()))
            case "LARGER" | "SMALLER":
                return _size(key, self._text())
            case "TEXT" | "BODY":
                wanted = self._text().lower().encode("utf-8", "surrogateescape")
                return lambda each: wanted in each[1].raw.lower()
        raise BadCommandError(f"The search key {key} is not known here")


def _member(members: list[Numbered]) -> Test:
    numbers = {number for number, _ in members}
    return lambda each: each[0] in numbers


def _holds(name: str, part: str) -> Test:
    """Match a part of a header field without regard to case; an empty part means: it is there."""
    part = part.lower()
    return lambda each: any(part in value.lower() for value in each[1].values(name))


def _size(key: str, digits: str) -> Test:
    if not digits.isdigit():
        raise BadCommandError("A size must be a number of octets")
    limit, sign = int(digits), 1 if key == "LARGER" else -1
    return lambda each: sign * len(each[1].raw) > sign * limit


def _stored(message: Message) -> datetime | None:
    return message.at


def _sent(message: Message) -> datetime | None:
    try:
        return parsedate_to_datetime(message.values("Date")[0])
    except (ValueError, IndexError):
        return None
