"""One SMTP conversation of the sandbox's server: aiosmtpd, with a hook before every answer."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeGuard

from aiosmtpd.smtp import (
    MISSING,
    SMTP,
    AuthResult,
    Envelope,
    LoginPassword,
    Session,
    TLSSetupException,
)

from marketing_agent.sandbox.answers import Answer, Decide, Manner, Mishap, Moment, Verb

Accept = Callable[[str, tuple[str, ...], bytes, str | None], None]
"""Takes over a message: envelope sender, recipients, its bytes, the account logged in."""
_SIZE_LIMIT = 32 * 1024 * 1024  # bytes
_ACCEPTED = "250 2.0.0 Ok: taken"
_WELCOME = "235 2.7.0 Logged in"
_BAD_LOGIN = "535 5.7.8 User name and password not accepted"
_AT_LENGTH = 1_000  # lines
_BREATH = 100_000  # octets
_DRIP_S = 0.05  # seconds before each octet


@dataclass(frozen=True)
class Desk:
    """What the server lends each conversation: its hook, its store and its accounts."""

    decide: Decide
    accept: Accept
    may_log_in: Callable[[str, str], bool]


class Conversation(SMTP):
    """Speaks with one client, and stays in the `open_ones` set for as long as it does."""

    def __init__(
        self,
        desk: Desk,
        open_ones: "set[Conversation]",
        loop: asyncio.AbstractEventLoop,
        starttls: ssl.SSLContext | None,
        *,
        must_log_in: bool,
    ) -> None:
        super().__init__(
            _Hooks(desk),
            hostname="mail.sandbox.example",
            ident="Sandbox ESMTP",
            tls_context=starttls,
            require_starttls=starttls is not None,
            data_size_limit=_SIZE_LIMIT,
            enable_SMTPUTF8=True,
            auth_require_tls=starttls is not None,
            authenticator=self._check_login,
            loop=loop,
        )
        # Said here and not above: under TLS from the first byte the library sees no STARTTLS
        # and would warn that passwords travel unprotected.
        self._auth_required = must_log_in
        self._desk, self._open_ones = desk, open_ones
        self._login_answer: Answer = None
        self._manner: Manner | None = None
        self._instead: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Enter the server's list of open conversations."""
        self._open_ones.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Leave the list again."""
        self._open_ones.discard(self)
        super().connection_lost(error)

    def hang_up(self) -> None:
        """Drop the connection without a word."""
        if self.transport is not None:
            self.transport.abort()  # type: ignore[attr-defined]  # always a stream transport

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  aiosmtpd names verbs like this
        """Ask the hook before the client is told to begin (`354`)."""
        recipients = self.envelope.rcpt_tos if self.envelope else []
        reply = await self.ask(Verb.DATA, recipients[0]) if recipients else None
        if reply is None or reply.startswith("354"):
            self._instead = reply
            await super().smtp_DATA(arg)
        else:
            await self.push(reply)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802  as above
        """Ask the hook, which may refuse the greeting."""
        reply = await self.ask(Verb.EHLO, hostname or "")
        if reply is None:
            await super().smtp_EHLO(hostname)
        else:
            await self.push(reply)

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802  as above
        """Ask the hook, which may refuse to encrypt."""
        reply = await self.ask(Verb.STARTTLS)
        if reply is None:
            await self._encrypt(arg)
        else:
            await self.push(reply)

    async def _encrypt(self, arg: str) -> None:
        try:
            await super().smtp_STARTTLS(arg)
        except TLSSetupException as error:  # nothing of the server's own, so nothing for its log
            raise ConnectionResetError("The client broke off the handshake.") from error

    async def push(self, status: str | bytes) -> None:
        """Say a reply, in the manner that the hook asked for once its last line is reached."""
        said = self._instead or status
        data = said.encode("utf-8", "surrogateescape") if isinstance(said, str) else said
        if data[3:4] == b"-" and b"\n" not in data:  # a line of EHLO's answer: more follows
            await super().push(data)
            return
        manner, self._manner, self._instead = self._manner, None, None
        if manner is Manner.DRIPPING:
            await self._drip(data)
        await super().push(_MANNERS[manner](data) if manner in _MANNERS else data)
        if manner is Manner.AND_CLOSE and self.transport is not None:
            self.transport.close()
            raise ConnectionResetError("The sandbox closed the connection, as it was told to.")

    async def _drip(self, data: bytes) -> None:
        """Say all but the end of the line, which then comes as usual."""
        for place in range(len(data)):
            self._writer.write(data[place : place + 1])
            await asyncio.sleep(_DRIP_S)

    async def auth_PLAIN(self, _: object, args: list[str]) -> AuthResult:  # noqa: N802  as above
        """Log in (RFC 4616), then let the hook's mishap happen."""
        result = await super().auth_PLAIN(_, args)
        await self.obey(self._login_answer)
        return result

    async def auth_LOGIN(self, _: object, args: list[str]) -> AuthResult:  # noqa: N802  as above
        """Log in the old way, then let the hook's mishap happen."""
        result = await super().auth_LOGIN(_, args)
        await self.obey(self._login_answer)
        return result

    async def ask(self, verb: Verb, address: str = "") -> str | None:
        """Ask the hook about this step; return its reply line, or act out its mishap."""
        return await self.obey(self._desk.decide(self.moment(verb, address)))

    def moment(self, verb: Verb, address: str) -> Moment:
        """Describe this step to the hook."""
        sender = (self.envelope.mail_from if self.envelope else None) or ""
        secure = self._tls_protocol is not None
        return Moment(verb, address, sender, account_of(self.session), secure)

    async def obey(self, answer: Answer) -> str | None:
        """Close or hang where the answer says so, remember a manner; a reply is returned as it is."""
        if answer in (Mishap.HANG, Mishap.ACCEPT_AND_HANG):
            await asyncio.Event().wait()  # until the client leaves, which cancels this task
        if isinstance(answer, Mishap):
            self.hang_up()
            raise ConnectionResetError("The sandbox closed the connection, as it was told to.")
        if isinstance(answer, Manner):
            self._manner = answer
            return None
        return answer

    async def _handle_client(self) -> None:
        # aiosmtpd raises a broken connection out of its task, where nobody would collect it.
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            greeting = await self.ask(Verb.CONNECT)
            if greeting is None:
                await super()._handle_client()
            else:
                await self._turn_away(greeting)

    async def _turn_away(self, greeting: str) -> None:
        await self.push(greeting)
        if self.transport is not None:
            self.transport.close()

    def _check_login(
        self,
        _server: object,
        _session: Session,
        _envelope: Envelope,
        _how: str,
        data: LoginPassword,
    ) -> AuthResult:
        user, password = _words(data)
        self._login_answer = answer = self._desk.decide(self.moment(Verb.AUTH, user))
        good = self._desk.may_log_in(user, password)
        default = _WELCOME if good else _BAD_LOGIN
        reply = answer if _is_reply(answer) else default
        return AuthResult(
            success=reply.startswith("2"), handled=False, message=reply, auth_data=data
        )


class _Hooks:
    """The verbs of a conversation, in the order in which a client sends them.

    aiosmtpd calls these by name; MISSING makes it answer and act as usual.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def handle_MAIL(  # noqa: N802  aiosmtpd looks for this name
        self, server: Conversation, _s: Session, envelope: Envelope, address: str, _: list[str]
    ) -> object:
        reply = await server.ask(Verb.MAIL, address)
        if _accepts(reply):
            envelope.mail_from = address
        return _usual(reply)

    async def handle_RCPT(  # noqa: N802  as above
        self, server: Conversation, _s: Session, envelope: Envelope, address: str, _: list[str]
    ) -> object:
        reply = await server.ask(Verb.RCPT, address)
        if reply is not None and _accepts(reply):  # else the library writes the recipient down
            envelope.rcpt_tos.append(address)
        return _usual(reply)

    async def handle_DATA(  # noqa: N802  as above; it runs when the whole message is here
        self, server: Conversation, session: Session, envelope: Envelope
    ) -> str:
        answer = self._desk.decide(server.moment(Verb.FINAL, envelope.rcpt_tos[0]))
        if _accepts(answer):
            raw = bytes(envelope.original_content or b"")
            to = tuple(envelope.rcpt_tos)
            self._desk.accept(envelope.mail_from or "", to, raw, account_of(session))
        return await server.obey(answer) or _ACCEPTED

    async def handle_RSET(  # noqa: N802  as above
        self, server: Conversation, _session: Session, _envelope: Envelope
    ) -> object:
        return _usual(await server.ask(Verb.RSET))

    async def handle_QUIT(  # noqa: N802  as above
        self, server: Conversation, _session: Session, _envelope: Envelope
    ) -> object:
        return _usual(await server.ask(Verb.QUIT))


def account_of(session: Session | None) -> str | None:
    """Return the user name that the session logged in with, or None."""
    data = session.auth_data if session else None
    return _words(data)[0] if isinstance(data, LoginPassword) else None


def _words(data: LoginPassword) -> tuple[str, str]:
    return data.login.decode("utf-8", "replace"), data.password.decode("utf-8", "replace")


def _accepts(answer: Answer) -> bool:
    if isinstance(answer, Mishap):
        return answer in (Mishap.ACCEPT_AND_CLOSE, Mishap.ACCEPT_AND_HANG)
    return answer is None or isinstance(answer, Manner) or answer.startswith("2")


def _is_reply(answer: Answer) -> TypeGuard[str]:
    return isinstance(answer, str) and not isinstance(answer, Mishap | Manner)


def _at_length(data: bytes) -> bytes:
    line = b"%s-%s" % (data[:3], b"x" * (_BREATH // _AT_LENGTH - 6))
    return b"\r\n".join([line] * _AT_LENGTH + [data])


_MANNERS: dict[Manner | None, Callable[[bytes], bytes]] = {
    Manner.TWICE: lambda data: data + b"\r\n" + data,
    Manner.AT_LENGTH: _at_length,
    Manner.IN_ONE_BREATH: lambda data: data + b" " + b"x" * _BREATH,
    Manner.IN_OCTETS: lambda data: data + b" \xff\x00\xfe \xc3\x28 gr\xfc\xdfe",
    Manner.DRIPPING: lambda _: b"",
}


def _usual(reply: str | None) -> object:
    return MISSING if reply is None else reply
