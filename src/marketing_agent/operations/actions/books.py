"""Entering the calls of outside services: budgets, breakers and counters that every worker shares.

A reservation is one conditional UPDATE, committed before the call is made. One that is never settled,
because its process died, stays spent.
"""

from dataclasses import asdict
from datetime import datetime

from django.db.models import F

from marketing_agent.operations.models import ProviderDay, ProviderFailures, ProviderState
from marketing_agent.providers.books import (
    Report,
    Service,
    Ticket,
    after,
    correction,
    day_of,
    not_asked_yet,
    over_budget,
)
from marketing_agent.providers.breaker import Breaker, admit
from marketing_agent.providers.errors import NotAsked

_MOST_TRIES = 20  # of a conditional write that others come before


class StoreBooks:
    """The books of an installation."""

    def begin(self, service: Service, amount: int, now: datetime) -> Ticket:
        """Let a call through and reserve what it may cost at most.

        Raises:
            NotAsked: when the breaker is open, or the day's budget does not allow it.
        """
        state = _state_of(service)
        if admit(breaker_of(state), now) is None:  # before any money is reserved
            raise not_asked_yet(service.name, breaker_of(state), now)
        ticket = Ticket(service.name, day_of(now), amount)
        if not _reserve(ticket, service.budget):
            raise over_budget(service.name, now)
        try:
            _pass(state, now)
        except NotAsked:
            _correct(ticket, -amount)
            raise
        return ticket

    def end(self, ticket: Ticket, report: Report, now: datetime) -> None:
        """Enter how a call went: its cost, the breaker's next state, and the counters."""
        _correct(ticket, correction(ticket, report))
        if report.kind:
            _count_failure(ticket.service, report.kind)
        _note(ticket.service, report, now)
        _move_breaker(ticket.service, report, now)


def breaker_of(state: ProviderState) -> Breaker:
    """Give the breaker that a row holds."""
    return Breaker(state.failures, state.open_until, state.probe_until)


def _state_of(service: Service) -> ProviderState:
    """Give the service's row; with another key, address or model than before its breaker is closed."""
    state, _ = ProviderState.objects.get_or_create(name=service.name)
    if (state.setup, state.budget) != (service.setup, service.budget):
        fresh = asdict(Breaker()) if state.setup != service.setup else {}
        ProviderState.objects.filter(pk=state.pk, version=state.version).update(
            setup=service.setup, budget=service.budget, version=F("version") + 1, **fresh
        )
        state.refresh_from_db()
    return state


def _reserve(ticket: Ticket, budget: int | None) -> bool:
    ProviderDay.objects.get_or_create(name=ticket.service, day=ticket.day)
    row = ProviderDay.objects.filter(name=ticket.service, day=ticket.day)
    within = row if budget is None else row.filter(spent__lte=budget - ticket.amount)
    if within.update(spent=F("spent") + ticket.amount):
        return True
    row.update(turned_away=F("turned_away") + 1)
    return False


def _correct(ticket: Ticket, by: int) -> None:
    if by:
        row = ProviderDay.objects.filter(name=ticket.service, day=ticket.day)
        row.update(spent=F("spent") + by)


def _pass(state: ProviderState, now: datetime) -> None:
    """Go past the breaker; of those who meet it half open one goes through.

    Raises:
        NotAsked: when another worker makes the probe.
    """
    for _ in range(_MOST_TRIES):
        breaker = breaker_of(state)
        admitted = admit(breaker, now)
        if admitted is None:
            break
        if admitted == breaker or _write(state, admitted):
            return
        state.refresh_from_db()
    raise not_asked_yet(state.name, breaker_of(state), now)


def _move_breaker(name: str, report: Report, now: datetime) -> None:
    for _ in range(_MOST_TRIES):
        state = ProviderState.objects.get(name=name)
        moved = after(breaker_of(state), report, now)
        if moved == breaker_of(state) or _write(state, moved):
            return


def _write(state: ProviderState, breaker: Breaker) -> bool:
    """Write a breaker unless somebody was there first."""
    unchanged = ProviderState.objects.filter(pk=state.pk, version=state.version)
    return unchanged.update(version=F("version") + 1, **asdict(breaker)) == 1


def _note(name: str, report: Report, now: datetime) -> None:
    ProviderState.objects.filter(name=name).update(
        calls=F("calls") + 1,
        seconds=F("seconds") + report.took_s,
        last_at=now,
        last_kind=report.kind[:24],
        last_error=str(report.error or "")[:500],
        last_took_s=report.took_s,
    )


def _count_failure(name: str, kind: str) -> None:
    row, _ = ProviderFailures.objects.get_or_create(name=name, kind=kind[:24])
    ProviderFailures.objects.filter(pk=row.pk).update(count=F("count") + 1)
