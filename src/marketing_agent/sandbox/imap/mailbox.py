"""Messages, mailboxes and accounts in memory. Everything here runs in the server's thread."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message as Headers
from email.parser import BytesHeaderParser
from functools import cached_property

from marketing_agent.sandbox.imap.tokens import BadCommandError

FIRST_UIDVALIDITY = 1000
_PARSER = BytesHeaderParser()


@dataclass
class Message:
    """One stored message; `at` is its INTERNALDATE."""

    uid: int
    raw: bytes
    at: datetime
    flags: set[bytes] = field(default_factory=set)

    @cached_property
    def headers(self) -> Headers:
        """The message's header fields, read once."""
        return _PARSER.parsebytes(self.raw)

    def values(self, name: str) -> list[str]:
        """Return every value of the header field `name`, as text."""
        return [str(value) for value in self.headers.get_all(name, [])]


Numbered = tuple[int, Message]
"""A message and its sequence number, which counts from one."""


@dataclass
class Mailbox:
    """A folder: its messages in ascending UID, and who wants to hear of changes."""

    name: str
    attribute: str = ""
    uidvalidity: int = FIRST_UIDVALIDITY
    uidnext: int = 1
    messages: list[Message] = field(default_factory=list)
    watchers: set[Callable[[], None]] = field(default_factory=set)

    def add(self, raw: bytes, at: datetime, flags: Iterable[bytes] = ()) -> int:
        """Store a message, tell the watchers, and return its UID."""
        message = Message(self.uidnext, raw, at, set(flags))
        self.uidnext += 1
        self.messages.append(message)
        self._tell()
        return message.uid

    def numbered(self) -> list[Numbered]:
        """Return all messages with their sequence numbers."""
        return list(enumerate(self.messages, 1))

    def by_uid(self, ranges: str) -> list[Numbered]:
        """Return the messages whose UID lies in the sequence set `ranges`."""
        uids = [message.uid for message in self.messages]
        top = uids[-1] if uids else 0
        spans = [
            (bisect_left(uids, low), bisect_right(uids, high))
            for low, high in spans_of(ranges, top)
        ]
        return self._slices(spans)

    def by_number(self, ranges: str) -> list[Numbered]:
        """Return the messages whose sequence number lies in `ranges`."""
        return self._slices([(low - 1, high) for low, high in spans_of(ranges, len(self.messages))])

    def expunge(self, wanted: Callable[[Message], bool]) -> list[int]:
        """Remove the wanted messages; return their numbers as EXPUNGE reports them.

        Each number counts after the removals before it (RFC 3501 section 7.4.1).
        """
        doomed = [number for number, message in self.numbered() if wanted(message)]
        self.messages = [message for message in self.messages if not wanted(message)]
        return [number - shift for shift, number in enumerate(doomed)]

    def renew(self) -> int:
        """Take a new UIDVALIDITY and number the messages afresh; return the new value."""
        self.uidvalidity += 1
        for uid, message in enumerate(self.messages, 1):
            message.uid = uid
        self.uidnext = len(self.messages) + 1
        return self.uidvalidity

    def start_over(self) -> None:
        """Forget all messages and which UIDs were given away."""
        self.messages, self.uidnext = [], 1

    def _slices(self, spans: Iterable[tuple[int, int]]) -> list[Numbered]:
        places = sorted({place for start, end in spans for place in self._places(start, end)})
        return [(place + 1, self.messages[place]) for place in places]

    def _places(self, start: int, end: int) -> range:
        return range(max(start, 0), min(end, len(self.messages)))

    def _tell(self) -> None:
        for watcher in tuple(self.watchers):
            watcher()


def spans_of(ranges: str, top: int) -> list[tuple[int, int]]:
    """Read a sequence set such as `1:3,7,9:*`, where `*` is `top` (RFC 3501 section 9).

    Raises:
        BadCommandError: It is none.
    """
    try:
        ends = [
            [top if end == "*" else int(end) for end in each.split(":")]
            for each in ranges.split(",")
        ]
    except ValueError:
        raise BadCommandError(f"{ranges!r} is no set of numbers") from None
    # `559:*` is `*:559` as well: it always holds the last message (section 6.4.8).
    return [(min(pair), max(pair)) for pair in ends]


@dataclass(frozen=True)
class Folder:
    """A folder that every new account has; `attribute` is its special use (RFC 6154)."""

    name: str
    attribute: str = ""


GMAIL_LIKE = (
    Folder("INBOX"),
    Folder("Junk", r"\Junk"),
    Folder("Sent", r"\Sent"),
    Folder("All Mail", r"\All"),
)
"""INBOX and Sent are seen in All Mail too, as large providers do; Junk is not."""

PLAIN = (Folder("INBOX"), Folder("Junk", r"\Junk"), Folder("Sent", r"\Sent"))
"""What a small provider offers."""


class Account:
    """A user's password and folders."""

    def __init__(self, password: str, folders: Iterable[Folder]) -> None:
        self.password = password
        self.mailboxes = {each.name: Mailbox(each.name, each.attribute) for each in folders}

    def find(self, name: str) -> Mailbox | None:
        """Return the folder called `name`; INBOX is found in any case (RFC 3501, 5.1)."""
        return self.mailboxes.get("INBOX" if name.upper() == "INBOX" else name)

    def create(self, name: str) -> bool:
        """Add a folder; False if it is there already."""
        if self.find(name):
            return False
        self.mailboxes[name] = Mailbox(name)
        return True

    def rename(self, folder: str, name: str) -> None:
        """Give a folder another name, in its place.

        Raises:
            KeyError: There is no such folder.
        """
        self.mailboxes[folder].name = name
        self.mailboxes = {each.name: each for each in self.mailboxes.values()}

    def deliver(self, folder: str, raw: bytes, at: datetime, flags: Iterable[bytes] = ()) -> int:
        """Store a message in `folder`, and in All Mail where that shows it; return the UID.

        Raises:
            KeyError: There is no such folder.
        """
        mailbox = self.find(folder)
        if mailbox is None:
            raise KeyError(folder)
        for each in self.mailboxes.values():
            if each.attribute == r"\All" and mailbox.attribute in ("", r"\Sent"):
                each.add(raw, at, flags)
        return mailbox.add(raw, at, flags)
