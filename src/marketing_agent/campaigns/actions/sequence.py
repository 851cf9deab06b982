"""Moving enrollments along their sequence, putting them off, and ending them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from marketing_agent.campaigns.colleagues import are_colleagues
from marketing_agent.campaigns.models import Enrollment, Step
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.portions import portions

_A_QUERY = 2_000
_UNDER_WAY = ("active", "waiting")
_SENTENCE = 500
_CODE = 40


def await_outcome(inbox_of: Mapping[int, int], now: datetime) -> int:
    """Let enrollments (id → inbox) wait for the letter that now stands in the outbox.

    The inbox is theirs from here on.
    """
    groups: dict[int, list[int]] = defaultdict(list)
    for enrollment_id, inbox_id in inbox_of.items():
        groups[inbox_id].append(enrollment_id)
    return sum(
        Enrollment.objects.filter(pk__in=ids, state="active").update(
            state="waiting", inbox_id=inbox_id, refusal_code="", refusal="", updated_at=now
        )
        for inbox_id, ids in groups.items()
    )


def await_again(prospect_id: int, campaign_id: int, step: int, now: datetime) -> int:
    """Let a sequence that a dead letter ended wait for that letter again; 1, or 0 without one."""
    return Enrollment.objects.filter(
        prospect_id=prospect_id,
        campaign_id=campaign_id,
        next_step=step,
        prospect__replied_at=None,
        state__in=["stopped", "active"],
    ).update(state="waiting", stop_reason="", updated_at=now)


def write_again(prospect_id: int, campaign_id: int, step: int, now: datetime) -> int:
    """Have the letter of a step written once more, the one that waited being cancelled; 1, or 0."""
    return Enrollment.objects.filter(
        prospect_id=prospect_id, campaign_id=campaign_id, next_step=step, state="waiting"
    ).update(state="active", next_due_at=now, updated_at=now)


def advance_sent(emails: Sequence[Email], now: datetime) -> None:
    """Move the sequences of sent letters on: to the next step, or to their end.

    Told twice of the same letter, it moves nothing the second time.
    """
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for each in emails:
        if each.campaign_id and each.prospect_id and each.step:
            groups[each.campaign_id, each.step].append(each.prospect_id)
    with transaction.atomic():
        for (campaign_id, step), prospect_ids in sorted(groups.items()):
            _advance(campaign_id, step, prospect_ids, now)


def _advance(campaign_id: int, step: int, prospect_ids: list[int], now: datetime) -> None:
    later = Step.objects.filter(campaign_id=campaign_id, position__gt=step).order_by("position")
    following = later.first()
    for some in portions(prospect_ids, _A_QUERY):
        rows = Enrollment.objects.filter(
            campaign_id=campaign_id, prospect_id__in=some, next_step=step, state__in=_UNDER_WAY
        )
        if following is None:
            rows.update(state="finished", refusal_code="", refusal="", updated_at=now)
        else:
            rows.update(
                state="active",
                next_step=following.position,
                next_due_at=now + timedelta(days=following.day_offset),
                refusal_code="",
                refusal="",
                updated_at=now,
            )


def postpone(
    enrollment: Enrollment, code: str, sentence: str, until: datetime, now: datetime
) -> bool:
    """Keep a refusal on an enrollment and look at it again at `until`.

    False when it has ended, or stands at another step than the one that was refused.
    """
    return _put_off(_as_read(enrollment), code, sentence, until, now) == 1


def postpone_all(prospect_id: int, code: str, sentence: str, until: datetime, now: datetime) -> int:
    """Put off whatever steps of a prospect are due before `until`; gives how many."""
    due = Enrollment.objects.filter(prospect_id=prospect_id, state="active", next_due_at__lt=until)
    return _put_off(due, code, sentence, until, now)


def _put_off(
    rows: QuerySet[Enrollment], code: str, sentence: str, until: datetime, now: datetime
) -> int:
    return rows.update(
        refusal_code=code[:_CODE],
        refusal=sentence[:_SENTENCE],
        next_due_at=until,
        updated_at=now,
    )


def stop_enrollment(enrollment: Enrollment, reason: str, now: datetime) -> int:
    """End one sequence if it still stands where it was read; 0 when another planner was faster."""
    return _as_read(enrollment).update(
        state="stopped", stop_reason=reason[:_SENTENCE], updated_at=now
    )


def _as_read(enrollment: Enrollment) -> QuerySet[Enrollment]:
    """Find an enrollment that still stands where it was read; others may have moved it on since."""
    return Enrollment.objects.filter(
        pk=enrollment.pk, state="active", next_step=enrollment.next_step
    )


def stop_enrollments(prospect_ids: Collection[int], reason: str, now: datetime) -> int:
    """End the sequences of these prospects; gives how many were under way."""
    return sum(
        Enrollment.objects.filter(prospect_id__in=some, state__in=_UNDER_WAY).update(
            state="stopped", stop_reason=reason[:_SENTENCE], updated_at=now
        )
        for some in portions(prospect_ids, _A_QUERY)
    )


def stop_domain(domain: str, reason: str, now: datetime) -> int:
    """End the sequences of everybody at a company, where the campaign wants that.

    At a public mail provider (gmail.com) a shared domain makes nobody a colleague: nothing ends.
    """
    if not are_colleagues(domain):
        return 0
    return Enrollment.objects.filter(
        prospect__domain=domain, campaign__stop_for_colleagues=True, state__in=_UNDER_WAY
    ).update(state="stopped", stop_reason=reason[:_SENTENCE], updated_at=now)
