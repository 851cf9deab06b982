"""The way of one claimed letter to the server: `LETTER`, a list of verbs.

Any step may end the way: with a refusal, which is kept on the letter with its next try, or with a
reply, which decides the outcome. The door (`engine.door.DOOR`) is asked inside `submit`, after RCPT
and right before DATA.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from marketing_agent.engine.smtp_outcome import Phase, SmtpReply
from marketing_agent.engine.values import EmailKind
from marketing_agent.inboxes.connection import smtp_endpoint
from marketing_agent.inboxes.secrets import SecretError
from marketing_agent.mail.compose import to_bytes
from marketing_agent.mail.smtp import SmtpSession, Timeouts
from marketing_agent.outbox.letter import letter_of, return_path
from marketing_agent.outbox.models import Email
from marketing_agent.outbox.tickets import Desk, Look, Ticket
from marketing_agent.settings import settings

Recheck = Callable[[Email], Look]


@dataclass(slots=True)
class Passage:
    """One letter on its way, and how far it has come.

    Attributes:
        ticket: the letter; its refusal ends the way.
        started_at: when the way began, UTC; the letter's own date.
        desk: where the door is asked.
        recheck: the last look for a reply in the inbox itself; None where there is none.
        session: the inbox's connection, kept for the next letter.
        data: the letter as bytes.
        reply: the server's answer, or the trouble before it; it ends the way.
    """

    ticket: Ticket
    started_at: datetime
    desk: Desk
    recheck: Recheck | None
    session: SmtpSession | None
    data: bytes = b""
    reply: SmtpReply | None = None

    @property
    def ended(self) -> bool:
        """Whether a step has refused the letter or a reply decides about it."""
        return self.reply is not None or self.ticket.refusal is not None or self.ticket.lost


def look_for_late_reply(passage: Passage) -> None:
    """Before a follow-up, look into the inbox itself: a reply may have come since the last poll."""
    email = passage.ticket.email
    if passage.recheck is not None and email.kind == EmailKind.FOLLOW_UP:
        look = passage.recheck(email)
        passage.ticket.refusal, passage.ticket.look = look.refusal, look.note


def compose(passage: Passage) -> None:
    """Write the letter as bytes, before a connection has to wait for it."""
    passage.data = to_bytes(letter_of(passage.ticket.email, passage.started_at))


def connect(passage: Passage) -> None:
    """Use the lane's connection, or open one with the credentials as they stand now."""
    if passage.session is not None and passage.session.is_open:
        return
    try:
        passage.session = SmtpSession(smtp_endpoint(passage.ticket.email.inbox), _patience())
    except SecretError as error:
        passage.reply = SmtpReply(Phase.LOGIN, None, str(error))
        return
    passage.reply = passage.session.open()


def _patience() -> Timeouts:
    known = settings()
    return Timeouts(step=known.smtp_step_s, final=known.smtp_final_s)


def submit(passage: Passage) -> None:
    """MAIL, RCPT, the door, the last word, DATA; without a reply one of the two refused the ticket."""
    if passage.session is None:
        raise LookupError("connect before you submit")
    email, ticket = passage.ticket.email, passage.ticket
    passage.reply = passage.session.submit(
        return_path(email),
        email.to_address,
        passage.data,
        at_the_door=lambda: passage.desk.admit(ticket),
        passing=lambda: passage.desk.passing(ticket),
    )


LETTER: tuple[Callable[[Passage], None], ...] = (look_for_late_reply, compose, connect, submit)
