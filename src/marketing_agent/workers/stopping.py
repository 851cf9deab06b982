"""Stopping everything: the order, and the wait until no process can begin a letter any more."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Now

from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.values import EmailState
from marketing_agent.operations.actions import note_effective, set_switch, start_stop
from marketing_agent.operations.config import STOP_KEY
from marketing_agent.operations.models import Stop
from marketing_agent.operations.stop import SETTLED_S, steady
from marketing_agent.outbox.models import Email, SendingLease
from marketing_agent.workers import clock

_LOOK_AGAIN_S = 0.01


@dataclass(frozen=True, slots=True)
class Stopped:
    """What a stop came to.

    Attributes:
        stop: the record in force.
        took_s: seconds until surely no DATA could begin any more.
        acknowledged: processes that said so themselves.
        expired: processes that said nothing; their last reading of the stop has run out.
        past_data: letters that were under way then: their servers have them, or have the rest of them.
    """

    stop: Stop
    took_s: float
    acknowledged: int
    expired: int
    past_data: int


def stop_everything(reason: str, by: Actor) -> Stopped:
    """Stop every sender on every machine. After the return no DATA begins; what is under way finishes.

    Returns after half a second at the latest, however servers hang: a process may rely on its last
    reading of the stop for 450 ms.
    """
    began = steady()
    return _settled(start_stop(reason, by, clock.now()), began)


def change_switch(key: str, value: object, by: Actor) -> Any:  # noqa: ANN401  by the switch's kind
    """Set a run-time switch; turning the emergency stop on waits like `stop_everything`."""
    began = steady()
    kept = set_switch(key, value, by, clock.now())
    stop = Stop.objects.filter(ended_at=None).first() if key == STOP_KEY else None
    if stop is not None:
        _settled(stop, began)
    return kept


def _settled(stop: Stop, began: float) -> Stopped:
    committed = steady()
    while (open_ := _unacknowledged(stop)) and steady() - committed < SETTLED_S:
        threading.Event().wait(_LOOK_AGAIN_S)
    known = dict(SendingLease.objects.filter(seen_stop=stop).values_list("owner", "past_data"))
    past_data = sum(known.values()) + _under_way_elsewhere(known)
    note_effective(stop, past_data, clock.now())
    return Stopped(stop, steady() - began, len(known), len(open_), past_data)


def _unacknowledged(stop: Stop) -> list[str]:
    leases = SendingLease.objects.exclude(seen_stop=stop)
    return list(leases.values_list("owner", flat=True))


def _under_way_elsewhere(known: Iterable[str]) -> int:
    """Count the letters that stand as *transmitting* in processes that have not told of theirs."""
    told = {_process_of(owner) for owner in known}
    letters = Email.objects.filter(state=EmailState.TRANSMITTING, lease_until__gte=Now())
    owners = letters.values_list("lease_owner", flat=True)
    return sum(_process_of(owner) not in told for owner in owners)


def _process_of(owner: str) -> str:
    return owner.partition("/")[0]
