"""Warm-up of a new inbox, and which of several bounds limits its day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

DAYS_A_WEEK = 7
IDLE_STEP = 14
"""Days without a letter after which the warm-up steps one week back."""

SCHEDULE = (5, 10, 15, 20, 25, 30, 35, 40)
"""Letters a day in warm-up weeks 1, 2, 3 …; the last one stays (source-runbooks.md, runbook 9)."""


class Bound(StrEnum):
    """What holds an inbox's day down."""

    WARM_UP = "warm_up"
    DAILY_LIMIT = "daily_limit"
    HEALTH = "health"
    PROBATION = "probation"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Limit:
    """Letters a day, and the bound that made it so."""

    value: int
    bound: Bound


@dataclass(frozen=True, slots=True)
class SendHistory:
    """What warm-up needs to know of the past: weeks that count, and days since the last letter."""

    weeks_with_sends: int
    idle_days: int


def calendar_week(start: date, today: date) -> int:
    """Count weeks of seven days since the inbox's own start: 1 on the first day, 0 before it."""
    return 0 if today < start else (today - start).days // DAYS_A_WEEK + 1


def warmup_week(start: date, today: date, weeks_with_sends: int, idle_days: int) -> int:
    """Give the warm-up week: 1 and up, 0 before the start date (nothing may leave then).

    Args:
        start: the first day of this inbox's warm-up, in its own time zone.
        today: the inbox's local day.
        weeks_with_sends: weeks before the current one in which letters left (`send_history`).
        idle_days: days since the last letter; each 14 of them step one week back.
    """
    week = min(calendar_week(start, today), weeks_with_sends + 1)
    steps = idle_days // IDLE_STEP
    if not steps or week == 0:
        return week
    # A mature inbox steps back from the last week of the schedule, or the step would not be felt.
    return max(1, min(week, len(SCHEDULE)) - steps)


def warmup_limit(week: int) -> int:
    """Give the letters a day of a warm-up week: 5, 10, 15, 20, then 25 rising by 5 to 40."""
    return 0 if week < 1 else SCHEDULE[min(week, len(SCHEDULE)) - 1]


def send_history(start: date, today: date, send_days: Iterable[date]) -> SendHistory:
    """Read the warm-up's progress from the days on which letters left (any order, repeats allowed).

    The current week does not count: its first letter must not raise the limit on the same day. A
    past idle fortnight took progress away for good; it is regained by weeks with letters.
    """
    days = sorted({day for day in send_days if start <= day <= today})
    if not days:
        return SendHistory(0, 0)
    progress = _counts(start, today, days[0])
    for before, day in pairwise(days):
        progress = _step_back(progress, (day - before).days)
        if calendar_week(start, day) != calendar_week(start, before):
            progress += _counts(start, today, day)
    return SendHistory(progress, (today - days[-1]).days)


def _counts(start: date, today: date, day: date) -> int:
    return int(calendar_week(start, day) < calendar_week(start, today))


def _step_back(progress: int, gap: int) -> int:
    steps = gap // IDLE_STEP
    return max(0, min(progress, len(SCHEDULE) - 1) - steps) if steps else progress


def half(limit: int) -> int:
    """Halve a limit, rounding down; one letter a day stays one."""
    return max(1, limit // 2) if limit > 0 else 0


def effective_limit(
    *,
    warmup: int | None,
    daily_limit: int,
    health_cap: int | None,
    probation: int | None,
    halved: bool,
) -> Limit:
    """Take the smallest bound; None means that a bound does not apply. Units: letters a day.

    `halved` is the week after repeated blocks: half of what the other bounds leave. Where two
    bounds are equal, the one that goes away by itself is named.
    """
    bounds = (
        (warmup, Bound.WARM_UP),
        (probation, Bound.PROBATION),
        (health_cap, Bound.HEALTH),
        (daily_limit, Bound.DAILY_LIMIT),
    )
    limits = [Limit(max(0, value), bound) for value, bound in bounds if value is not None]
    least = min(limits, key=lambda limit: limit.value)
    return Limit(half(least.value), Bound.BLOCK) if halved else least
