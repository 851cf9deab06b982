"""The lease under which a process may begin DATA: the emergency stop is read ten times a second.

A stop closes the process's gate and is acknowledged; what cannot be read closes the gate too.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import connections

from marketing_agent.operations.stop import StopReading, read_stop, steady
from marketing_agent.outbox.actions.leases import acknowledge, close_lease, open_lease, renew_lease
from marketing_agent.store.trouble import STORE_TROUBLE
from marketing_agent.workers.gate import Gate

LOOK_EVERY_S = 0.1
RENEW_EVERY_S = 10.0

_UNREADABLE = "it cannot be read"
_log = structlog.get_logger(__name__)


class StopWatch:
    """Keeps one process's lease; every method is called by the one thread that has the database."""

    def __init__(self, owner: str, gate: Gate, now: Callable[[], datetime]) -> None:
        self._owner = owner
        self._gate = gate
        self._now = now
        self._looked_at = self._renewed_at = 0.0
        self._seen: int | None = None  # the stop that was acknowledged

    def begin(self) -> None:
        """Open the lease, before the stop is read for the first time."""
        open_lease(self._owner, self._now())
        self._renewed_at = steady()

    def end(self) -> None:
        """Close the lease: this process begins no DATA any more."""
        close_lease(self._owner)

    def keep(self) -> None:
        """Renew the lease when its time has come; one that was taken for abandoned is opened anew."""
        if steady() - self._renewed_at < RENEW_EVERY_S:
            return
        if not renew_lease(self._owner):
            open_lease(self._owner, self._now())
        self._renewed_at = steady()

    def look_if_due(self) -> None:
        """Look at the stop ten times a second. What cannot be read bars the way like a stop."""
        if steady() - self._looked_at < LOOK_EVERY_S:
            return
        try:
            self.keep()
            self.follow(read_stop())
        except STORE_TROUBLE as error:
            self._gate.follow(_UNREADABLE)
            self._looked_at = steady()
            _log.warning("the emergency stop cannot be read", error=str(error))
            connections.close_all()  # a database that is away comes back

    def follow(self, reading: StopReading) -> None:
        """Close or open the gate by what was read, and acknowledge a stop once."""
        self._looked_at = reading.at
        under_way = self._gate.follow(reading.reason)
        if reading.stop is None:
            self._seen = None
        elif reading.stop.pk is not None and reading.stop.pk != self._seen:
            acknowledge(self._owner, reading.stop, under_way)
            self._seen = reading.stop.pk
