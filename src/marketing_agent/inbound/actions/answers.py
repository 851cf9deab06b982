"""Suggested answers: made with the verdict, decided once, by a person, within a day."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.answers import GOOD_FOR, is_open, say_closed, sources_of
from marketing_agent.engine.values import (
    WRITTEN_BY_NOBODY,
    EmailState,
    ItemKind,
    NoticeState,
    SuggestionState,
)
from marketing_agent.inbound.answering import addressing
from marketing_agent.inbound.models import InboxItem, Notice, Suggestion
from marketing_agent.inbound.storable import storable
from marketing_agent.inbound.suggest import answer_subject
from marketing_agent.operations.errors import ConflictError, NotFoundError
from marketing_agent.outbox.actions.answering import (
    BadAnswerError,
    cancel_answers,
    plan_answer,
    withdraw_answers,
)
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.models import Prospect

TEMPLATE = "template"
LONGEST_SUBJECT, LONGEST_BODY = 500, 20_000
_MAY_COME_BACK = tuple(sorted(sources_of(SuggestionState.OPEN)))
_ANSWERED = "A letter answers this mail already; nothing is sent twice."


class AlreadyDecidedError(ConflictError):
    """The answer was approved, declined or withdrawn before, or a day has passed."""

    code = "already_decided"


class AlreadyAnsweredError(ConflictError):
    """A letter answers this mail already."""

    code = "already_answered"


@dataclass(frozen=True, slots=True)
class Wording:
    """What a person made of a suggestion; None keeps what was suggested."""

    subject: str | None = None
    body: str | None = None


def suggest(item: InboxItem, text: str, made_by: str, now: datetime) -> Suggestion | None:
    """Keep an answer for approval; an open or decided one of the mail stays, a withdrawn one comes back."""
    if not text:
        return None
    facts: dict[str, object] = {
        "subject": storable(answer_subject(item.subject), LONGEST_SUBJECT),
        "body": storable(text, LONGEST_BODY),
        "made_by": made_by[:80],
        "created_at": now,
        "expires_at": now + GOOD_FOR,
    }
    found, made = Suggestion.objects.get_or_create(item=item, defaults=facts)
    if not made:  # withdrawn for another reading, which has turned out wrong
        anew = {"state": SuggestionState.OPEN, "decided_by": "", "decided_at": None, "reason": ""}
        Suggestion.objects.filter(pk=found.pk, state__in=_MAY_COME_BACK, email=None).update(
            **facts, **anew
        )
    return found


def approve(public_id: str, wording: Wording, by: Actor, now: datetime) -> Email:
    """Send a suggested answer, as it is or as changed: the letter is planned, and the door asks the rest.

    Of two people who approve at once the second is told so: one conditional write decides.

    Raises:
        NotFoundError: when there is no such suggestion.
        AlreadyDecidedError: when it is no longer open.
        BadAnswerError: when the text must not leave; the suggestion stays open.
        AnswerRefusedError: when the address is suppressed; the suggestion stays open.
    """
    with transaction.atomic():
        found = _take(public_id, SuggestionState.APPROVED, by, now)
        subject = wording.subject if wording.subject is not None else found.subject
        body = wording.body if wording.body is not None else found.body
        email = _answer(found.item, subject.strip(), body, now)
        Suggestion.objects.filter(pk=found.pk).update(email=email)
        changed = (subject, body) != (found.subject, found.body)
        after = {"letter": email.public_id, "to": email.to_address, "changed": changed}
        audit(by, "answer.approve", public_id, after=after, now=now)
    return email


def decline(public_id: str, reason: str, by: Actor, now: datetime) -> None:
    """Let a suggestion be: nothing is sent.

    Raises:
        NotFoundError: when there is no such suggestion.
        AlreadyDecidedError: when it is no longer open.
    """
    with transaction.atomic():
        found = _take(public_id, SuggestionState.DECLINED, by, now)
        Suggestion.objects.filter(pk=found.pk).update(reason=storable(reason, 500))
        audit(by, "answer.decline", public_id, after={"reason": reason[:500]}, now=now)


def write(item_id: str, wording: Wording, by: Actor, now: datetime) -> Email:
    """Answer a mail in one's own words; what was suggested for it is declined by that.

    Raises:
        NotFoundError: when there is no such mail.
        AlreadyAnsweredError: when a letter answers it already.
        BadAnswerError: when the text must not leave.
        AnswerRefusedError: when the address is suppressed.
    """
    rows = InboxItem.objects.select_related("inbox", "email", "prospect")
    item = rows.filter(public_id=item_id).first()
    if item is None:
        raise NotFoundError(f"There is no inbox item {item_id}. See: marketing-agent inbox list")
    with transaction.atomic():
        email = _answer(
            item, wording.subject or answer_subject(item.subject), wording.body or "", now
        )
        Suggestion.objects.filter(item=item, state=SuggestionState.OPEN).update(
            state=SuggestionState.DECLINED,
            decided_by=by.name[:200],
            decided_at=now,
            reason="answered in other words",
        )
        audit(by, "answer.write", item_id, after={"letter": email.public_id}, now=now)
    return email


def withdraw(prospect_id: int, but: InboxItem, reason: str, now: datetime) -> None:
    """The person has written again: what was suggested before, or approved and not sent, is void."""
    earlier = Suggestion.objects.filter(item__prospect_id=prospect_id, item__id__lt=but.pk)
    _withdraw(earlier.filter(state=SuggestionState.OPEN), reason, now)
    withdraw_answers(prospect_id, but, reason, now)
    # A reminder of what they wanted then is void as well.
    reminders = Notice.objects.filter(item__prospect_id=prospect_id, item__id__lt=but.pk)
    reminders.filter(state=NoticeState.WAITING, due_at__gt=now).delete()


def void_answer(item: InboxItem, reason: str, now: datetime) -> None:
    """Void what was suggested for a mail that turned out to want something else, unless it has left."""
    mine = Suggestion.objects.filter(item=item)
    if not mine.exists():
        return
    cancel_answers(mine.filter(state=SuggestionState.APPROVED), reason, now)
    _withdraw(mine.filter(state=SuggestionState.OPEN), reason, now)


def is_past(item: InboxItem, prospect: Prospect | None) -> bool:
    """Whether a mail is answered already, or its writer has written again since."""
    if Email.objects.filter(answers=item).exclude(state=EmailState.CANCELLED).exists():
        return True
    later = InboxItem.objects.filter(prospect=prospect, kind=ItemKind.REPLY, pk__gt=item.pk)
    return prospect is not None and later.exists()


def expire(now: datetime) -> int:
    """Close what nobody approved in time; gives how many."""
    stale = Suggestion.objects.filter(state=SuggestionState.OPEN, expires_at__lte=now)
    return stale.update(state=SuggestionState.EXPIRED)


def _withdraw(rows: QuerySet[Suggestion], reason: str, now: datetime) -> None:
    rows.update(state=SuggestionState.WITHDRAWN, decided_at=now, reason=storable(reason, 500))


def _take(public_id: str, state: SuggestionState, by: Actor, now: datetime) -> Suggestion:
    """Move an open suggestion on, for one caller alone."""
    mine = Suggestion.objects.filter(
        public_id=public_id, state=SuggestionState.OPEN, expires_at__gt=now
    ).update(state=state, decided_by=by.name[:200], decided_at=now)
    rows = Suggestion.objects.select_related("item__inbox", "item__email", "item__prospect")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(f"There is no suggested answer {public_id[:80]}.")
    if not mine:
        raise AlreadyDecidedError(closed(found, now))
    return found


def closed(found: Suggestion, now: datetime) -> str:
    """Say why a suggestion can no longer be approved; empty while it can."""
    state = SuggestionState(found.state)
    if is_open(state, found.expires_at, now):
        return ""
    return say_closed(state, found.decided_by, found.decided_at, found.reason)


def _answer(item: InboxItem, subject: str, body: str, now: datetime) -> Email:
    if item.kind in WRITTEN_BY_NOBODY:
        kind = item.kind.replace("_", " ")
        raise BadAnswerError(f"Nobody has written this mail ({kind}); it cannot be answered.")
    if len(body) > LONGEST_BODY:
        raise BadAnswerError(f"The text has {len(body)} characters; {LONGEST_BODY} are allowed.")
    # A mail to two of our inboxes is one mail.
    answered = Email.objects.filter(answers__identity=item.identity)
    if answered.exclude(state=EmailState.CANCELLED).exists():
        raise AlreadyAnsweredError(_ANSWERED)
    try:
        with transaction.atomic():
            return plan_answer(addressing(item), subject, body.rstrip() + "\n", now)
    except IntegrityError:  # somebody else answered it just now
        raise AlreadyAnsweredError(_ANSWERED) from None
