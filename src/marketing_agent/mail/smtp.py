"""Hand letters to one SMTP server over one connection that is kept for many letters.

Nothing here raises for network trouble: every end is an `SmtpReply` that
`engine.smtp_outcome.decide` can judge. After DATA has begun a break is `Phase.FINAL` without a
code, which means *unknown*: the server may have taken the letter (RFC 1047). A server that speaks
out of turn before DATA has broken the dialogue, and the connection is closed: what it said must not
be taken for its answer to the next command.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Self

from marketing_agent.engine.smtp_outcome import Phase, SmtpReply
from marketing_agent.mail.endpoint import Endpoint, EndpointRefusedError
from marketing_agent.mail.smtp_opening import broken, open_wire, without_nul
from marketing_agent.mail.smtp_wire import PATIENT, Timeouts, Wire

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
        opened = open_wire(self.endpoint, self.timeouts)
        if isinstance(opened, SmtpReply):
            return opened
        self._wire, self._dirty, self._used = opened, False, False
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
        # Before the last word, so that whoever has it waits for nothing but the sending of DATA.
        return self._listen() or self._transmit(data, passing)

    def reset(self) -> SmtpReply | None:
        """RSET: forget a begun letter. None when done, else how it failed (now closed)."""
        self._dirty = False
        refusal = self._expect(Phase.MAIL, "RSET")
        if refusal is not None:
            self.close()  # a server that does not forget the letter may add the next one to it
        return refusal

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
        if self._dirty and self.reset() is not None:
            refusal = self.open()
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
        return self._wire is not None and self._wire.offers(extension)

    def _asked(self, at_the_door: Callable[[], bool]) -> bool:
        try:
            return at_the_door()
        except BaseException:
            self.close()
            raise

    def _listen(self) -> SmtpReply | None:
        """Look whether the server has spoken or closed while we stood at the door."""
        if self._wire is None:
            return _closed(Phase.RCPT)
        try:
            self._wire.listen()
        except OSError as error:
            self.close()
            return broken(Phase.RCPT, error)
        return None

    def _transmit(self, data: bytes, passing: Passing) -> SmtpReply | None:
        started = self._begin(passing)
        if started is None:
            self.reset()
            return None
        if started.code != 354:  # noqa: PLR2004  RFC 5321 §4.1.1.4: only then may the letter follow
            return self._not_wanted(started)
        self._dirty = False
        return self._letter(data)

    def _letter(self, data: bytes) -> SmtpReply:
        """Send the letter, then its final dot; a server that speaks before the dot has not taken it.

        What it says then can be a refusal. An acceptance makes no sense there, and is not believed.
        """
        if self._wire is None:
            return _closed(Phase.FINAL)
        try:
            if self._wire.send_body(data):
                return self._guard(Phase.FINAL, Wire.end_body)
            code, text = self._wire.hear()
        except OSError as error:
            self.close()
            return broken(Phase.FINAL, error)
        self.close()
        return SmtpReply(Phase.DATA, code, without_nul(text))

    def _begin(self, passing: Passing) -> SmtpReply | None:
        """Send DATA under the last word and give what the server says to it; None: it may not."""
        try:
            with passing() as may:
                if not may:
                    return None
                trouble = self._tell(Phase.FINAL, "DATA")
        except BaseException:
            self.close()
            raise
        return trouble or self._guard(Phase.FINAL, lambda wire: wire.hear())

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
            return _closed(phase)
        try:
            self._wire.tell_at_once(command)
        except OSError as error:
            self.close()
            return broken(phase, error)
        return None

    def _guard(self, phase: Phase, talk: Callable[[Wire], tuple[int, str]]) -> SmtpReply:
        """Turn any break into a reply without a code; close what is no longer usable."""
        if self._wire is None:
            return _closed(phase)
        try:
            code, text = talk(self._wire)
            reply = SmtpReply(phase, code, without_nul(text))
        except OSError as error:
            reply = broken(phase, error)
        if _gone(reply):
            self.close()
        return reply


def _closed(phase: Phase) -> SmtpReply:
    return SmtpReply(phase, None, "The connection is closed.")


def _gone(reply: SmtpReply) -> bool:
    return reply.code is None or reply.code == _SERVICE_CLOSING
