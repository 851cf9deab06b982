"""An SMTP server over a bare socket: honest, but at the verbs for which it has a deed.

It does what no server library lets one do: answer in the middle of a letter, stop reading, begin TLS
with rubbish. Where honest misbehaviour will do, `marketing_agent.sandbox.smtp_server` is the one to use.
"""

import select
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from marketing_agent.sandbox.answers import Verb
from marketing_agent.sandbox.certificates import Certificates

USUAL = {
    Verb.CONNECT: "220 scripted ready",
    Verb.STARTTLS: "220 go ahead",
    Verb.AUTH: "235 2.7.0 welcome",
    Verb.DATA: "354 go on",
    Verb.QUIT: "221 bye",
}
_VERBS = {
    "EHLO": Verb.EHLO,
    "STARTTLS": Verb.STARTTLS,
    "AUTH": Verb.AUTH,
    "MAIL": Verb.MAIL,
    "RCPT": Verb.RCPT,
    "DATA": Verb.DATA,
    "RSET": Verb.RSET,
    "QUIT": Verb.QUIT,
}


class GoneError(Exception):
    """The client has left, or the deed ends the conversation."""


@dataclass(frozen=True)
class Accepted:
    """A letter that the server took."""

    raw: bytes


Deed = Callable[["Talk"], None]
"""What is done at a verb instead of answering; afterwards the conversation goes on."""


@dataclass
class Talk:
    """One conversation, as a deed sees it."""

    server: "ScriptedSmtp"
    sock: socket.socket
    verb: Verb = Verb.CONNECT
    letter: bytes = b""
    secure: bool = False
    _unread: bytearray = field(default_factory=bytearray)

    def usual(self) -> str:
        """Give the honest answer to the verb, and take a letter that is complete."""
        if self.verb is Verb.FINAL:
            self.take()
        return self.words()

    def words(self) -> str:
        """Give the honest answer to the verb, and take nothing."""
        if self.verb is Verb.EHLO:
            upgrade = "" if self.secure or not self.server.context else "250-STARTTLS\r\n"
            return f"250-scripted\r\n{upgrade}250-AUTH PLAIN\r\n250-8BITMIME\r\n250 SMTPUTF8"
        return USUAL.get(self.verb, "250 2.0.0 fine")

    def take(self) -> None:
        """Accept the letter."""
        self.server.accepted += (Accepted(self.letter),)

    def say(self, said: str | bytes) -> None:
        """Say one or several lines."""
        data = said if isinstance(said, bytes) else said.encode() + b"\r\n"
        try:
            self.sock.sendall(data)
        except OSError as error:
            raise GoneError from error

    def hear(self) -> bytes:
        """Read one line, without its end."""
        while b"\n" not in self._unread:
            self._unread += self._part()
        line, _, rest = bytes(self._unread).partition(b"\n")
        self._unread = bytearray(rest)
        return line.rstrip(b"\r")

    def sip(self) -> None:
        """Read a little, and forget it."""
        try:
            if not self.sock.recv(512):
                raise GoneError
        except OSError as error:
            raise GoneError from error

    def hear_out(self) -> None:
        """Read on until the client leaves."""
        while True:
            self._part()

    def leave(self) -> None:
        """Hang up."""
        raise GoneError

    def stays(self, seconds: float) -> bool:
        """Wait a moment; tell whether the client is still there and silent."""
        try:
            return not select.select([self.sock], [], [], seconds)[0]
        except (OSError, ValueError) as error:  # the server was stopped: the socket has no number
            raise GoneError from error

    def encrypt(self, context: ssl.SSLContext | None) -> None:
        """Begin TLS as the server."""
        try:
            if context is None:
                raise GoneError
            self.sock = context.wrap_socket(self.sock, server_side=True)
        except OSError as error:
            raise GoneError from error
        self.server.note(self.sock)
        self.secure = True

    def _part(self) -> bytes:
        try:
            part = self.sock.recv(65536)
        except OSError as error:
            raise GoneError from error
        if not part:
            raise GoneError
        return part


class ScriptedSmtp:
    """Serves on 127.0.0.1, a thread a conversation, each with the deeds that stand now."""

    def __init__(self, certificates: Certificates | None = None) -> None:
        self.context = certificates.server_context() if certificates else None
        self.contexts: dict[str, ssl.SSLContext] = {}
        self.accounts: dict[str, str] = {}  # whoever comes may log in
        self.accepted: tuple[Accepted, ...] = ()
        self.heard: list[str] = []
        self.deeds: dict[Verb, Deed] = {}
        self.stopping = Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._lock = Lock()
        self._threads = [Thread(target=self._listen)]
        self._threads[0].start()

    def note(self, sock: socket.socket) -> None:
        """Remember a socket that is to be closed in the end."""
        with self._lock:
            self._open.append(sock)

    def stop(self) -> None:
        """Hang up everywhere and wait for every thread."""
        self.stopping.set()
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(10)

    def _listen(self) -> None:
        while not self.stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            # Else a second answer waits in the kernel until the first one is acknowledged.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.note(sock)
            thread = Thread(target=self._serve, args=(Talk(self, sock),))
            self._threads.append(thread)
            thread.start()

    def _serve(self, talk: Talk) -> None:
        try:
            self._answer(talk, Verb.CONNECT)
            while talk.verb is not Verb.QUIT:
                self._converse(talk)
        except GoneError:
            pass
        finally:
            talk.sock.close()

    def _converse(self, talk: Talk) -> None:
        line = talk.hear().decode("utf-8", "replace")
        self.heard.append(line)
        verb = _VERBS.get(line.split(" ", 1)[0].upper())
        if verb is None:
            talk.say("500 5.5.1 what?")
            return
        self._answer(talk, verb)
        if talk.verb is Verb.STARTTLS and self.context and not talk.secure:
            talk.encrypt(self.context)
        if talk.verb is Verb.DATA:
            lines = [each + b"\r\n" for each in iter(talk.hear, b".")]
            talk.letter = b"".join(lines)
            self._answer(talk, Verb.FINAL)

    def _answer(self, talk: Talk, verb: Verb) -> None:
        talk.verb = verb
        deed = self.deeds.get(verb)
        if deed is None:
            talk.say(talk.usual())
        else:
            deed(talk)


@contextmanager
def scripted(certificates: Certificates | None = None, **deeds: Deed) -> Iterator[ScriptedSmtp]:
    """Run a server with deeds by the names of their verbs."""
    server = ScriptedSmtp(certificates)
    server.deeds = {Verb(name): deed for name, deed in deeds.items()}
    try:
        yield server
    finally:
        server.stop()
