"""The IMAP library over a connection with a clock: an exchange has an end, in time and in memory.

The library waits for each byte anew, reads a literal of any size at once, and merges what a server
says twice about one mail.
"""

import imaplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.response_parser import parse_response
from imapclient.tls import IMAP4_TLS
from imapclient.util import to_bytes

from marketing_agent.mail.channel import Channel, WireError
from marketing_agent.mail.endpoint import Endpoint, tls_context

MAX_LITERAL = 32 * 1024 * 1024  # bytes
MAX_EXCHANGE = 64 * 1024 * 1024  # bytes that a server may send for one command
SLOWEST = 16 * 1024  # bytes a second: an answer that comes faster is waited for,
LONGER = 15 * 60.0  # so many seconds longer
_MAX_LINE = 1_000_000  # bytes; the library's own bound
_GOODBYE = 5.0  # seconds


class _Clocked(imaplib.IMAP4):
    """The library's connection, read and written through a `Channel`."""

    _open: Channel | None = None
    _taken: int = 0

    def __init__(self, seconds: float, *where: object) -> None:
        self._seconds = seconds  # the greeting is read while the library still sets itself up
        super().__init__(*where)  # type: ignore[arg-type]  # each library class has its own order

    def begin(self, seconds: float) -> None:
        """Let the next exchange take so many seconds, and longer only while much comes."""
        self._seconds, self._taken = seconds, 0
        self._channel.allow(seconds)

    def has_spoken(self) -> bool:
        """Tell without waiting whether something is unread."""
        return self._channel.has_spoken()

    def read(self, size: int) -> bytes:
        """Read a literal."""
        if size > MAX_LITERAL:
            raise WireError(f"The server announced {size} bytes in one piece.")
        return self._counted(self._channel.exactly(size))

    def readline(self) -> bytes:
        """Read a line with its end."""
        return self._counted(self._channel.line(_MAX_LINE))

    def send(self, data: bytes) -> None:  # type: ignore[override]  # the library names a buffer
        """Send a command, or a part of one."""
        self._channel.send(bytes(data))

    def _counted(self, data: bytes) -> bytes:
        self._taken += len(data)
        if self._taken > MAX_EXCHANGE:
            raise WireError("The server's answer does not end.")
        return data

    @property
    def _channel(self) -> Channel:
        """The channel over the socket as it is now: STARTTLS replaces that by an encrypted one."""
        if self._open is None or self._open.sock is not self.sock:
            if self._open is not None and self._open.unread:
                raise WireError("The server sent data before TLS began.")  # CVE-2011-0411
            self._open = Channel(self.sock, 1 / SLOWEST, LONGER)
            self._open.allow(self._seconds)
        return self._open


class _Plain(_Clocked, IMAP4WithTimeout):  # type: ignore[misc]  # the library has no types
    """Without TLS, or before STARTTLS."""


class _Tls(_Clocked, IMAP4_TLS):  # type: ignore[misc]  # as above
    """TLS from the first byte."""


class Client(IMAPClient):  # type: ignore[misc]  # as above
    """The library's client with bounds, and with every answer of a FETCH apart."""

    def __init__(
        self, endpoint: Endpoint, timeout: SocketTimeout, context: ssl.SSLContext | None
    ) -> None:
        direct = context is not None
        super().__init__(
            endpoint.host, endpoint.port, ssl=direct, ssl_context=context, timeout=timeout
        )

    @classmethod
    def connected(cls, endpoint: Endpoint, timeout: SocketTimeout) -> "Client":
        """Connect; STARTTLS where asked for is required, else the library raises."""
        context = tls_context(endpoint.ca_file)
        client = cls(endpoint, timeout, context if endpoint.security == "tls" else None)
        # The library sends a search in several small pieces, each of which would wait 40 ms.
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if endpoint.security == "starttls":
            client.encrypt(context)
        return client

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Begin TLS; a connection on which that fails is closed."""
        try:
            self.socket().settimeout(self._timeout.read)  # for the handshake
            self.starttls(context)
        except BaseException:
            self.cut_off()
            raise

    def log_in(self, endpoint: Endpoint) -> None:
        """LOGIN carries ASCII only (RFC 3501 §9); any other password goes as PLAIN, in UTF-8."""
        if f"{endpoint.username}{endpoint.password}".isascii():
            self.login(endpoint.username, endpoint.password)
        else:
            self.plain_login(endpoint.username, endpoint.password)

    def begin(self, seconds: float | None = None) -> None:
        """Start the clock of an exchange, by default with the time-out for reading."""
        self._imap.begin(self._timeout.read if seconds is None else seconds)

    def has_spoken(self) -> bool:
        """Tell without waiting whether the server has said something that is unread."""
        return bool(self._imap.has_spoken())

    def leave(self) -> None:
        """Log out, without waiting long for the farewell."""
        self.begin(min(_GOODBYE, self._timeout.read))
        self.logout()

    def cut_off(self) -> None:
        """Close without a word; never raises."""
        try:
            self.shutdown()
        except OSError:  # already closed by the peer
            return

    def confirm_numbering(self) -> None:
        """Raise ValueError when the server has named another UIDVALIDITY for the open folder."""
        if len(set(self._imap.untagged_responses.get("UIDVALIDITY", ()))) > 1:
            raise ValueError("it numbered the folder anew while that was open.")

    def values(self, uids: Sequence[int], item: str) -> Iterator[tuple[int, object]]:
        """FETCH one item of mails by UID; gives (UID, value) as often as the server says it.

        Answers without a UID, or about other mails, are the server's own news (RFC 3501 §7.4.2).
        """
        kind, data = self._imap.uid("FETCH", ",".join(map(str, uids)), f"({item})")
        self._checkok("fetch", kind, data)
        wanted, asked = to_bytes(item.replace(".PEEK", "")), set(uids)
        for attributes in _answers(data):
            uid = dict(attributes).get(b"UID")
            if uid in asked:
                yield from ((uid, value) for name, value in attributes if name == wanted)

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802  the library looks for this name
        wait = self._timeout
        if self.ssl:
            return _Tls(wait.read, self.host, self.port, self.ssl_context, wait.connect)
        return _Plain(wait.read, self.host, self.port, wait.connect)


def _answers(data: list[Any]) -> Iterator[list[tuple[bytes, object]]]:
    """Read FETCH answers: sequence number and attributes in turn; the names in upper case."""
    parts = iter(parse_response(data))
    for _number, attributes in zip(parts, parts, strict=True):
        names, values = attributes[::2], attributes[1::2]
        yield [(name.upper(), value) for name, value in zip(names, values, strict=True)]
