"""Planning the answer that a person approved: a letter in the reply's own thread, first in every queue."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from marketing_agent.engine.content import Needs, check_letter
from marketing_agent.engine.values import EmailKind, EmailState
from marketing_agent.inbound.models import InboxItem, Suggestion
from marketing_agent.inboxes.models import Inbox
from marketing_agent.mail.address import Address
from marketing_agent.mail.compose import new_message_id
from marketing_agent.operations.errors import BadValueError, ConflictError
from marketing_agent.outbox.actions.suppress import cancel
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.models import Prospect
from marketing_agent.prospects.suppression import suppressed_among
from marketing_agent.store.columns import new_public_id

FIRST = 0
"""The rank of an answer: served before every letter that nobody waits for."""

MOST_REFERENCES = 20


class AnswerRefusedError(ConflictError):
    """The answer cannot be sent to this person; the message says why."""

    code = "answer_refused"


class BadAnswerError(BadValueError):
    """The text cannot leave as it is; the message says what is wrong with it."""

    code = "bad_answer"


@dataclass(frozen=True, slots=True)
class Answering:
    """What is answered, to whom, and from where; `thread` are message ids, oldest first."""

    item: InboxItem
    prospect: Prospect | None
    to: Address
    inbox: Inbox
    thread: tuple[str, ...]


def check_answer(subject: str, body: str) -> None:
    """Refuse a text with what must never leave; an answer to a person needs no opt-out line.

    Raises:
        BadAnswerError: with everything that is wrong.
    """
    problems = [each for each in check_letter(subject, body, needs=Needs()) if not each.warning]
    if problems:
        raise BadAnswerError(" ".join(each.message for each in problems))


def plan_answer(answering: Answering, subject: str, body: str, now: datetime) -> Email:
    """Write the letter; it leaves in the next send cycle, through every rule of the door.

    Raises:
        BadAnswerError: for a text that cannot leave.
        AnswerRefusedError: when the address, or the prospect's, is suppressed.
    """
    check_answer(subject, body)
    _refuse_suppressed(answering)
    to, inbox, public_id = answering.to, answering.inbox, new_public_id()
    return Email.objects.create(
        public_id=public_id,
        kind=EmailKind.ANSWER,
        prospect=answering.prospect,
        answers=answering.item,
        inbox=inbox,
        to_address=to.envelope,
        address_key=to.key,
        domain=to.domain,
        provider=_provider(answering),
        subject=subject,
        body=body,
        message_id=new_message_id(inbox.address_key.rpartition("@")[2], public_id),
        in_reply_to=answering.thread[-1] if answering.thread else "",
        references=" ".join(answering.thread[-MOST_REFERENCES:]),
        state=EmailState.PLANNED,
        rank=FIRST,
        due_at=now,
        created_at=now,
        updated_at=now,
    )


def withdraw_answers(prospect_id: int, before: InboxItem, reason: str, now: datetime) -> int:
    """Cancel approved answers to earlier mails that have not left; gives how many."""
    letters = Email.objects.filter(
        prospect_id=prospect_id, kind=EmailKind.ANSWER, answers__id__lt=before.pk
    )
    return cancel(letters, "written_again", reason, now)


def cancel_answers(approved: QuerySet[Suggestion], reason: str, now: datetime) -> int:
    """Cancel the letters of approved suggestions that have not left; gives how many."""
    letters = Email.objects.filter(pk__in=approved.values("email_id"))
    return cancel(letters, "read_anew", reason, now)


def _refuse_suppressed(answering: Answering) -> None:
    keys = {answering.to.key}
    if answering.prospect is not None:
        keys.add(answering.prospect.address_key)
    for key, row in suppressed_among(keys - {""}).items():
        raise AnswerRefusedError(f"{key} is suppressed ({row.cause}); nobody writes to it.")


def _provider(answering: Answering) -> str:
    prospect = answering.prospect
    same = prospect is not None and prospect.domain == answering.to.domain
    return prospect.provider if prospect and same and prospect.provider else answering.to.domain
