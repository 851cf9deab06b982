"""Read one inbox over IMAP: verified TLS, time-outs, UIDs, and nothing marked as read.

What a server says is checked where it decides what is read: a mail that was asked for and not given is
not taken for read, and a UID counts only if it was asked for.
"""

import selectors
import socket
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import Any, Self

from imapclient import SocketTimeout

from marketing_agent.mail.endpoint import Endpoint, permitted_addresses
from marketing_agent.mail.imap_errors import (
    ImapError,
    ImapHangs,
    ImapLoginRefused,
    ImapRefused,
    ImapUnavailable,
    typed_errors,
)
from marketing_agent.mail.imap_fetch import Fetched, fetch
from marketing_agent.mail.imap_folders import Folders, find_roles
from marketing_agent.mail.imap_wire import Client

__all__ = [
    "Fetched",
    "Folders",
    "ImapError",
    "ImapHangs",
    "ImapLoginRefused",
    "ImapRefused",
    "ImapSession",
    "ImapUnavailable",
    "Mailbox",
    "patience",
]

TIMEOUT = SocketTimeout(connect=20, read=60)  # seconds
_WINDOW = 2000  # UIDs a SEARCH looks at; an answer over a million bytes breaks the library
_HIGHEST = 2**32 - 1  # of UID and UIDVALIDITY (RFC 3501 §9: nz-number)
_SOME = 200  # UIDs named in one command, whose line some servers bound at 8 kB


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A selected folder. When `uidvalidity` changes, all remembered UIDs are void (RFC 3501 §2.3).

    `top` is the highest UID that is there, 0 if there is none. `uidnext` is above all UIDs that we know
    to have been given away: what the server says, or one above `top` if that is more.
    """

    name: str
    uidvalidity: int
    uidnext: int
    exists: int
    top: int = 0


class ImapSession:
    """One connection to one account. Every method raises ImapUnavailable when the server fails."""

    def __init__(self, endpoint: Endpoint, timeout: SocketTimeout = TIMEOUT) -> None:
        self.endpoint = endpoint
        self._timeout = timeout
        self._open_client: Client | None = None
        self._top = 0

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> None:
        """Connect and log in.

        Raises:
            ImapLoginRefused: `temporary` when the server says to come back later.
            ImapUnavailable: for all else.
        """
        try:
            with typed_errors(self.endpoint.host):
                permitted_addresses(self.endpoint)
                self._open_client = Client.connected(self.endpoint, self._timeout)
                self._open_client.log_in(self.endpoint)
        except ImapError as error:
            self.close()
            # Without its cause: the library's own error has the server's words as they came.
            said = self.endpoint.hush(str(error))
            raise type(error)(said, temporary=error.temporary) from None

    def close(self) -> None:
        """Log out and close; never raises."""
        client, self._open_client = self._open_client, None
        if client is None:
            return
        try:
            with typed_errors(self.endpoint.host):
                client.leave()
        except ImapError:
            client.cut_off()

    def folders(self) -> Folders:
        """Find which folders are inbox, junk, all mail and sent (RFC 6154, else by name)."""
        with self._talking() as client:
            return find_roles(client.list_folders())

    def select(self, folder: str) -> Mailbox:
        """Open a folder for reading only."""
        with self._talking() as client:
            answer = client.select_folder(folder, readonly=True)
            uidvalidity = _number(answer, b"UIDVALIDITY", at_least=1)
            exists = _number(answer, b"EXISTS", at_least=0)
            announced = int(answer.get(b"UIDNEXT", 0))
        self._top = self._highest(announced) if exists else 0
        uidnext = max(min(announced, _HIGHEST), self._top + 1)
        return Mailbox(folder, uidvalidity, uidnext, exists, self._top)

    def uids_since(self, last_uid: int, limit: int, but: Container[int] = ()) -> list[int]:
        """Give up to `limit` UIDs of the selected folder above `last_uid`, ascending, without `but`.

        Searches in windows of UIDs that double while empty: UIDs may have large gaps.
        """
        found: list[int] = []
        start, width = last_uid + 1, _WINDOW
        while start <= self._top and len(found) < limit:
            end = min(start + width - 1, self._top)
            hits = [uid for uid in self._search(["UID", f"{start}:{end}"]) if start <= uid <= end]
            found += [uid for uid in hits if uid not in but]
            start, width = end + 1, _WINDOW if hits else width * 2
        return found[:limit]

    def fetch(self, uids: Sequence[int]) -> Iterator[Fetched]:
        """Yield mails of the selected folder, ascending; what the server does not give is left out.

        The mails arrive in small batches, so memory stays flat; nothing is marked as read. One UID comes
        twice if the server gives two mails for it.
        """
        return fetch(self._talking, uids)

    def fetch_since(self, last_uid: int, limit: int) -> Iterator[Fetched]:
        """Yield up to `limit` mails of the selected folder with a UID above `last_uid`, ascending."""
        return self.fetch(self.uids_since(last_uid, limit))

    def present(self, uids: Iterable[int]) -> set[int]:
        """Give those of the UIDs that the selected folder still holds."""
        asked, found = sorted(uids), set[int]()
        for start in range(0, len(asked), _SOME):
            some = asked[start : start + _SOME]
            found |= set(self._search(["UID", ",".join(map(str, some))])) & set(some)
        return found

    def search_message_id(self, message_id: str) -> tuple[int, ...]:
        """UIDs in the selected folder of mails with this Message-ID (given without brackets)."""
        return self._search(["HEADER", "Message-ID", _one_line(message_id)])

    def search_from_since(self, address: str, since: date) -> tuple[int, ...]:
        """UIDs of mails from this address that arrived on or after a day (server's calendar)."""
        return self._search(["FROM", _one_line(address), "SINCE", since])

    def search_answers(
        self, address: str, message_ids: Sequence[str], since: date
    ) -> tuple[int, ...]:
        """UIDs of mails that arrived on or after a day, from this address or answering these letters.

        `message_ids` come without brackets; the day is one of the server's calendar.
        """
        keys: list[Any] = [["FROM", _one_line(address)]]
        for each in message_ids:
            keys += [["HEADER", name, _one_line(each)] for name in ("In-Reply-To", "References")]
        either = reduce(lambda rest, key: ["OR", key, rest], keys)
        return self._search(["SINCE", since, either])

    def has_idle(self) -> bool:
        """Whether the server can tell us about new mail by itself (RFC 2177)."""
        with self._talking() as client:
            return bool(client.has_capability("IDLE"))

    def idle(self, timeout: float, wake: socket.socket | None = None) -> bool:
        """Wait up to `timeout` seconds; True when the server reported a change.

        Once `wake` has something to read the wait is over and the connection is dropped at once,
        because a server that hangs could keep us for the length of a time-out.
        """
        with self._talking() as client:
            client.idle()
            if not client.has_spoken() and _is_woken(client.socket(), wake, timeout):
                self._drop()
                return False
            client.begin()
            _text, said = client.idle_done()
            return any(_is_change(one) for one in said)

    def append(self, folder: str, raw: bytes, now: datetime, *, seen: bool = True) -> None:
        """Store a mail, such as the copy in Sent."""
        with self._talking() as client:
            client.append(folder, raw, flags=[b"\\Seen"] if seen else [], msg_time=now)

    @contextmanager
    def _talking(self) -> Iterator[Client]:
        """The open client for one exchange, its errors typed; a broken connection is dropped."""
        client = self._open_client
        if client is None:
            raise ImapUnavailable("The IMAP session is not open.", temporary=True)
        try:
            with typed_errors(self.endpoint.host):
                client.begin()
                yield client
                client.confirm_numbering()
        except ImapRefused:
            raise
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        """Close without a word."""
        client, self._open_client = self._open_client, None
        if client is not None:
            client.cut_off()

    def _highest(self, announced: int) -> int:
        """Ask for the highest UID: UIDNEXT may be missing (RFC 3501 §6.3.1) or wrong."""
        found = [uid for uid in self._search(["UID", "*"]) if 0 < uid <= _HIGHEST]
        return max(found, default=max(0, min(announced, _HIGHEST) - 1))

    def _search(self, criteria: list[Any]) -> tuple[int, ...]:
        charset = None if all(str(one).isascii() for one in criteria) else "UTF-8"
        with self._talking() as client:
            return tuple(sorted(set(client.search(criteria, charset))))


def patience(seconds: float) -> SocketTimeout:
    """Wait so many seconds for an answer, and less for a connection."""
    return SocketTimeout(connect=min(TIMEOUT.connect, seconds), read=seconds)


def _number(answer: Mapping[bytes, Any], name: bytes, *, at_least: int) -> int:
    """Read a number that the server has to name; it goes into the database."""
    found = answer.get(name)
    if not isinstance(found, int) or not at_least <= found <= _HIGHEST:
        raise ValueError(f"its {name.decode()} of a folder is {found}.")
    return found


def _is_woken(server: socket.socket, wake: socket.socket | None, timeout: float) -> bool:
    """Wait until the server or `wake` has something to read; tell whether it was `wake`."""
    with selectors.DefaultSelector() as both:
        both.register(server, selectors.EVENT_READ)
        if wake is not None:
            both.register(wake, selectors.EVENT_READ)
        return any(key.fileobj is wake for key, _ in both.select(timeout))


def _is_change(response: object) -> bool:
    return (
        isinstance(response, tuple) and len(response) > 1 and response[1] in (b"EXISTS", b"RECENT")
    )


def _one_line(value: str) -> str:
    if any(ord(one) < 32 for one in value):  # noqa: PLR2004  control characters end an IMAP command
        raise ImapUnavailable("A search text contains a control character.", temporary=False)
    return value
