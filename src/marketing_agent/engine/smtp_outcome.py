"""What a server's reply means for the letter: one of six outcomes, for any code and any text.

Two things are kept apart that every 5xx mixes: what is wrong with *us* (our account, our relay: the
inbox pauses, letter and address stay untouched) and what is wrong with the *recipient's side*. And
once DATA has begun, only a clear reply counts: a broken connection leaves the outcome unknown (RFC
1047).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from marketing_agent.engine.account_trouble import account_reason
from marketing_agent.engine.bounce_rules import Failure, classify_failure, find_status
from marketing_agent.engine.values import Outcome

_GREYLIST = re.compile(
    r"gr[ae]y[- ]?list|postgrey|try again in (?:a few|some)"
    r"|(?:try|retry|come back)(?: again)? in \d+",
    re.IGNORECASE,
)
_LAST_CODE = 599


class Phase(StrEnum):
    """How far the dialogue had come; *final* is all after the server asked for the letter."""

    CONNECT = "connect"
    TLS = "tls"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    FINAL = "final"
    QUIT = "quit"


_AFTER_DATA = frozenset({Phase.DATA, Phase.FINAL, Phase.QUIT})
BEFORE_DATA = frozenset(Phase) - _AFTER_DATA
"""Phases in which the command DATA was not sent, so that the server cannot have taken the letter."""

_OUR_RELAY = {
    Phase.CONNECT: "relay_unreachable",
    Phase.TLS: "tls_failed",
    Phase.LOGIN: "login_refused",
    Phase.MAIL: "sender_refused",
}


@dataclass(frozen=True, slots=True)
class SmtpReply:
    """A reply, or with code None the break of the connection (the text then says how it broke)."""

    phase: Phase
    code: int | None
    text: str

    @property
    def code_or_zero(self) -> int:
        """The code as a number that compares; 0 after a break."""
        return self.code or 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reply means.

    Attributes:
        outcome: one of the six.
        code: the SMTP code, None after a break.
        enhanced: the enhanced code (RFC 3463) of the reply's own class, where it has one.
        reason: a short name for machines, such as `user_unknown`, `login_refused` or, where a
            provider is known to block us, `google_rate`.
        greylisted: the first retry may come after half an hour.
        transient: for *account*: the trouble may pass by itself (a break, a 4xx); else it needs a
            person. For *temporary*: it is the connection's, not the recipient's, and counts against
            nobody.
    """

    outcome: Outcome
    code: int | None
    enhanced: str | None
    reason: str
    greylisted: bool = False
    transient: bool = False


def decide(reply: SmtpReply) -> Decision:
    """Decide what a reply means. Total: any phase, code and text give a decision; never raises."""
    if reply.code is None:
        return _broken(reply)
    if not 400 <= reply.code <= _LAST_CODE:  # noqa: PLR2004  RFC 5321 section 4.2.1: 4yz and 5yz refuse
        return _not_refused(reply)
    return _account(reply) or _refused(reply)


def _broken(reply: SmtpReply) -> Decision:
    if reply.phase in _AFTER_DATA:
        return _say(reply, Outcome.UNKNOWN, "connection_broke_after_data")
    if reply.phase in {Phase.MAIL, Phase.RCPT}:
        # Nothing was handed over, and nothing was said about the recipient: soon tried again.
        return _say(reply, Outcome.TEMPORARY, "connection_broke_before_data", transient=True)
    return _say(
        reply, Outcome.ACCOUNT, _OUR_RELAY[reply.phase], transient=not _is_certificate(reply)
    )


def _not_refused(reply: SmtpReply) -> Decision:
    if reply.phase is Phase.FINAL and 200 <= reply.code_or_zero < 300:  # noqa: PLR2004  RFC 5321: 2yz accepts
        return _say(reply, Outcome.SENT, "accepted")
    if reply.phase in _AFTER_DATA:
        return _say(reply, Outcome.UNKNOWN, "reply_makes_no_sense")
    return _say(reply, Outcome.ACCOUNT, "reply_makes_no_sense", transient=True)


def _account(reply: SmtpReply) -> Decision | None:
    """Find trouble of our own: what a relay refuses before it hears of a recipient, or later."""
    reason = account_reason(reply.code_or_zero, _enhanced(reply), reply.text)
    if reason is None and reply.phase in _OUR_RELAY and not _speaks_of_the_letter(reply):
        reason = _OUR_RELAY[reply.phase]
    if reason is None:
        return None
    return _say(reply, Outcome.ACCOUNT, reason, transient=_is_4xx(reply))


def _speaks_of_the_letter(reply: SmtpReply) -> bool:
    """At MAIL a relay may also greylist, or find the letter too large by its SIZE (RFC 1870)."""
    return reply.phase is Phase.MAIL and (
        _is_greylisting(reply) or _classify(reply).reason == "too_large"
    )


def _refused(reply: SmtpReply) -> Decision:
    if reply.phase is Phase.QUIT:
        # The letter was decided before QUIT; were it not, "unknown" is the answer that never sends
        # twice.
        return _say(reply, Outcome.UNKNOWN, "reply_makes_no_sense")
    failure = _classify(reply)
    outcome = _temporary(failure) if _is_4xx(reply) else _permanent(failure)
    # 421 is the server's farewell (RFC 5321 section 3.8): it says nothing of the recipient.
    leaving = outcome is Outcome.TEMPORARY and reply.code == 421  # noqa: PLR2004  as said above
    return _say(reply, outcome, failure.name, greylisted=_is_greylisting(reply), transient=leaving)


def _temporary(failure: Failure) -> Outcome:
    """A 4xx is temporary, but for a provider's known way of blocking us for a while."""
    if failure.category == "block" and failure.provider:
        return Outcome.BLOCK
    return Outcome.TEMPORARY


def _permanent(failure: Failure) -> Outcome:
    if failure.category == "hard":
        return Outcome.HARD
    # A letter that is too large stays too large; the address is fine. An unknown 5xx kills no
    # address.
    if failure.category in {"block", "unknown"} or failure.reason == "too_large":
        return Outcome.BLOCK
    return Outcome.TEMPORARY


def _classify(reply: SmtpReply) -> Failure:
    return classify_failure(_enhanced(reply), reply.code, reply.text)


def _enhanced(reply: SmtpReply) -> str | None:
    return find_status(reply.text, reply.code)


def _is_4xx(reply: SmtpReply) -> bool:
    return reply.code_or_zero // 100 == 4  # noqa: PLR2004  RFC 5321 section 4.2.1


def _is_greylisting(reply: SmtpReply) -> bool:
    return _is_4xx(reply) and _GREYLIST.search(reply.text) is not None


def _is_certificate(reply: SmtpReply) -> bool:
    """A certificate that cannot be trusted does not heal by waiting."""
    return reply.phase is Phase.TLS and "certificate" in reply.text.casefold()


def _say(
    reply: SmtpReply,
    outcome: Outcome,
    reason: str,
    *,
    greylisted: bool = False,
    transient: bool = False,
) -> Decision:
    return Decision(outcome, reply.code, _enhanced(reply), reason, greylisted, transient)
