"""Stopping everything: the order, and the wait until no process can begin a letter any more."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from django.db.models.functions import Now

from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.values import EmailState
from marketing_agent.operations.actions import note_effective, set_switch, start_stop
from marketing_agent.operations.config import STOP_KEY, switch
from marketing_agent.operations.models import Stop
from marketing_agent.operations.stop import SETTLED_S, steady
from marketing_agent.outbox.models import Email, SendingLease
from marketing_agent.store.replaced import reconnect_if_replaced
from marketing_agent.store.trouble import STORE_TROUBLE
from marketing_agent.workers import clock

_LOOK_AGAIN_S = 0.01
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Stopped:
    """What a stop came to.

    Attributes:
        stop: the record in force; without a key where the file STOP alone could be written.
        took_s: seconds until surely no DATA could begin any more.
        acknowledged: processes that said so themselves.
        expired: processes that said nothing; their last reading of the stop has run out.
        past_data: letters that were under way then: their servers have them, or have the rest of
            them. None where the store could not tell.
    """

    stop: Stop
    took_s: float
    acknowledged: int
    expired: int
    past_data: int | None

    @property
    def recorded(self) -> bool:
        """Say whether the stop stands in the store; if not, it binds the senders of this home alone."""
        return self.stop.pk is not None


def stop_everything(reason: str, by: Actor) -> Stopped:
    """Stop every sender on every machine. After the return no DATA begins; what is under way finishes.

    Returns half a second after the stop was written at the latest, however servers hang: a process may rely
    on its last reading of it for 450 ms. Where somebody holds the store's lock, writing takes a second more.

    Raises:
        StopFailedError: when neither the store nor the file STOP could be written.
    """
    began = steady()
    reconnect_if_replaced()
    return _settled(start_stop(reason, by, clock.now()), began)


def change_switch(key: str, value: object, by: Actor) -> Any:  # noqa: ANN401  by the switch's kind
    """Set a run-time switch; turning the emergency stop on waits like `stop_everything`."""
    if key == STOP_KEY and switch(key).accept(value):
        stop_everything("", by)
        return True
    return set_switch(key, value, by, clock.now())


def _settled(stop: Stop, began: float) -> Stopped:
    written = steady()
    told = _ask_senders(stop, written) if stop.pk is not None else None
    if told is None:
        _sleep(written + SETTLED_S - steady())
    return Stopped(stop, steady() - began, *(told or (0, 0, None)))


def _ask_senders(stop: Stop, since: float) -> tuple[int, int, int] | None:
    """Give how many acknowledged, how many did not, and the letters under way; None: nobody can tell."""
    try:
        silent = _wait_for_senders(stop, since)
        known = dict(SendingLease.objects.filter(seen_stop=stop).values_list("owner", "past_data"))
        past_data = sum(known.values()) + _under_way_elsewhere(known)
    except STORE_TROUBLE as error:
        _log.warning("the senders could not be asked; their readings run out", error=str(error))
        return None
    _note(stop, past_data)
    return len(known), len(silent), past_data


def _note(stop: Stop, past_data: int) -> None:
    try:
        note_effective(stop, past_data, clock.now())
    except STORE_TROUBLE as error:  # it is in force all the same, and nobody waits for a note
        _log.warning("the stop's effect could not be noted", error=str(error))


def _wait_for_senders(stop: Stop, since: float) -> list[str]:
    """Wait until all have acknowledged, or their readings have run out; gives those of the latter."""
    while (open_ := _unacknowledged(stop)) and steady() - since < SETTLED_S:
        _sleep(_LOOK_AGAIN_S)
    return open_


def _sleep(seconds: float) -> None:
    threading.Event().wait(max(0.0, seconds))


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
