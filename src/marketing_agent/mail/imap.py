"""Read one inbox over IMAP: verified TLS, time-outs, UIDs, and nothing marked as read."""

import selectors
import socket
import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import Any, Self

from imapclient import IMAPClient, SocketTimeout

from marketing_agent.mail.endpoint import Endpoint, permitted_addresses, tls_context
from marketing_agent.mail.imap_errors import (
    ImapError,
    ImapLoginRefused,
    ImapUnavailable,
    typed_errors,
)
from marketing_agent.mail.imap_folders import Folders, find_roles

__all__ = [
    "Fetched",
    "Folders",
    "ImapError",
    "ImapLoginRefused",
    "ImapSession",
    "ImapUnavailable",
    "Mailbox",
]

MAX_MAIL = 25 * 1024 * 1024  # bytes; of a larger mail only the header is fetched
TIMEOUT = SocketTimeout(connect=20, read=60)  # seconds
_WINDOW = 2000  # UIDs a SEARCH looks at; an answer over a million bytes breaks the library
_BATCH = 20  # mails one FETCH brings
_BATCH_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A selected folder. When `uidvalidity` changes, all remembered UIDs are void (RFC 3501 §2.3)."""

    name: str
    uidvalidity: int
    uidnext: int
    exists: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail; of an oversized one `raw` holds the header only and `complete` is False."""

    uid: int
    raw: bytes
    size: int
    complete: bool = True


class ImapSession:
    """One connection to one account. Every method raises ImapUnavailable when the server fails."""

    def __init__(self, endpoint: Endpoint, timeout: SocketTimeout = TIMEOUT) -> None:
        self.endpoint = endpoint
        self._timeout = timeout
        self._open_client: IMAPClient | None = None
        self._uidnext = 1

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
                self._open_client = self._connected()
                _log_in(self._open_client, self.endpoint)
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
                client.logout()
        except ImapUnavailable:
            _shut(client)

    def folders(self) -> Folders:
        """Find which folders are inbox, junk, all mail and sent (RFC 6154, else by name)."""
        with self._talking() as client:
            return find_roles(client.list_folders())

    def select(self, folder: str) -> Mailbox:
        """Open a folder for reading only."""
        with self._talking() as client:
            answer = client.select_folder(folder, readonly=True)
            self._uidnext = int(answer[b"UIDNEXT"])
            return Mailbox(
                folder, int(answer[b"UIDVALIDITY"]), self._uidnext, int(answer[b"EXISTS"])
            )

    def fetch_since(self, last_uid: int, limit: int) -> Iterator[Fetched]:
        """Yield up to `limit` mails of the selected folder with a UID above `last_uid`, ascending.

        The mails arrive in small batches, so memory stays flat; nothing is marked as read.
        """
        with self._talking() as client:
            uids = self._uids_since(client, last_uid, limit)
        for batch in self._batches(uids):
            yield from self._fetch(batch)

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
            if wake is not None and _is_woken(client.socket(), wake, timeout):
                self._open_client = None
                _shut(client)
                return False
            try:
                changed = client.idle_check(timeout=timeout if wake is None else 0)
            finally:
                _text, rest = client.idle_done()
            return any(_is_change(one) for one in [*changed, *rest])

    def append(self, folder: str, raw: bytes, now: datetime, *, seen: bool = True) -> None:
        """Store a mail, such as the copy in Sent."""
        with self._talking() as client:
            client.append(folder, raw, flags=[b"\\Seen"] if seen else [], msg_time=now)

    def _connected(self) -> IMAPClient:
        end = self.endpoint
        context = tls_context(end.ca_file)
        direct = end.security == "tls"
        client = IMAPClient(
            end.host,
            port=end.port,
            ssl=direct,
            ssl_context=context if direct else None,
            timeout=self._timeout,
        )
        # The library sends a search in several small pieces, each of which would wait 40 ms.
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if end.security == "starttls":
            _begin_tls(client, context)
        return client

    @contextmanager
    def _talking(self) -> Iterator[IMAPClient]:
        """The open client for one exchange, its errors typed."""
        if self._open_client is None:
            raise ImapUnavailable("The IMAP session is not open.", temporary=True)
        with typed_errors(self.endpoint.host):
            yield self._open_client

    def _uids_since(self, client: IMAPClient, last_uid: int, limit: int) -> list[int]:
        """Search in windows of UIDs that double while empty: UIDs may have large gaps."""
        found: list[int] = []
        start, width = last_uid + 1, _WINDOW
        while start < self._uidnext and len(found) < limit:
            end = min(start + width, self._uidnext) - 1
            hits = client.search(["UID", f"{start}:{end}"])
            found.extend(uid for uid in sorted(hits) if start <= uid <= end)
            start, width = end + 1, _WINDOW if hits else width * 2
        return found[:limit]

    def _batches(self, uids: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
        """Group (uid, size) so that one FETCH brings few mails and few bytes."""
        batch: list[tuple[int, int]] = []
        for uid, size in self._sizes(uids):
            if batch and not _has_room(batch, size):
                yield batch
                batch = []
            batch.append((uid, size))
        if batch:
            yield batch

    def _sizes(self, uids: Sequence[int]) -> Iterator[tuple[int, int]]:
        for start in range(0, len(uids), 500):
            with self._talking() as client:
                answer = client.fetch(uids[start : start + 500], ["RFC822.SIZE"])
            yield from ((uid, int(answer[uid][b"RFC822.SIZE"])) for uid in sorted(answer))

    def _fetch(self, batch: Iterable[tuple[int, int]]) -> Iterator[Fetched]:
        sizes = dict(batch)
        complete = max(sizes.values()) <= MAX_MAIL
        item = "BODY.PEEK[]" if complete else "BODY.PEEK[HEADER]"
        with self._talking() as client:
            answer = client.fetch(list(sizes), [item])
        key = item.replace(".PEEK", "").encode("ascii")
        for uid in sorted(set(sizes) & set(answer)):  # a mail may vanish between two commands
            yield Fetched(uid, bytes(answer[uid].get(key) or b""), sizes[uid], complete)

    def _search(self, criteria: list[Any]) -> tuple[int, ...]:
        charset = None if all(str(one).isascii() for one in criteria) else "UTF-8"
        with self._talking() as client:
            return tuple(sorted(client.search(criteria, charset)))


def _log_in(client: IMAPClient, endpoint: Endpoint) -> None:
    """LOGIN carries ASCII only (RFC 3501 §9); any other password goes as PLAIN, in UTF-8."""
    if f"{endpoint.username}{endpoint.password}".isascii():
        client.login(endpoint.username, endpoint.password)
    else:
        client.plain_login(endpoint.username, endpoint.password)


def _has_room(batch: list[tuple[int, int]], size: int) -> bool:
    """An oversized mail, of which only the header is fetched, is a batch of its own."""
    sizes = [*(one for _, one in batch), size]
    return len(sizes) <= _BATCH and sum(sizes) <= _BATCH_BYTES and max(sizes) <= MAX_MAIL


def _begin_tls(client: IMAPClient, context: ssl.SSLContext) -> None:
    """STARTTLS is required; a server without it makes the library raise."""
    try:
        client.starttls(context)
    except BaseException:
        _shut(client)
        raise


def _shut(client: IMAPClient) -> None:
    try:
        client.shutdown()
    except OSError:  # already closed by the peer
        return


def _is_woken(server: socket.socket, wake: socket.socket, timeout: float) -> bool:
    """Wait until the server or `wake` has something to read; tell whether it was `wake`."""
    with selectors.DefaultSelector() as both:
        both.register(server, selectors.EVENT_READ)
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
