"""Hand letters to one SMTP server over one connection that is kept for many letters.

Nothing here raises for network trouble: every end is an `SmtpReply` that
`engine.smtp_outcome.decide` can judge. After DATA has begun a break is `Phase.FINAL` without a
code, which means *unknown*: the server may have taken the letter (RFC 1047).
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Self

from marketing_agent.engine.smtp_outcome import Phase, SmtpReply
from marketing_agent.mail.endpoint import Endpoint, EndpointRefusedError
from marketing_agent.mail.smtp_wire import PATIENT, Timeouts, Wire, describe

__all__ = ["Endpoint", "EndpointRefusedError", "SmtpSession", "Timeouts"]

_SERVICE_CLOSING = 421
_QUIT = 5.0  # seconds at most that a goodbye may take
_BROKEN_ADDRESS = frozenset("\r\n\0<> \t")

Passing = Callable[[], AbstractContextManager[bool]]
"""The last word: DATA is sent inside of the block, if it was entered with True."""


class SmtpSession:
    """A connection to one server: opened when first needed, reset between letters."""

    def __init__(self, endpoint: Endpoint, timeouts: Timeouts = PATIENT) -> None:
        self.endpoint = endpoint
        self.timeouts = timeouts
        self._wire: Wire | None = None
        self._dirty = False
        self._used = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.quit()

    @property
    def is_open(self) -> bool:
        """Whether a connection stands, as far as we know."""
        return self._wire is not None

    def open(self) -> SmtpReply | None:
        """Connect, encrypt and log in. None when ready, else the reply that stopped us."""
        if self._wire is not None:
            return None
        wire = Wire(self.endpoint, self.timeouts)
        refusal = self._greet(wire) or self._encrypt(wire) or self._login(wire)
        if refusal is not None:
            wire.close()
            return refusal
        self._wire, self._dirty, self._used = wire, False, False
        return None

    def submit(
        self,
        from_: str,
        to: str,
        data: bytes,
        at_the_door: Callable[[], bool],
        passing: Passing = lambda: nullcontext(enter_result=True),
    ) -> SmtpReply | None:
        """Send one letter to one recipient.

        Args:
            from_: envelope sender.
            to: envelope recipient.
            data: the letter with CRLF line ends.
            at_the_door: called after RCPT was accepted, right before DATA; the caller records the
                attempt there, durably. When it returns False nothing is sent. What it raises
                passes through, with the connection closed.
            passing: entered around the sending of the command DATA itself, once the door has let
                the letter through; when it gives False, DATA is not sent.

        Returns:
            The reply that decides, or None when the door or `passing` refused.
        """
        if _BROKEN_ADDRESS.intersection(from_ + to):
            return SmtpReply(Phase.RCPT, 553, "5.1.3 The address contains a forbidden character.")
        refusal = self.open() or self._envelope(from_, to, data)
        if refusal is not None:
            return refusal
        if not self._asked(at_the_door):
            self.reset()
            return None
        return self._transmit(data, passing)

    def reset(self) -> SmtpReply | None:
        """RSET: forget a begun letter. None when done, else how it failed (now closed)."""
        self._dirty = False
        return self._expect(Phase.MAIL, "RSET")

    def quit(self) -> None:
        """Say goodbye and close; a server that does not answer is left."""
        if self._wire is not None:
            self._ask(Phase.QUIT, "QUIT", min(_QUIT, self.timeouts.step))
        self.close()

    def close(self) -> None:
        """Close without a word."""
        if self._wire is not None:
            self._wire.close()
        self._wire = None

    def _greet(self, wire: Wire) -> SmtpReply | None:
        phase = Phase.TLS if self.endpoint.security == "tls" else Phase.CONNECT
        try:
            return _refusal(Phase.CONNECT, wire.open()) or self._hello(wire)
        except EndpointRefusedError as error:
            return SmtpReply(Phase.CONNECT, None, describe(error))
        except OSError as error:
            return SmtpReply(phase if wire.sock else Phase.CONNECT, None, describe(error))

    def _hello(self, wire: Wire) -> SmtpReply | None:
        code, text = wire.ehlo()
        return _refusal(Phase.CONNECT, (code, text.decode("utf-8", "replace")))

    def _encrypt(self, wire: Wire) -> SmtpReply | None:
        """STARTTLS where asked for is required: a server without it is refused (RFC 3207 §6)."""
        if self.endpoint.security != "starttls":
            return None
        if not wire.has_extn("starttls"):
            return SmtpReply(Phase.TLS, None, "The server does not offer STARTTLS.")
        try:
            refusal = _refusal(Phase.TLS, wire.ask("STARTTLS"))
            if refusal is None:
                wire.wrap()
                refusal = self._hello(wire)
        except OSError as error:
            return SmtpReply(Phase.TLS, None, describe(error))
        return refusal

    def _login(self, wire: Wire) -> SmtpReply | None:
        if not self.endpoint.username:
            return None
        try:
            code, text = wire.authenticate(self.endpoint.username, self.endpoint.password)
        except OSError as error:
            return SmtpReply(Phase.LOGIN, None, self.endpoint.hush(describe(error)))
        return _refusal(Phase.LOGIN, (code, self.endpoint.hush(text)))

    def _envelope(self, from_: str, to: str, data: bytes) -> SmtpReply | None:
        """MAIL and RCPT; a kept connection that died while idle is opened once more."""
        options = self._options(from_, to, data)
        if isinstance(options, SmtpReply):
            return options
        refusal = self._mail(from_, options)
        if refusal is not None and self._used and _gone(refusal):
            refusal = self.open() or self._mail(from_, options)
        return refusal or self._expect(Phase.RCPT, f"RCPT TO:<{to}>")

    def _mail(self, from_: str, options: str) -> SmtpReply | None:
        if self._dirty:
            refusal = self.reset()
            if refusal is not None:
                return refusal
        self._dirty = True
        refusal = self._expect(Phase.MAIL, f"MAIL FROM:<{from_}>{options}")
        self._used = self._used or refusal is None
        return refusal

    def _options(self, from_: str, to: str, data: bytes) -> str | SmtpReply:
        """SIZE (RFC 1870) and, for what is not ASCII, SMTPUTF8 (RFC 6531 §3.4)."""
        size = f" SIZE={len(data)}" if self._offers("size") else ""
        if data.isascii() and from_.isascii() and to.isascii():
            return size
        if not self._offers("smtputf8"):
            return SmtpReply(
                Phase.RCPT, 553, "5.6.7 The server cannot carry addresses outside ASCII (SMTPUTF8)."
            )
        return f"{size} BODY=8BITMIME SMTPUTF8"

    def _offers(self, extension: str) -> bool:
        return self._wire is not None and bool(self._wire.has_extn(extension))

    def _asked(self, at_the_door: Callable[[], bool]) -> bool:
        try:
            return at_the_door()
        except BaseException:
            self.close()
            raise

    def _transmit(self, data: bytes, passing: Passing) -> SmtpReply | None:
        started = self._begin(passing)
        if started is None:
            self.reset()
            return None
        if started.code != 354:  # noqa: PLR2004  RFC 5321 §4.1.1.4: only then may the letter follow
            return self._not_wanted(started)
        reply = self._guard(Phase.FINAL, lambda wire: wire.say(data))
        self._dirty = False
        return reply

    def _begin(self, passing: Passing) -> SmtpReply | None:
        """Send DATA under the last word and give what the server says to it; None: it may not."""
        try:
            with passing() as may:
                if not may:
                    return None
                broken = self._tell(Phase.FINAL, "DATA")
        except BaseException:
            self.close()
            raise
        return broken or self._guard(Phase.FINAL, lambda wire: wire.hear())

    def _not_wanted(self, started: SmtpReply) -> SmtpReply:
        """DATA was refused, or answered by nonsense, after which the connection is not trusted."""
        if started.code is None:
            return started
        if started.code < 400:  # noqa: PLR2004  RFC 5321 §4.2.1: 4yz and 5yz are refusals
            self.close()
        return SmtpReply(Phase.DATA, started.code, started.text)

    def _expect(self, phase: Phase, command: str) -> SmtpReply | None:
        """Ask and return None for a 2yz reply, else the reply."""
        reply = self._ask(phase, command)
        return None if 200 <= (reply.code or 0) < 300 else reply  # noqa: PLR2004  RFC 5321 §4.2.1

    def _ask(self, phase: Phase, command: str, seconds: float | None = None) -> SmtpReply:
        return self._guard(phase, lambda wire: wire.ask(command, seconds))

    def _tell(self, phase: Phase, command: str) -> SmtpReply | None:
        """Send a command and do not wait for the reply; None, or how it broke."""
        if self._wire is None:
            return SmtpReply(phase, None, "The connection is closed.")
        try:
            self._wire.tell(command)
        except OSError as error:
            self.close()
            return SmtpReply(phase, None, describe(error))
        return None

    def _guard(self, phase: Phase, talk: Callable[[Wire], tuple[int, str]]) -> SmtpReply:
        """Turn any break into a reply without a code; close what is no longer usable."""
        if self._wire is None:
            return SmtpReply(phase, None, "The connection is closed.")
        try:
            code, text = talk(self._wire)
            reply = SmtpReply(phase, code, _without_nul(text))
        except OSError as error:
            reply = SmtpReply(phase, None, describe(error))
        if _gone(reply):
            self.close()
        return reply


def _gone(reply: SmtpReply) -> bool:
    return reply.code is None or reply.code == _SERVICE_CLOSING


def _refusal(phase: Phase, answer: tuple[int, str]) -> SmtpReply | None:
    code, text = answer
    if 200 <= code < 300:  # noqa: PLR2004  as above
        return None
    return SmtpReply(phase, code, _without_nul(text))


def _without_nul(text: str) -> str:
    """A reply is kept word for word, and PostgreSQL keeps no NUL."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
