"""One kind of hostility of an SMTP server: what it does, when, and what follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hostile.scripted_smtp import Deed
from marketing_agent.engine.smtp_outcome import Phase
from marketing_agent.engine.values import EmailState, Outcome
from marketing_agent.sandbox.answers import Answer, Verb

OPENING = (Verb.CONNECT, Verb.EHLO, Verb.STARTTLS, Verb.AUTH)
ENVELOPE = (Verb.MAIL, Verb.RCPT)
LETTER = (Verb.DATA, Verb.FINAL)

PHASES = {
    Verb.CONNECT: Phase.CONNECT,
    Verb.EHLO: Phase.CONNECT,
    Verb.STARTTLS: Phase.TLS,
    Verb.AUTH: Phase.LOGIN,
    Verb.MAIL: Phase.MAIL,
    Verb.RCPT: Phase.RCPT,
    Verb.DATA: Phase.FINAL,
    Verb.FINAL: Phase.FINAL,
    Verb.QUIT: Phase.FINAL,
}
"""Where a break is noted that happens at a verb: all after the command DATA is *final*."""

NOTICED = PHASES | {
    Verb.EHLO: Phase.TLS,
    Verb.AUTH: Phase.MAIL,
    Verb.MAIL: Phase.RCPT,
    Verb.DATA: Phase.DATA,
}
"""Where it is noted that a server had more to say at a verb: before the command that follows."""

SENT = dict.fromkeys(Verb, Phase.FINAL)

ANSWERED = PHASES | {Verb.DATA: Phase.DATA}
"""Where a reply with a code is noted."""


@dataclass(frozen=True)
class Case:
    """One kind of hostility and what follows from it.

    Attributes:
        does: what the server does, as a clause that follows *the server*.
        verbs: at which steps.
        how: for the sandbox's server an answer, for the scripted one a deed.
        outcome: what the attempt is recorded as.
        state: where the letter stands then.
        why: why that is safe.
        taken: how many letters the server took while it was hostile.
        phases: where the attempt notes it.
        waits: whether the server makes us wait until we give up.
    """

    does: str
    verbs: tuple[Verb, ...]
    how: Answer | Deed
    outcome: Outcome
    state: EmailState
    why: str
    taken: int = 0
    phases: Mapping[Verb, Phase] = field(default_factory=lambda: PHASES)
    waits: bool = False

    @property
    def comes_later(self) -> bool:
        """Whether the letter is delivered once the server has come to its senses."""
        return self.state in {EmailState.RETRY, EmailState.HELD}
