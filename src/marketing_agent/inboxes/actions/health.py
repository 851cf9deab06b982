"""Taking the inboxes' health and doing what it asks for: a reading a day, and pauses of 7 days."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from marketing_agent.accounts.actor import job_actor
from marketing_agent.engine.health import PAUSE, Health, Verdict, assess
from marketing_agent.engine.pacing import local_day
from marketing_agent.inboxes.actions.pauses import pause
from marketing_agent.inboxes.health import evidences
from marketing_agent.inboxes.models import HealthReading, Inbox, Pause

BY = job_actor("inbox-health")


def apply_health(now: datetime) -> dict[str, int]:
    """Read every inbox's health, keep the reading, and pause those whose health asks for it."""
    return check_inboxes(list(Inbox.objects.order_by("id").values_list("pk", flat=True)), now)


def check_inbox(inbox_id: int, now: datetime) -> dict[str, int]:
    """Do the same for one inbox at once, after a bounce or complaint."""
    return check_inboxes([inbox_id], now)


def check_inboxes(inbox_ids: Collection[int], now: datetime) -> dict[str, int]:
    """Do the same for some inboxes; gives counts: read, paused, halved."""
    counts = {"read": 0, "paused": 0, "halved": 0}
    found = evidences(inbox_ids, now)
    for inbox in Inbox.objects.filter(pk__in=inbox_ids).order_by("id"):
        health = assess(found[inbox.pk])
        counts["read"] += 1
        counts["halved"] += health.verdict is Verdict.HALVE
        counts["paused"] += _keep(inbox, health, asdict(found[inbox.pk]), now)
    return counts


@transaction.atomic
def _keep(inbox: Inbox, health: Health, facts: dict[str, object], now: datetime) -> bool:
    # Writing the inbox's row first lets two workers judge one after the other.
    Inbox.objects.filter(pk=inbox.pk).update(updated_at=now)
    HealthReading.objects.update_or_create(
        inbox=inbox,
        day=local_day(inbox.zone, now)[0],
        defaults={
            "score": health.score,
            "band": health.band,
            "factors": [asdict(factor) for factor in health.factors],
            "at": now,
        },
    )
    return health.verdict is Verdict.PAUSE and _rest(inbox, health, facts, now)


def _rest(inbox: Inbox, health: Health, facts: dict[str, object], now: datetime) -> bool:
    if Pause.objects.active(now).filter(inbox=inbox, cause="health").exists():
        return False
    pause(
        inbox.pk,
        cause="health",
        reason=health.reason,
        until=now + PAUSE,
        by=BY,
        now=now,
        evidence={"score": health.score, **facts},
    )
    return True
