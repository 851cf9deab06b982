"""One IMAP connection: reads commands, asks the hook, answers (RFC 3501 section 2.2)."""

import asyncio
import binascii
import ssl
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from marketing_agent.sandbox.answers import Answer, Manner, Mishap
from marketing_agent.sandbox.imap.commands import COMMANDS
from marketing_agent.sandbox.imap.mailbox import Account
from marketing_agent.sandbox.imap.state import Needs, State, capabilities
from marketing_agent.sandbox.imap.tokens import (
    BadCommandError,
    Part,
    Token,
    announced_literal,
    tokens,
    without_announcement,
    word,
)

CONNECT = "CONNECT"
"""The command name under which the hook is asked when a client arrives."""
_LONGEST_LITERAL = 64 * 1024 * 1024  # octets


@dataclass(frozen=True)
class ImapMoment:
    """What the server knows when it is about to act: the command, and the account if any."""

    command: str
    account: str | None = None


ImapDecide = Callable[[ImapMoment], Answer]
"""The hook: a completion such as `NO [UNAVAILABLE] later`, a mishap, or None: act as usual."""


@dataclass(frozen=True)
class Cut:
    """The end of what a session says: these octets, and then it closes, or hangs."""

    last: bytes
    then: Mishap = Mishap.CLOSE


ImapTamper = Callable[[ImapMoment, bytes], bytes | Cut]
"""Changes what the server says during a command: one response with its literals, CRLF included."""


def as_written(_moment: ImapMoment, said: bytes) -> bytes | Cut:
    """Change nothing."""
    return said


class _SilencedError(Exception):
    """The session says no more, with the connection open."""


class ImapSession:
    """Serves one client until it logs out, leaves, or the hook ends it."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        accounts: Mapping[str, Account],
        decide: ImapDecide,
        clock: Callable[[], datetime],
        starttls: ssl.SSLContext | None,
        tamper: ImapTamper = as_written,
    ) -> None:
        self._reader, self._writer = reader, writer
        self._accounts, self._decide, self._tamper = accounts, decide, tamper
        self._moment = ImapMoment(CONNECT)
        self._starttls = starttls
        self._state = State(self._write, clock, login_allowed=starttls is None)
        self._special: dict[str, Callable[[list[Token]], Awaitable[str]]] = {
            "AUTHENTICATE": self._authenticate,
            "IDLE": self._idle,
            "LOGIN": self._login,
            "LOGOUT": self._logout,
            "STARTTLS": self._start_tls,
        }

    async def serve(self) -> None:
        """Greet, then answer commands one after the other."""
        try:
            greeting = await self._obey(self._decide(self._moment))
            self._write(f"* {greeting or f'OK [CAPABILITY {capabilities(self._state)}] Sandbox'}")
            self._state.leaving = greeting is not None
            while not self._state.leaving:
                await self._one_command()
        except _SilencedError:
            await asyncio.Event().wait()  # as a hanging server does, until it is stopped
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # The client left or sends no lines; both end the session like a LOGOUT does.
        finally:
            self._state.leave_mailbox()
            self._writer.close()

    def hang_up(self) -> None:
        """Drop the connection without a word."""
        self._writer.transport.abort()

    async def _one_command(self) -> None:
        line, *rest = await self._read_command()
        tag, _, command = line.partition(b" ")
        label = tag.decode("ascii", "replace") or "*"
        try:
            completion = await self._run(tokens([command, *rest]))
        except BadCommandError as error:
            completion = f"BAD {error}"
        self._state.report_changes()
        self._write(f"{label} {completion}")
        await self._writer.drain()
        if self._state.upgrade:
            await self._upgrade()

    async def _run(self, items: list[Token]) -> str:
        name, arguments = _named(items)
        self._moment = ImapMoment(name, self._state.user)
        refusal = await self._obey(self._decide(self._moment))
        if refusal is not None:
            return refusal
        if name in self._special:
            return await self._special[name](arguments)
        command = COMMANDS.get(name)
        if command is None:
            return f"BAD {name} is not known here"
        return self._state.missing(command.needs) or command.act(self._state, arguments)

    async def _obey(self, answer: Answer) -> str | None:
        if answer in (Mishap.HANG, Mishap.ACCEPT_AND_HANG):
            await asyncio.Event().wait()  # until the server stops or drops its connections
        if isinstance(answer, Mishap):
            self.hang_up()
            raise ConnectionResetError("The sandbox closed the connection, as it was told to.")
        return None if isinstance(answer, Manner) else answer

    async def _read_command(self) -> list[bytes]:
        parts: list[bytes] = []
        while True:
            line = (await self._reader.readuntil(b"\r\n"))[:-2]
            literal = announced_literal(line)
            parts.append(without_announcement(line))
            if literal is None:
                return parts
            parts.append(await self._read_literal(*literal))

    async def _read_literal(self, size: int, waits: bool) -> Part:  # noqa: FBT001  both are read together
        if size > _LONGEST_LITERAL:
            raise ConnectionAbortedError("The client announced more than we hold.")
        if waits:
            self._write("+ go on")
        return Part(await self._reader.readexactly(size))

    def _write(self, line: str | bytes) -> None:
        data = line.encode("utf-8", "surrogateescape") if isinstance(line, str) else line
        said = self._tamper(self._moment, data if data.endswith(b"\r\n") else data + b"\r\n")
        if not isinstance(said, Cut):
            self._writer.write(said)
            return
        self._writer.write(said.last)
        if said.then is Mishap.HANG:
            raise _SilencedError
        raise ConnectionResetError("The sandbox closed the connection, as it was told to.")

    async def _login(self, items: list[Token]) -> str:
        return self._enter(word(items, 0), word(items, 1))

    async def _authenticate(self, items: list[Token]) -> str:
        """AUTHENTICATE PLAIN, with or without an initial response (RFC 4616, RFC 4959)."""
        if word(items, 0).upper() != b"PLAIN":
            return "NO Only PLAIN is offered"
        if len(items) == 1:
            self._write("+ ")
        answer = word(items, 1) if len(items) > 1 else await self._reader.readuntil(b"\r\n")
        try:
            _, user, password = b64decode(answer).split(b"\0")
        except (binascii.Error, ValueError):
            return "BAD That is no answer to PLAIN"
        return self._enter(user, password)

    def _enter(self, user: bytes, password: bytes) -> str:
        if not self._state.login_allowed:
            return "NO [PRIVACYREQUIRED] STARTTLS comes first"
        name = user.decode("utf-8", "replace")
        account = self._accounts.get(name)
        if account is None or account.password.encode() != password:
            return "NO [AUTHENTICATIONFAILED] User name and password not accepted"
        self._state.user, self._state.account = name, account
        return f"OK [CAPABILITY {capabilities(self._state)}] Logged in"

    async def _logout(self, _items: list[Token]) -> str:
        self._write("* BYE See you")
        self._state.leaving = True
        return "OK Logged out"

    async def _start_tls(self, _items: list[Token]) -> str:
        if self._starttls is None:
            return "BAD TLS is not to be started here"
        self._state.upgrade = True
        return "OK Begin TLS"

    async def _upgrade(self) -> None:
        if self._starttls is not None:
            await self._encrypt(self._starttls)
        self._starttls = None
        self._state.upgrade, self._state.login_allowed = False, True

    async def _encrypt(self, context: ssl.SSLContext) -> None:
        plain = self._writer.transport
        try:
            await self._writer.start_tls(context)
        except AttributeError as error:
            # Python 3.11, where the client left at the handshake's end: there is no transport then, and
            # the writer would complain of it whenever it is collected.
            setattr(self._writer, "_transport", plain)  # noqa: B010  it has no public name
            raise ConnectionResetError("The client left at the end of the handshake.") from error

    async def _idle(self, _items: list[Token]) -> str:
        """Report changes as they happen, until the client writes DONE (RFC 2177)."""
        missing = self._state.missing(Needs.MAILBOX)
        if missing:
            return missing
        self._write("+ idling")
        self._state.report_changes()
        self._state.idling = True
        line = await self._reader.readuntil(b"\r\n")
        self._state.idling = False
        return "OK Idle is over" if line.strip().upper() == b"DONE" else "BAD DONE was expected"


def _named(items: list[Token]) -> tuple[str, list[Token]]:
    """Split a command into its name and arguments; `UID FETCH` is one name."""
    name = word(items, 0).decode("ascii", "replace").upper()
    if name == "UID":
        return f"UID {word(items, 1).decode('ascii', 'replace').upper()}", items[2:]
    return name, items[1:]
