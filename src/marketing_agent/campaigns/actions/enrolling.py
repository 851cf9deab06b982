"""Letting prospects into a campaign."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from marketing_agent.campaigns.models import Campaign, Enrollment
from marketing_agent.engine.ranks import RANK_OF
from marketing_agent.engine.values import Stage, Tier
from marketing_agent.prospects.actions.revisions import AWAITS_VERIFICATION
from marketing_agent.prospects.models import Prospect
from marketing_agent.prospects.portions import portions

CHANGED_LATELY = timedelta(days=1)
"""How long after a campaign's last change its job looks for prospects that nobody enrolled."""
PORTION = 2_000
"""Prospects enrolled in one transaction."""


def enroll_ready(prospect_ids: Collection[int], now: datetime) -> int:
    """Enroll those that are ready and in no campaign yet into the newest active one; gives how many.

    Sequences that waited for the prospect to be ready again go on. With no active campaign nobody
    is enrolled; `enroll_waiting` makes up for it.
    """
    for some in portions(prospect_ids, PORTION):
        restart(some, now)
    campaign = Campaign.objects.filter(state="active").order_by("-id").first()
    if campaign is None:
        return 0
    return sum(_enroll(campaign, some, now) for some in portions(prospect_ids, PORTION))


@transaction.atomic
def _enroll(campaign: Campaign, ids: Sequence[int], now: datetime) -> int:
    ready = Prospect.objects.filter(pk__in=ids, stage=Stage.READY, enrollments=None)
    rows = [_row(campaign, pk, Tier(tier), now) for pk, tier in ready.values_list("pk", "tier")]
    Enrollment.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _row(campaign: Campaign, prospect_id: int, tier: Tier, now: datetime) -> Enrollment:
    return Enrollment(
        prospect_id=prospect_id,
        campaign=campaign,
        tier=tier,
        rank=RANK_OF[tier],
        next_due_at=now,
        created_at=now,
        updated_at=now,
    )


def enroll_waiting(now: datetime) -> int:
    """Enroll every prospect that became ready while no campaign was active; gives how many.

    A transaction for each 2,000, so that sending goes on meanwhile.
    """
    enrolled = last = 0
    while ids := _next_waiting(last):
        enrolled += enroll_ready(ids, now)
        last = ids[-1]
    return enrolled


def enroll_after_change(now: datetime) -> int:
    """Enroll the waiting ones when a campaign was saved or resumed lately; else a look costs nothing."""
    lately = Campaign.objects.filter(state="active", updated_at__gt=now - CHANGED_LATELY)
    return enroll_waiting(now) if lately.exists() else 0


def _next_waiting(last: int) -> list[int]:
    rows = Prospect.objects.filter(stage=Stage.READY, pk__gt=last, enrollments=None)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:PORTION])


def restart(prospect_ids: Collection[int], now: datetime) -> int:
    """Let sequences go on that only a suppression, lifted now, or a new address had ended."""
    why = Q(stop_reason__startswith="suppressed") | Q(stop_reason=AWAITS_VERIFICATION)
    return Enrollment.objects.filter(
        why,
        prospect_id__in=prospect_ids,
        prospect__replied_at=None,
        prospect__stage__in=[Stage.READY, Stage.CONTACTED],
        state="stopped",
    ).update(state="active", stop_reason="", next_due_at=now, updated_at=now)
