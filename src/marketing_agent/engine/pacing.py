"""Spreading a day's letters over the sending window, by the clock of the inbox's own time zone."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import blake2b
from zoneinfo import ZoneInfo

MICROSECOND = timedelta(microseconds=1)
_DAYS_AHEAD = (
    15  # a window of one weekday can lose that day to a change of the clocks, not two in a row
)


@dataclass(frozen=True, slots=True)
class Window:
    """Weekdays (0 is Monday) and wall-clock hours, end excluded; an end of 00:00 is midnight after.

    Raises ValueError for a window that never opens and for an unknown zone (ZoneInfoNotFoundError
    is a KeyError and passes through).
    """

    days: frozenset[int]
    start: time
    end: time
    zone: str

    def __post_init__(self) -> None:
        if not self.days or not self.days <= frozenset(range(7)):
            raise ValueError(
                "A window needs at least one weekday, numbered 0 (Monday) to 6 (Sunday)."
            )
        if self.end <= self.start and self.end != time(0):
            raise ValueError("A window must end after it starts, on the same day.")
        ZoneInfo(self.zone)


def local_day(zone: str, now: datetime) -> tuple[date, datetime, datetime]:
    """Give the inbox's local day at `now`, with its first moment and its end (excluded) in UTC."""
    day = now.astimezone(ZoneInfo(zone)).date()
    return day, _at(zone, day, time(0)), _at(zone, day + timedelta(days=1), time(0))


def bounds(window: Window, day: date) -> tuple[datetime, datetime] | None:
    """Give the span (UTC) in which letters may leave on a local day; None when it is closed."""
    if day.weekday() not in window.days:
        return None
    start = _at(window.zone, day, window.start)
    end = _at(window.zone, _end_day(window, day), window.end)
    # Clocks that jump forward over the whole window leave nothing of it that day.
    return (start, end) if start < end else None


def is_open(window: Window, now: datetime) -> bool:
    """Say whether letters may leave at `now`."""
    return closes_at(window, now) is not None


def closes_at(window: Window, now: datetime) -> datetime | None:
    """Give the moment (UTC) at which an open window closes; None when it is closed at `now`."""
    span = bounds(window, _day(window, now))
    return span[1] if span and span[0] <= now < span[1] else None


def next_opening(window: Window, now: datetime) -> datetime:
    """Give `now` itself while the window is open, else the next moment (UTC) at which it opens."""
    if is_open(window, now):
        return now.astimezone(UTC)
    today = _day(window, now)
    spans = (bounds(window, today + timedelta(days=ahead)) for ahead in range(_DAYS_AHEAD))
    return next(start for start, _ in filter(None, spans) if start > now)


@lru_cache(maxsize=256)
def slots(
    window: Window, day: date, quota: int, seed: str, min_gap: timedelta
) -> tuple[datetime, ...]:
    """Spread `quota` letters over a local day: ascending moments in UTC, always the same.

    Each letter has its own equal share of the window and stands at a place in it that depends on
    the seed (the inbox's address), so that the pattern neither drifts nor repeats from day to day.
    Neighbours are at least `min_gap` apart; only when they then do not fit are there fewer slots
    than the quota.
    """
    span = bounds(window, day)
    if span is None or quota < 1:
        return ()
    length, gap = (span[1] - span[0]) // MICROSECOND, max(1, min_gap // MICROSECOND)
    count = min(quota, -(-length // gap))
    slack = length - (count - 1) * gap
    return tuple(
        span[0] + (n * gap + _within(slack, n, count, f"{seed}|{day}")) * MICROSECOND
        for n in range(count)
    )


def due_by(window: Window, now: datetime, quota: int, seed: str, min_gap: timedelta) -> int:
    """Count how many of today's quota may have left by `now`: none before the window opens."""
    return bisect_right(slots(window, _day(window, now), quota, seed, min_gap), now)


def next_slot(
    window: Window, now: datetime, quota: int, seed: str, min_gap: timedelta
) -> datetime | None:
    """Give today's first slot after `now`; None when today has no more."""
    today = slots(window, _day(window, now), quota, seed, min_gap)
    place = bisect_right(today, now)
    return today[place] if place < len(today) else None


def _within(slack: int, n: int, count: int, seed: str) -> int:
    """Place letter n in the n-th equal share of the slack; integers cannot round over."""
    return slack * (n * 2**32 + _jitter(f"{seed}|{n}")) // (count * 2**32)


def _jitter(seed: str) -> int:
    return int.from_bytes(blake2b(seed.encode(), digest_size=4).digest())


def _day(window: Window, now: datetime) -> date:
    return now.astimezone(ZoneInfo(window.zone)).date()


def _end_day(window: Window, day: date) -> date:
    return day + timedelta(days=1) if window.end == time(0) else day


def _at(zone: str, day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, ZoneInfo(zone)).astimezone(UTC)
