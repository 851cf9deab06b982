"""How often a service may be asked: an even pace with room for a burst, one limiter a service and process."""

from collections.abc import Callable
from functools import cache
from threading import Lock
from time import monotonic


class Limiter:
    """Gives turns, so many a minute; `burst` of them may be taken at once after a rest.

    The generic cell rate algorithm: all that is kept is when the next turn is due.

    Args:
        per_minute: turns a minute.
        burst: turns that may follow each other without a wait.
        clock: monotonic seconds.
    """

    def __init__(
        self, per_minute: float, burst: int = 1, clock: Callable[[], float] = monotonic
    ) -> None:
        self._gap = 60.0 / per_minute
        self._slack = self._gap * (burst - 1)
        self._due = clock()
        self._clock = clock
        self._lock = Lock()

    def turn(self, patience_s: float) -> float | None:
        """Take a turn and give the seconds to wait for it; None, and no turn, beyond `patience_s`."""
        with self._lock:
            now = self._clock()
            due = max(self._due, now)
            wait = max(0.0, due - self._slack - now)
            if wait > patience_s:
                return None
            self._due = due + self._gap
            return wait


@cache
def limiter_of(name: str, per_minute: float, burst: int) -> Limiter:
    """Give this process's limiter of a service; it is the same one for every caller."""
    del name
    return Limiter(per_minute, burst)
