"""How this process's API requests fare: a ring of the last ones, kept in memory only."""

import math
import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

RESPONSE_WINDOW = timedelta(minutes=5)
ERROR_WINDOW = timedelta(minutes=60)
_MOST = 20_000
_STARTED = time.monotonic()


@dataclass(frozen=True, slots=True)
class RequestFigures:
    """What the ring holds at one moment.

    Attributes:
        p95_s: 95th percentile of the last five minutes' durations in seconds, None without any.
        tried: requests of the last hour.
        failed: those of them that failed by our fault (5xx).
    """

    p95_s: float | None
    tried: int
    failed: int


_ring: deque[tuple[datetime, float, bool]] = deque(maxlen=_MOST)
_gate = threading.Lock()


def record(duration_s: float, failed: bool, now: datetime) -> None:  # noqa: FBT001  a column
    """Remember one request: how long it took in seconds, and whether it failed by our fault."""
    with _gate:
        _ring.append((now, duration_s, failed))


def figures(now: datetime) -> RequestFigures:
    """Give the figures of the requests that this process has answered."""
    with _gate:
        seen = list(_ring)
    hour = [each for each in seen if now - ERROR_WINDOW < each[0] <= now]
    recent = sorted(took for at, took, _ in hour if at > now - RESPONSE_WINDOW)
    return RequestFigures(_p95(recent), len(hour), sum(failed for _, _, failed in hour))


def forget() -> None:
    """Empty the ring, as a process that has just started."""
    with _gate:
        _ring.clear()


def uptime_s() -> float:
    """Give the seconds since this process started."""
    return time.monotonic() - _STARTED


def _p95(ordered: list[float]) -> float | None:
    return ordered[math.ceil(0.95 * len(ordered)) - 1] if ordered else None
