"""The figures of this moment that have thresholds: queue depth, error rate, health."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from marketing_agent.engine.email_states import DUE
from marketing_agent.engine.ranks import RANKS
from marketing_agent.engine.thresholds import threshold
from marketing_agent.engine.values import ItemState, Outcome
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inboxes.models import HealthReading
from marketing_agent.operations import requests
from marketing_agent.outbox.models import WITHDRAWN, Attempt, Email
from marketing_agent.workers.models import JobRun

_MOST = 10_000
_LATEST_ATTEMPTS = 20_000
_ERROR_WINDOW = timedelta(minutes=60)
_READING_LASTS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Rate:
    """Events ÷ sample; `value` is a fraction 0-1, None below the metric's floor."""

    metric: str
    events: int
    sample: int

    @property
    def value(self) -> float | None:
        """The rate, unknown below its floor."""
        enough = self.sample >= max(1, threshold(self.metric).floor)
        return self.events / self.sample if enough else None


def queue_depth(now: datetime) -> int:
    """Count due, unclaimed work: retries, outbox, inbound (10,000 stands for "and more")."""
    # rank stands first in the index `email_due`; named, it bounds the search.
    due = Email.objects.filter(rank__in=RANKS, state__in=DUE, due_at__lte=now)
    new = InboxItem.objects.filter(state=ItemState.NEW)
    return _up_to_most(due) + _up_to_most(new)


def error_rate(now: datetime) -> Rate:
    """Count failed ÷ all tries of jobs, letters and requests in the last 60 minutes."""
    tries = [_jobs(now), _letters(now), _requests(now)]
    return Rate("error_rate", sum(each[0] for each in tries), sum(each[1] for each in tries))


def inbox_health_min(now: datetime) -> float | None:
    """Give the lowest score among the inboxes' latest readings; None when none is known."""
    readings = HealthReading.objects.filter(at__gt=now - _READING_LASTS).order_by("at")
    latest = dict(readings.values_list("inbox_id", "score"))
    return min((score for score in latest.values() if score is not None), default=None)


def _up_to_most(rows: QuerySet[Any]) -> int:
    return int(rows.order_by()[:_MOST].count())


def _jobs(now: datetime) -> tuple[int, int]:
    ended = JobRun.objects.filter(started_at__gt=now - _ERROR_WINDOW, ok__isnull=False)
    oks = list(ended.values_list("ok", flat=True)[:_MOST])
    return oks.count(False), len(oks)


def _letters(now: datetime) -> tuple[int, int]:
    """Count the last hour's tries; ids rise with time, so the latest ones are read by key."""
    columns = ("at", "outcome", "phase")
    latest = Attempt.objects.order_by("-id").values_list(*columns)[:_LATEST_ATTEMPTS]
    outcomes = []
    for at, outcome, phase in latest.iterator(chunk_size=500):
        if at <= now - 2 * _ERROR_WINDOW:  # a try that took long is written after later ones
            break
        if at > now - _ERROR_WINDOW and phase != WITHDRAWN:  # taken back by a stop: no failure
            outcomes.append(outcome)
    ended = [outcome for outcome in outcomes if outcome is not None]
    return sum(outcome != Outcome.SENT for outcome in ended), len(ended)


def _requests(now: datetime) -> tuple[int, int]:
    seen = requests.figures(now)
    return seen.failed, seen.tried
