"""A connection on which nothing takes longer than it may, and which notices a peer that speaks unasked.

A socket's own time-out begins anew with every byte, so a server that drips would hold us for hours;
and what the TLS layer has read already, `select` does not see.
"""

import selectors
import socket
import ssl
from time import monotonic

_CHUNK = 16_384  # bytes: what one TLS record holds
_NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
_EITHER = selectors.EVENT_READ | selectors.EVENT_WRITE


class WireError(OSError):
    """The connection broke, took too long, or the server does not speak its protocol."""


class WireTimeoutError(WireError):
    """The time that was allowed is over."""

    def __init__(self) -> None:
        super().__init__("The server did not answer in time.")


class Channel:
    """One TCP or TLS connection. Its methods raise OSError when the peer fails or the time is over.

    `seconds_a_byte` is the time that each byte received adds to what is allowed, up to `longer` seconds
    in all: with it a large answer over a slow line is no failure, and a trickle is.
    """

    def __init__(
        self, sock: socket.socket, seconds_a_byte: float = 0.0, longer: float = 0.0
    ) -> None:
        self.sock = sock
        self.unread = bytearray()
        self._seconds_a_byte, self._longer = seconds_a_byte, longer
        self._added = 0.0
        self._end: OSError | None = None
        self._until = 0.0

    def allow(self, seconds: float) -> None:
        """Let what follows, all of it together, take so many seconds from now."""
        self._until, self._added = monotonic() + seconds, 0.0

    def has_spoken(self) -> bool:
        """Tell without waiting whether something is unread; the end of the connection counts too."""
        if not self.unread and self._end is None:
            self.sock.settimeout(0)
            self._take()
        return bool(self.unread) or self._end is not None

    def beginning(self, size: int) -> bytes:
        """Look at the first bytes of the next line, which stays unread; fewer if it is shorter."""
        while len(self.unread) < size and b"\n" not in self.unread:
            self._receive()
        return bytes(self.unread[:size])

    def line(self, most: int) -> bytes:
        """Read one line with its end; WireError when it has more than `most` bytes."""
        searched = 0
        while (end := self.unread.find(b"\n", searched)) < 0:
            searched = len(self.unread)
            if searched > most:
                raise WireError("The server's answer does not end.")
            self._receive()
        return self._cut(end + 1)

    def exactly(self, size: int) -> bytes:
        """Read `size` bytes."""
        while len(self.unread) < size:
            self._receive()
        return self._cut(size)

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        rest = memoryview(data)
        while rest:
            self.sock.settimeout(self._left())
            rest = rest[self.sock.send(rest[:_CHUNK]) :]

    def send_unless_spoken(self, data: bytes) -> bool:
        """Send `data`, but stop as soon as the peer speaks; tell whether all of it left."""
        rest = memoryview(data)
        while rest:
            if self.has_spoken():
                return False
            rest = rest[self._send_some(rest[:_CHUNK]) :]
        return not self.has_spoken()

    def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Begin TLS, verifying certificate and name."""
        self.sock.settimeout(self._left())
        self.sock = context.wrap_socket(self.sock, server_hostname=host)

    def close(self) -> None:
        """Close without a word; never raises."""
        try:
            self.sock.close()
        except OSError:  # the peer may have closed first, which is what we want
            return

    def _left(self) -> float:
        left = self._until - monotonic()
        if left <= 0:
            raise WireTimeoutError
        return left

    def _add(self, seconds: float) -> None:
        added = min(self._longer, self._added + seconds)
        self._until += added - self._added
        self._added = added

    def _cut(self, size: int) -> bytes:
        taken = bytes(self.unread[:size])
        del self.unread[:size]
        return taken

    def _receive(self) -> None:
        """Wait for more."""
        if self._end is None:
            self.sock.settimeout(self._left())
            self._take()
        if self._end is not None:
            raise self._end

    def _take(self) -> None:
        """Take what has arrived, or note how the connection ended."""
        try:
            data = self.sock.recv(_CHUNK)
        except _NOT_NOW:
            return
        except OSError as error:
            self._end = WireTimeoutError() if isinstance(error, TimeoutError) else error
            return
        if not data:
            self._end = WireError("The server closed the connection.")
        self.unread += data
        self._add(len(data) * self._seconds_a_byte)

    def _send_some(self, part: memoryview) -> int:
        """Send a part if there is room for it, else wait for room or for the peer's word; gives bytes.

        A peer that has spoken and closed breaks the sending, and yet its word counts.
        """
        self.sock.settimeout(0)
        try:
            return self.sock.send(part)
        except _NOT_NOW as obstacle:
            self._wait(_EITHER, obstacle)
        except OSError:
            if not (self.has_spoken() and self.unread):
                raise
        return 0

    def _wait(self, events: int, obstacle: Exception) -> None:
        """Wait for room or a word; a TLS layer that first has to read waits for that alone."""
        wanted = selectors.EVENT_READ if isinstance(obstacle, ssl.SSLWantReadError) else events
        with selectors.DefaultSelector() as one:
            one.register(self.sock, wanted)
            one.select(self._left())
