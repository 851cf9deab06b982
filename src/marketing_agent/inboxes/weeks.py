"""In which weeks of its warm-up an inbox sent, read from the attempts with two probes a week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from marketing_agent.engine.pacing import local_day
from marketing_agent.engine.warmup import DAYS_A_WEEK, SendHistory, calendar_week, send_history
from marketing_agent.inboxes.models import Inbox
from marketing_agent.store.sql import Value, at, moment, rows

WEEKS_BACK = 26
"""Older weeks change nothing once seven weeks in a row have letters; else the limit errs low."""

_PROBE = """
    WITH week (inbox_id, begins, ends) AS (VALUES {rows})
    SELECT inbox_id,
        (SELECT MIN(a.data_at) FROM outbox_attempt a WHERE a.inbox_id = week.inbox_id
            AND a.data_at >= week.begins AND a.data_at < week.ends),
        (SELECT MAX(a.data_at) FROM outbox_attempt a WHERE a.inbox_id = week.inbox_id
            AND a.data_at >= week.begins AND a.data_at < week.ends)
    FROM week
"""
_ROW = {"postgresql": "(%s::bigint, %s::timestamptz, %s::timestamptz)"}
_WEEKS_A_QUERY = 300  # three values each; SQLite once took 999 values at most


@dataclass(frozen=True, slots=True)
class _Week:
    inbox_id: int
    begins: datetime
    ends: datetime


def send_histories(inboxes: Iterable[Inbox], now: datetime) -> dict[int, SendHistory]:
    """Tell each inbox's warm-up progress; the cost grows with the inboxes, not with the letters.

    The first and last letter of each week are enough: gaps within a week never reach 14 days.
    """
    chosen = list(inboxes)
    sent = _sent_days(chosen, now)
    return {
        inbox.pk: send_history(inbox.warmup_start_date, _today(inbox, now), sent[inbox.pk])
        for inbox in chosen
    }


def _sent_days(inboxes: list[Inbox], now: datetime) -> dict[int, set[date]]:
    zones = {inbox.pk: ZoneInfo(inbox.zone) for inbox in inboxes}
    days: dict[int, set[date]] = {inbox.pk: set() for inbox in inboxes}
    weeks = [week for inbox in inboxes for week in _weeks(inbox, now)]
    for start in range(0, len(weeks), _WEEKS_A_QUERY):
        for inbox_id, sent_at in _probe(weeks[start : start + _WEEKS_A_QUERY]):
            days[inbox_id].add(sent_at.astimezone(zones[inbox_id]).date())
    return days


def _weeks(inbox: Inbox, now: datetime) -> Iterable[_Week]:
    start = inbox.warmup_start_date
    last = calendar_week(start, _today(inbox, now))
    for number in range(max(0, last - WEEKS_BACK), last):
        first_day = start + timedelta(days=number * DAYS_A_WEEK)
        yield _Week(
            inbox.pk, _midnight(inbox, first_day), _midnight(inbox, first_day + timedelta(days=7))
        )


def _probe(weeks: list[_Week]) -> Iterable[tuple[int, datetime]]:
    row = _ROW.get(connection.vendor, "(%s, %s, %s)")
    values: list[Value] = [
        part for week in weeks for part in (week.inbox_id, at(week.begins), at(week.ends))
    ]
    for inbox_id, first, last in rows(_PROBE.format(rows=", ".join([row] * len(weeks))), values):
        yield from ((inbox_id, moment(each)) for each in (first, last) if each is not None)


def _midnight(inbox: Inbox, day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), ZoneInfo(inbox.zone)).astimezone(
        ZoneInfo("UTC")
    )


def _today(inbox: Inbox, now: datetime) -> date:
    return local_day(inbox.zone, now)[0]
