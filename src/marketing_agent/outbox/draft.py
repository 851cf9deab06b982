"""Composing a letter of a sequence: text from the step, threading from the letters before it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from marketing_agent.campaigns.models import Enrollment, Step
from marketing_agent.campaigns.sender import SenderIdentity, needs_of
from marketing_agent.campaigns.templates import TemplateProblem, render
from marketing_agent.engine.content import check_letter
from marketing_agent.engine.values import EmailKind, EmailState
from marketing_agent.inboxes.models import Inbox
from marketing_agent.mail.compose import new_message_id
from marketing_agent.outbox.models import Email
from marketing_agent.store.columns import new_public_id


@dataclass(frozen=True, slots=True)
class Thread:
    """The letters of this sequence that were sent before: their ids, oldest first, and the subject."""

    message_ids: tuple[str, ...] = ()
    subject: str = ""


def threads_of(enrollments: Iterable[Enrollment]) -> dict[tuple[int, int], Thread]:
    """Find the thread of each follow-up's prospect and campaign."""
    # By prospect alone: a campaign's letters, or all that were sent, are a thousand times as many.
    letters = Email.objects.filter(
        prospect_id__in=[each.prospect_id for each in enrollments if each.next_step > 1]
    )
    found: dict[tuple[int, int], Thread] = {}
    columns = ("prospect_id", "campaign_id", "sent_at", "message_id", "subject")
    for prospect, campaign, sent_at, message_id, subject in letters.order_by("id").values_list(
        *columns
    ):
        if prospect is not None and campaign is not None and sent_at is not None:
            before = found.get((prospect, campaign), Thread())
            ids = (*before.message_ids, message_id)
            found[prospect, campaign] = Thread(ids, before.subject or subject)
    return found


def draft_letter(
    enrollment: Enrollment,
    step: Step,
    inbox: Inbox,
    thread: Thread,
    sender: SenderIdentity,
    now: datetime,
) -> Email:
    """Write the letter of `step`; one that cannot be rendered or breaks a content rule is *held*."""
    email = _envelope(enrollment, step, inbox, thread, now)
    try:
        text = render(step, enrollment.prospect, inbox, sender, thread.subject)
    except TemplateProblem as problem:
        return _held(email, "template", str(problem))
    email.subject, email.body = text.subject, text.body
    return _checked(email, sender)


def _checked(email: Email, sender: SenderIdentity) -> Email:
    problems = check_letter(email.subject, email.body, needs=needs_of(sender))
    errors = [each for each in problems if not each.warning]
    return _held(email, errors[0].code, errors[0].message) if errors else email


def _held(email: Email, code: str, sentence: str) -> Email:
    email.state, email.due_at = EmailState.HELD, None
    email.reason_code, email.reason = code, sentence[:1000]
    return email


def _envelope(
    enrollment: Enrollment, step: Step, inbox: Inbox, thread: Thread, now: datetime
) -> Email:
    prospect, public_id = enrollment.prospect, new_public_id()
    return Email(
        public_id=public_id,
        kind=EmailKind.OUTREACH if step.position == 1 else EmailKind.FOLLOW_UP,
        prospect=prospect,
        campaign_id=enrollment.campaign_id,
        step=step.position,
        inbox=inbox,
        to_address=prospect.address,
        address_key=prospect.address_key,
        domain=prospect.domain,
        provider=prospect.provider or prospect.domain,
        message_id=new_message_id(inbox.address_key.rpartition("@")[2], public_id),
        in_reply_to=thread.message_ids[-1] if thread.message_ids else "",
        references=" ".join(thread.message_ids),
        rank=enrollment.rank,
        due_at=now,
        created_at=now,
        updated_at=now,
    )
