"""What /api/stats, its history, /health and /metrics say."""

from datetime import datetime
from typing import Any

from marketing_agent.engine.thresholds import Flag, flag, flag_rate
from marketing_agent.engine.values import EmailState, ItemState, OpinionState
from marketing_agent.inbound.models import InboxItem, Opinion
from marketing_agent.operations import requests
from marketing_agent.operations.days import DayFigures, day_before, day_of, figures_of, last_days
from marketing_agent.operations.figures import error_rate, inbox_health_min, queue_depth
from marketing_agent.operations.health import health
from marketing_agent.operations.metrics import metrics
from marketing_agent.operations.models import Alert
from marketing_agent.operations.stop import current_stop
from marketing_agent.outbox.models import Email
from marketing_agent.workers.models import Job

__all__ = ["flags", "health", "history", "metrics", "moment", "stats"]

SEND_JOB = "send-emails"
_MOST = 10_000


def stats(now: datetime) -> dict[str, Any]:
    """Give today's and yesterday's figures and this moment's, with a flag for each threshold."""
    today = day_of(now)
    yesterday = day_before(today)
    counted = figures_of(today)
    here = moment(now)
    return {
        "last_cron_run": _last_send_run(),
        "emails_sent_today": counted.sent,
        "stats": counted.as_dict(today),
        "yesterday": figures_of(yesterday).as_dict(yesterday),
        **here,
        **_waiting_for_a_person(),
        "emergency_stop": current_stop() is not None,
        "alerts": Alert.objects.filter(closed_at=None).count(),
        "flags": {metric: str(each) for metric, each in flags(counted, here, now).items()},
    }


def moment(now: datetime) -> dict[str, Any]:
    """Give the figures of this moment."""
    return {
        "queue_depth": queue_depth(now),
        "error_rate": error_rate(now).value,
        "response_time_p95_s": requests.figures(now).p95_s,
        "inbox_health_min": inbox_health_min(now),
    }


def flags(today: DayFigures, here: dict[str, Any], now: datetime) -> dict[str, Flag]:
    """Judge each figure that has a threshold; rates below their floor are unknown."""
    errors = error_rate(now)
    return {
        "bounce_rate": flag_rate("bounce_rate", today.bounced, today.letters),
        "complaint_rate": flag_rate(
            "complaint_rate", min(today.complaints, today.letters), today.letters
        ),
        "inbox_health": flag("inbox_health", here["inbox_health_min"]),
        "error_rate": flag_rate("error_rate", errors.events, errors.sample),
        "queue_depth": flag("queue_depth", here["queue_depth"]),
        "response_time": flag("response_time", here["response_time_p95_s"]),
    }


def history(days: int, now: datetime) -> dict[str, Any]:
    """Give the figures of the last `days` days (at least 1), oldest first."""
    wanted = list(last_days(max(1, days), now))
    series = [figures_of(day).as_dict(day) for day in reversed(wanted)]
    return {"days": series, "count": len(series), "total": len(series), "next": None}


def _last_send_run() -> datetime | None:
    return Job.objects.filter(name=SEND_JOB).values_list("last_run_at", flat=True).first()


def _waiting_for_a_person() -> dict[str, int]:
    """Count what goes no further by itself; 10,000 stands for "and more"."""
    letters = {
        state: Email.objects.filter(state=state).order_by()[:_MOST].count()
        for state in (EmailState.UNKNOWN, EmailState.DEAD)
    }
    undecided = Opinion.objects.filter(state=OpinionState.PERSON)
    stuck = [ItemState.HELD, ItemState.ERROR]
    return {
        "unknown": letters[EmailState.UNKNOWN],
        "dead_letters": letters[EmailState.DEAD],
        "inbox_undecided": undecided.order_by()[:_MOST].count(),
        "inbox_held": InboxItem.objects.filter(state__in=stuck).order_by()[:_MOST].count(),
    }
