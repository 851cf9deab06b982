"""The one clock. Edges ask it for `now` and pass it down; tests and the sandbox install another."""

import time
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Protocol


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """Give the time, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the machine's time, aware, in UTC."""
        return datetime.now(tz=UTC)  # noqa: TID251  this is the one place that asks the machine


class SimulatedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Give the simulated time, aware, in UTC."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Let it be `moment`; a clock never goes backwards.

        Raises:
            ValueError: when `moment` lies in the past.
        """
        if moment < self._now:
            raise ValueError(f"the clock stands at {self._now}; it cannot go back to {moment}")
        self._now = moment.astimezone(UTC)


class RunningClock:
    """A clock that starts at a given moment and runs, `speed` times as fast as the machine's."""

    def __init__(self, start: datetime, speed: float = 1.0) -> None:
        self._start = start.astimezone(UTC)
        self._speed = speed
        self._origin = time.monotonic()

    def now(self) -> datetime:
        """Give the running time, aware, in UTC."""
        passed = (time.monotonic() - self._origin) * self._speed
        return self._start + timedelta(seconds=passed)


class _Holder:
    clock: Clock = SystemClock()


def now() -> datetime:
    """Give the time of the installed clock, aware, in UTC."""
    return _Holder.clock.now()


def install(clock: Clock) -> Clock:
    """Let `now` ask `clock` from here on; returns the clock that was installed before."""
    before, _Holder.clock = _Holder.clock, clock
    return before


def wait(seconds: float) -> None:
    """Wait so many real seconds, for a turn at an outside service."""
    Event().wait(seconds)
