"""SMTP's commands and replies on one connection, with a clock, and never out of step.

A reply is read as the answer to a command only if nothing lay unread when the command was sent: a
server that answers twice, or late, or speaks unasked, must not answer the next question with it.
"""

import base64
import re
import socket
import ssl
from dataclasses import dataclass

from marketing_agent.mail.channel import Channel, WireError
from marketing_agent.mail.endpoint import Endpoint, EndpointRefusedError, connect, tls_context

MAX_REPLY = 1024 * 1024  # bytes of one reply, continuation lines included
KEPT = 8_192  # bytes of a reply's text that we keep; the rest is read and forgotten
_REPLY = re.compile(rb"\d{3}[ \r\n-]")
_FEATURE = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)[ =]?(.*)")
_DOT = re.compile(rb"(?m)^\.")
_CLOSING = 421


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for one step, and for the reply to the final dot (RFC 5321 §4.5.3.2.6).

    RFC 5321 asks for minutes at every step; a worker that holds a lease cannot wait so long
    before DATA, where giving up loses nothing.
    """

    step: float = 60.0
    final: float = 600.0


PATIENT = Timeouts()


class Wire:
    """One SMTP connection. Methods return (code, text) or raise OSError."""

    def __init__(self, endpoint: Endpoint, timeouts: Timeouts = PATIENT) -> None:
        self.timeouts = timeouts
        self._endpoint = endpoint
        self._open: Channel | None = None
        self._features: dict[str, str] = {}

    def connect(self) -> None:
        """Open the TCP connection."""
        sock = connect(self._endpoint, self.timeouts.step)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._open = Channel(sock)

    def wrap(self) -> None:
        """Begin TLS, verifying certificate and name; nothing may have come before it."""
        if self._channel.has_spoken() and self._channel.unread:
            # Else what was slipped in would count as said under TLS: CVE-2011-0411.
            raise WireError("The server sent data before TLS began.")
        self._channel.allow(self.timeouts.step)
        self._channel.start_tls(tls_context(self._endpoint.ca_file), self._endpoint.host)

    def hello(self) -> tuple[int, str]:
        """EHLO; what the server offers is remembered."""
        self.tell(f"EHLO {_literal(self._channel.sock)}")
        code, text = self.hear(keep=MAX_REPLY)
        self._features = _features(text)
        return code, text[:KEPT]

    def offers(self, extension: str) -> bool:
        """Whether the server named this extension in its answer to EHLO."""
        return extension in self._features

    def ask(self, command: str, seconds: float | None = None) -> tuple[int, str]:
        """Send a command and wait for the reply, each by default for one step's time."""
        self.tell(command, seconds)
        return self.hear(seconds)

    def tell(self, command: str, seconds: float | None = None) -> None:
        """Send a command without waiting for the reply."""
        self.listen()
        self.tell_at_once(command, seconds)

    def tell_at_once(self, command: str, seconds: float | None = None) -> None:
        """Send a command without looking first whether the server has spoken out of turn."""
        self._channel.allow(self._patience(seconds))
        self._channel.send(command.encode("utf-8") + b"\r\n")

    def listen(self) -> None:
        """Raise WireError when the server has spoken or closed though nothing was asked."""
        channel = self._channel
        if not channel.has_spoken():
            return
        if not channel.unread:
            raise WireError("The server closed the connection.")
        said = self._overheard()
        if said.startswith(str(_CLOSING)):  # RFC 5321 §3.8: this one may come at any time
            raise WireError(f"The server closes the connection: {said}")
        raise WireError(f"The server spoke out of turn: {said}")

    def hear(self, seconds: float | None = None, keep: int = KEPT) -> tuple[int, str]:
        """Wait for a reply, by default for one step's time."""
        self._channel.allow(self._patience(seconds))
        code, text = self._reply(keep)
        self._mistrust(code)
        return code, text.decode("utf-8", "replace")

    def send_body(self, data: bytes) -> bool:
        """Send a letter behind DATA's 354, all but its final dot; False: the server spoke before it.

        Then the letter is not accepted whatever the server says: no dot was sent (RFC 5321 §4.1.1.4).
        """
        body = _DOT.sub(b"..", data)
        self._channel.allow(self.timeouts.final)
        return self._channel.send_unless_spoken(body if body.endswith(b"\r\n") else body + b"\r\n")

    def end_body(self) -> tuple[int, str]:
        """Send the final dot and wait for what becomes of the letter."""
        self._channel.allow(self.timeouts.final)
        self._channel.send(b".\r\n")
        return self.hear(self.timeouts.final)

    def authenticate(self, username: str, password: str) -> tuple[int, str]:
        """AUTH PLAIN (RFC 4616) or LOGIN, both in UTF-8, which smtplib's own login cannot."""
        offered = self._features.get("auth", "").upper().split()
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

    def close(self) -> None:
        """Close the socket; never raises."""
        if self._open is not None:
            self._open.close()
        self._open = None

    @property
    def _channel(self) -> Channel:
        if self._open is None:
            raise WireError("The connection is closed.")
        return self._open

    def _patience(self, seconds: float | None) -> float:
        return self.timeouts.step if seconds is None else seconds

    def _reply(self, keep: int) -> tuple[int, bytes]:
        """Read one reply of any number of lines (RFC 5321 §4.2.1); of its text `keep` bytes stay."""
        text, size, first = bytearray(), 0, 0
        while size < MAX_REPLY:
            line = self._line(MAX_REPLY - size)
            size += len(line)
            code = int(line[:3])
            first = first or code
            if _kind(code) != _kind(first):
                raise WireError(f"The server contradicts itself: {first} and {code} in one reply.")
            text += line[4:].strip()[:keep] + b"\n"
            del text[keep:]
            if line[3:4] != b"-":
                return code, bytes(text).strip()
        raise WireError("The server's answer does not end.")

    def _line(self, most: int) -> bytes:
        if not _REPLY.match(self._channel.beginning(4)):
            raise WireError(f"The server does not speak SMTP; it said {self._overheard()!r}.")
        return self._channel.line(most)

    def _overheard(self) -> str:
        """Give the beginning of what is unread, for people; it may repeat our login."""
        said = bytes(self._channel.unread[:KEPT]).decode("utf-8", "replace")
        return self._endpoint.hush(said)[:200].strip()

    def _mistrust(self, code: int) -> None:
        """Raise WireError when the server has given the opposite answer as well.

        Which of the two answers the command cannot be known; 421 is no answer but a farewell. After a
        354 the letter follows, and what is said meanwhile is looked for there.
        """
        if not self._channel.has_spoken() or code == _CLOSING or _kind(code) == 3:  # noqa: PLR2004  3yz
            return
        for line in bytes(self._channel.unread).splitlines(keepends=True):
            other = int(line[:3]) if _REPLY.match(line) and line.endswith(b"\n") else code
            if other != _CLOSING and _kind(other) in {2, 4, 5} and _good(other) != _good(code):
                raise WireError(f"The server answered twice: {code}, and then {other}.")


def describe(error: OSError) -> str:
    """One sentence about a network failure."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The server's certificate is not trusted: {error.verify_message}."
    if isinstance(error, TimeoutError):
        return "The server did not answer in time."
    if isinstance(error, WireError | EndpointRefusedError):
        return str(error)
    return f"{error.strerror}." if error.strerror else f"{type(error).__name__}: {error}"


def _kind(code: int) -> int:
    """Give the first digit, which says success, more to come, not now, or never (RFC 5321 §4.2.1)."""
    return code // 100


def _good(code: int) -> bool:
    return _kind(code) == 2  # noqa: PLR2004  RFC 5321 §4.2.1


def _features(text: str) -> dict[str, str]:
    """Read what EHLO offers (RFC 5321 §4.1.1.1); old servers write `AUTH=LOGIN` as well."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines()[1:]:
        feature = _FEATURE.match(line.strip())
        if feature is not None:
            found.setdefault(feature[1].lower(), []).append(feature[2])
    return {name: " ".join(values) for name, values in found.items()}


def _literal(sock: socket.socket) -> str:
    """Our name for EHLO: the address literal of RFC 5321 §4.1.3, without asking DNS."""
    host = str(sock.getsockname()[0])
    return f"[IPv6:{host}]" if ":" in host else f"[{host}]"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")
