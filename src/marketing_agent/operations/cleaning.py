"""Removing what is only history. What prevents duplicates and keeps threads is never removed."""

from datetime import datetime, timedelta

from marketing_agent.accounts.models import RememberedAnswer
from marketing_agent.operations.models import ErrorGroup
from marketing_agent.workers.models import Heartbeat, JobRun

RUNS_KEPT = timedelta(days=30)
ERRORS_KEPT = timedelta(days=14)
ANSWERS_KEPT = timedelta(days=1)
HEARTBEATS_KEPT = timedelta(days=1)


def clean_up(now: datetime) -> dict[str, int]:
    """Remove old job runs, errors, remembered answers and dead workers; gives rows by kind."""
    old = {
        "job_runs": JobRun.objects.filter(started_at__lt=now - RUNS_KEPT),
        "errors": ErrorGroup.objects.filter(last_seen__lt=now - ERRORS_KEPT),
        "remembered_answers": RememberedAnswer.objects.filter(created_at__lt=now - ANSWERS_KEPT),
        "heartbeats": Heartbeat.objects.filter(beat_at__lt=now - HEARTBEATS_KEPT),
    }
    return {kind: rows.delete()[0] for kind, rows in old.items()}
