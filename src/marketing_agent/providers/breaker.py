"""When to stop asking a service that fails, and when to try it again; values and decisions alone.

Closed: it is asked. Open: it is not, until a moment. Half open: after that moment one call, and one only,
finds out whether it answers again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

FAILURES = 5
"""So many failures in a row open the breaker."""

FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(minutes=30)
REFUSED_REST = timedelta(hours=1)
"""After a refusal only a person can help; a changed key or address is tried at once all the same."""

LONGEST_RETRY_AFTER = timedelta(hours=1)
PROBE = timedelta(minutes=2)
"""A probe that has not ended by then has died with its process, and another may be made."""


class Position(StrEnum):
    """What a breaker lets through: everything, nothing, or one probe."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Breaker:
    """What is remembered of a service: failures in a row, and until when it is left alone."""

    failures: int = 0
    open_until: datetime | None = None
    probe_until: datetime | None = None

    def position(self, now: datetime) -> Position:
        """Say what it lets through now."""
        if self.open_until is None:
            return Position.CLOSED
        if now < self.open_until or (self.probe_until is not None and now < self.probe_until):
            return Position.OPEN
        return Position.HALF_OPEN

    def rest_until(self, now: datetime) -> datetime:
        """Give the moment before which nothing is let through."""
        known = [each for each in (self.open_until, self.probe_until) if each is not None]
        return max([now, *known])


def admit(breaker: Breaker, now: datetime) -> Breaker | None:
    """Give the breaker as it is once a call is let through, or None when it must not be made."""
    position = breaker.position(now)
    if position is Position.OPEN:
        return None
    return breaker if position is Position.CLOSED else replace(breaker, probe_until=now + PROBE)


def failed(breaker: Breaker, now: datetime, retry_after: timedelta | None = None) -> Breaker:
    """Give the breaker after a temporary failure; a service that names a wait is left alone for it."""
    failures = breaker.failures + 1
    rests = [min(retry_after, LONGEST_RETRY_AFTER)] if retry_after else []
    if failures >= FAILURES or breaker.open_until is not None:
        rests.append(min(LONGEST_REST, FIRST_REST * 2 ** min(10, max(0, failures - FAILURES))))
    return Breaker(failures, now + max(rests) if rests else None)


def refused(breaker: Breaker, now: datetime) -> Breaker:
    """Give the breaker after a refusal that asking again does not change."""
    return Breaker(breaker.failures + 1, now + REFUSED_REST)
