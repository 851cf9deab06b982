"""The emergency stop as every sender asks for it: the record in the store, or the file in the home."""

import time
from dataclasses import dataclass

from marketing_agent.operations import stop_file
from marketing_agent.operations.models import Stop

LEASE_S = 0.45
"""How long one reading of the stop may be relied on (seconds); then it is read again before DATA."""

SETTLED_S = 0.5
"""After so many seconds every reading that did not see a stop has run out, on every machine."""


@dataclass(frozen=True, slots=True)
class StopReading:
    """What one look at the stop found.

    Attributes:
        stop: the stop in force, or None.
        at: when the look began, on the steady clock (seconds).
    """

    stop: Stop | None
    at: float

    @property
    def reason(self) -> str:
        """Give the reason of the stop in force; empty when there is none."""
        return (self.stop.reason or "no reason was given") if self.stop else ""


NOT_ASKED = StopReading(None, 0.0)
"""For questions that the stop has no part in."""


def steady() -> float:
    """Give seconds of a clock that nobody sets and that goes on while the machine sleeps."""
    return time.clock_gettime(_STEADY) if _STEADY is not None else time.monotonic()


_STEADY: int | None = getattr(time, "CLOCK_BOOTTIME", None)


def is_fresh(read_at: float) -> bool:
    """Say whether a reading that began at `read_at` (steady seconds) may still be relied on."""
    return 0 <= steady() - read_at < LEASE_S


def read_stop() -> StopReading:
    """Look at the stop now. Raises DatabaseError when it cannot be read: then nothing may leave."""
    at = steady()  # before the question is put: a stop that comes during it counts as unseen
    return StopReading(current_stop(), at)


def current_stop() -> Stop | None:
    """Give the stop in force, or None: the record, else what the file orders. Never cached.

    A stop that only the file tells of has no key yet; the next worker makes a record of it.
    """
    return Stop.objects.filter(ended_at=None).first() or _ordered_by_file()


def _ordered_by_file() -> Stop | None:
    order = stop_file.read()
    if order is None or has_ended(order):
        return None
    return Stop(reason=order.reason[:500], started_by=order.by[:200], started_at=order.at)


def has_ended(order: stop_file.FileOrder) -> bool:
    """Say whether a file is only left over from a stop that somebody has ended since."""
    ended = Stop.objects.filter(public_id=order.stop_id, ended_at__isnull=False)
    return bool(order.stop_id) and ended.exists()
