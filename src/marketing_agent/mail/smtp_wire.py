"""`smtplib` with a clock: every step has a deadline, replies are bounded, TLS cannot be injected.

The standard client renews its time-out with each byte received and reads continuation lines for
ever, so a server that drips or babbles would hold a letter for hours.
"""

import base64
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from time import monotonic

from marketing_agent.mail.endpoint import Endpoint, EndpointRefusedError, connect, tls_context

MAX_REPLY = 65_536  # bytes of one reply, continuation lines included
_CHUNK = 16_384
_REPLY_LINE = re.compile(rb"(\d{3})(?:([ -])(.*))?\Z", re.DOTALL)
_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for one step, and for the reply to the final dot (RFC 5321 §4.5.3.2.6).

    RFC 5321 asks for minutes at every step; a worker that holds a lease cannot wait so long
    before DATA, where giving up loses nothing.
    """

    step: float = 60.0
    final: float = 600.0


PATIENT = Timeouts()


class WireError(OSError):
    """The connection broke, timed out, or the server does not speak SMTP."""


class Wire(smtplib.SMTP):
    """One SMTP connection. Methods return (code, text) or raise OSError."""

    def __init__(self, endpoint: Endpoint, timeouts: Timeouts = PATIENT) -> None:
        super().__init__(local_hostname="localhost", timeout=timeouts.step)
        self._endpoint = endpoint
        self._pending = b""
        self.timeouts = timeouts
        self.deadline = timeouts.step

    def open(self) -> tuple[int, str]:
        """Connect (with TLS where it comes first) and read the greeting."""
        self._host = self._endpoint.host
        self.sock = connect(self._endpoint, self.timeouts.step)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.local_hostname = _literal(self.sock)
        if self._endpoint.security == "tls":
            self.wrap()
        return self.ask()

    def wrap(self) -> None:
        """Begin TLS, verifying certificate and name; what came before it is thrown away."""
        if self._pending:
            raise WireError("The server sent data before TLS began.")  # CVE-2011-0411
        context = tls_context(self._endpoint.ca_file)
        self.sock = context.wrap_socket(self._plain_socket(), server_hostname=self._endpoint.host)
        self.ehlo_resp = self.helo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False

    def ask(self, command: str = "", seconds: float | None = None) -> tuple[int, str]:
        """Send a command, or nothing, and wait for the reply, by default for one step's time."""
        if command:
            self.tell(command, seconds)
        return self.hear(seconds)

    def tell(self, command: str, seconds: float | None = None) -> None:
        """Send a command without waiting for the reply."""
        self._send(command.encode("utf-8") + b"\r\n", self._patience(seconds))

    def hear(self, seconds: float | None = None) -> tuple[int, str]:
        """Wait for a reply, by default for one step's time."""
        self.deadline = self._patience(seconds)
        code, text = self.getreply()
        return code, text.decode("utf-8", "replace")

    def say(self, data: bytes) -> tuple[int, str]:
        """Send a letter behind DATA's 354 and wait for the reply to the final dot."""
        end = b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n"
        self._send(_DOT.sub(b"..", data) + end, self.timeouts.final)
        return self.hear(self.timeouts.final)

    def authenticate(self, username: str, password: str) -> tuple[int, str]:
        """AUTH PLAIN (RFC 4616) or LOGIN, both in UTF-8, which smtplib's own login cannot."""
        offered = self.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered or not offered:
            return self.ask("AUTH PLAIN " + _base64(f"\0{username}\0{password}"))
        if "LOGIN" not in offered:
            return 504, f"5.5.4 The server offers no login that we speak, only {offered}."
        code, text = self.ask("AUTH LOGIN")
        for secret in (username, password):
            if code != 334:  # noqa: PLR2004  RFC 4954 §4: the server goes on asking
                break
            code, text = self.ask(_base64(secret))
        return code, text

    def getreply(self) -> tuple[int, bytes]:
        """Read one reply of any number of lines before the deadline (in seconds from now)."""
        until = monotonic() + self.deadline
        lines: list[bytes] = []
        size = 0
        while size < MAX_REPLY:
            line = self._line(until)
            size += len(line) + 1
            found = _REPLY_LINE.match(line)
            if found is None:
                raise WireError(f"The server does not speak SMTP; it said {line[:80]!r}.")
            lines.append((found[3] or b"").strip())
            if found[2] != b"-":
                return int(found[1]), b"\n".join(lines)
        raise WireError("The server's reply does not end.")

    def close(self) -> None:
        """Close the socket; never raises."""
        self._pending = b""
        try:
            super().close()
        except OSError:  # the peer may have closed first, which is what we want
            self.sock = None

    def _patience(self, seconds: float | None) -> float:
        return self.timeouts.step if seconds is None else seconds

    def _line(self, until: float) -> bytes:
        while b"\n" not in self._pending and len(self._pending) < MAX_REPLY:
            self._pending += self._receive(until)
        line, _, self._pending = self._pending.partition(b"\n")
        return line.rstrip(b"\r")

    def _receive(self, until: float) -> bytes:
        left = until - monotonic()
        if left <= 0:
            raise WireError("The server did not answer in time.")
        sock = self._plain_socket()
        sock.settimeout(left)
        data = sock.recv(_CHUNK)
        if not data:
            raise WireError("The server closed the connection.")
        return data

    def _send(self, data: bytes, seconds: float) -> None:
        sock = self._plain_socket()
        sock.settimeout(seconds)
        sock.sendall(data)

    def _plain_socket(self) -> socket.socket:
        if self.sock is None:
            raise WireError("The connection is closed.")
        return self.sock


def describe(error: OSError) -> str:
    """One sentence about a network failure."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The server's certificate is not trusted: {error.verify_message}."
    if isinstance(error, TimeoutError):
        return "The server did not answer in time."
    if isinstance(error, WireError | EndpointRefusedError):
        return str(error)
    return f"{error.strerror}." if error.strerror else f"{type(error).__name__}: {error}"


def _literal(sock: socket.socket) -> str:
    """Our name for EHLO: the address literal of RFC 5321 §4.1.3, without asking DNS."""
    host = str(sock.getsockname()[0])
    return f"[IPv6:{host}]" if ":" in host else f"[{host}]"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")
