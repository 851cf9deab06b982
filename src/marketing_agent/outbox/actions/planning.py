"""Writing planned letters, and the refusals that put an enrollment off."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from marketing_agent.campaigns.actions import (
    await_outcome,
    postpone,
    stop_enrollment,
    stop_enrollments,
)
from marketing_agent.campaigns.models import Enrollment
from marketing_agent.engine.door import LATER, Fate, Refusal
from marketing_agent.engine.email_states import DUE
from marketing_agent.engine.values import EmailState
from marketing_agent.outbox.models import Email

NO_STEP = Refusal("no_step", "The campaign has no further letter.", Fate.CANCEL)

WRITTEN = Refusal(
    "written", "This letter of the campaign went to the address already.", Fate.CANCEL
)

_OF_THE_SEQUENCE = (NO_STEP, WRITTEN)
"""Refusals that say something of this one sequence only, as it stood when it was read."""


def store(
    letters: Sequence[tuple[Enrollment, Email]],
    refusals: Sequence[tuple[Enrollment, Refusal]],
    now: datetime,
) -> bool:
    """Write letters and move their enrollments to *waiting*; put the refused ones off, all at once.

    The unique constraint on address, campaign and step makes a second letter of a step impossible:
    False, and nothing is written, when another planner was faster with one of them.
    """
    try:
        with transaction.atomic():
            Email.objects.bulk_create([email for _, email in letters])
            await_outcome({each.pk: email.inbox_id for each, email in letters}, now)
            for enrollment, refusal in refusals:
                _put_off(enrollment, refusal, now)
    except IntegrityError:
        if not _written_meanwhile([email for _, email in letters]):
            raise
        return False
    return True


def _written_meanwhile(letters: Sequence[Email]) -> bool:
    mine = {(each.address_key, each.campaign_id, each.step) for each in letters}
    there = Email.objects.filter(address_key__in={key for key, _, _ in mine})
    written = there.exclude(state=EmailState.CANCELLED)
    return bool(mine.intersection(written.values_list("address_key", "campaign_id", "step")))


def _put_off(enrollment: Enrollment, refusal: Refusal, now: datetime) -> None:
    if refusal in _OF_THE_SEQUENCE:
        stop_enrollment(enrollment, refusal.sentence, now)
    elif refusal.fate is Fate.CANCEL:
        stop_enrollments([enrollment.prospect_id], refusal.sentence, now)
    else:
        until = refusal.next_try or now + LATER
        postpone(enrollment, refusal.code, refusal.sentence, until, now)


_SENTENCES = {
    "campaign_paused": "The campaign is paused.",
    "inbox_paused": "The inbox is paused.",
    "window_closed": "The inbox's sending window is closed.",
    "limit_reached": "The inbox has reached its limit for today.",
    "not_yet": "The day's spread over the window has no slot yet.",
}


def note_stop(sentence: str, now: datetime) -> int:
    """Write the emergency stop on the letters that are due and stay; their time does not change."""
    due = Email.objects.filter(state__in=DUE, due_at__lte=now)
    return due.exclude(reason_code="emergency_stop", reason=sentence).update(
        reason_code="emergency_stop", reason=sentence, updated_at=now
    )


def put_off_letters(ids: Sequence[int], code: str, until: datetime, now: datetime) -> int:
    """Write a refusal and its next try on letters that are still due; gives how many."""
    return Email.objects.filter(pk__in=ids, state__in=DUE, due_at__lte=now).update(
        due_at=until, reason_code=code, reason=_SENTENCES[code], updated_at=now
    )
