"""The books of outside services: money and breakers that every worker shares, and that outlive them."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from marketing_agent.operations.actions.books import StoreBooks, breaker_of
from marketing_agent.operations.models import ProviderDay, ProviderFailures, ProviderState
from marketing_agent.providers.books import Books, MemoryBooks, Report, Service, Ticket
from marketing_agent.providers.breaker import FAILURES, PROBE
from marketing_agent.providers.errors import (
    NotAsked,
    ProviderError,
    ProviderNonsense,
    ProviderRefused,
    ProviderUnavailable,
)
from marketing_agent.providers.limiter import Limiter

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def service(budget: int | None = 100, setup: str = "one") -> Service:
    return Service("grok", budget, Limiter(60_000), setup)


def down() -> ProviderError:
    return ProviderUnavailable("time_out", "It did not answer.", cost=None)


def spent() -> int:
    return ProviderDay.objects.get(day=NOW.date()).spent


def fail(books: Books, times: int = FAILURES, error: ProviderError | None = None) -> None:
    for _ in range(times):
        books.end(books.begin(service(None), 1, NOW), Report(0, 0.5, error or down()), NOW)


def test_money_is_reserved_before_and_settled_after() -> None:
    books = StoreBooks()
    ticket = books.begin(service(), 60, NOW)
    assert spent() == 60
    books.end(ticket, Report(7, 0.5), NOW)
    assert spent() == 7


def test_a_reservation_that_is_never_settled_stays_spent() -> None:
    StoreBooks().begin(service(), 60, NOW)
    with pytest.raises(NotAsked, match="budget for grok is spent"):
        StoreBooks().begin(service(), 60, NOW)
    assert ProviderDay.objects.get().turned_away == 1


def test_what_nobody_knows_the_cost_of_stays_reserved() -> None:
    books = StoreBooks()
    books.end(books.begin(service(), 60, NOW), Report(None, 0.5, down()), NOW)
    assert spent() == 60


def test_a_call_that_cost_more_than_it_could_is_entered_as_it_was() -> None:
    books = StoreBooks()
    books.end(books.begin(service(), 60, NOW), Report(250, 0.5), NOW)
    assert spent() == 250


def test_a_call_over_midnight_is_charged_to_the_day_it_began() -> None:
    books = StoreBooks()
    ticket = books.begin(service(), 60, NOW)
    books.end(ticket, Report(7, 0.5), NOW + timedelta(hours=1))
    assert spent() == 7
    assert ProviderDay.objects.count() == 1
    books.begin(service(), 100, NOW + timedelta(hours=1))


def test_without_a_budget_money_is_counted_and_never_missing() -> None:
    StoreBooks().begin(service(None), 10**12, NOW)
    assert spent() == 10**12


def test_a_dearer_question_than_the_whole_budget_is_not_asked() -> None:
    with pytest.raises(NotAsked):
        StoreBooks().begin(service(), 101, NOW)


@pytest.mark.parametrize("make", [StoreBooks, MemoryBooks])
def test_one_probe_goes_through_a_half_open_breaker(make: type[Books]) -> None:
    books = make()
    fail(books)
    with pytest.raises(NotAsked, match="left alone until 23:30:30Z"):
        books.begin(service(None), 1, NOW)
    later = NOW + MINUTE
    probe = books.begin(service(None), 1, later)
    with pytest.raises(NotAsked):
        books.begin(service(None), 1, later)
    books.end(probe, Report(1, 0.5), later)
    books.begin(service(None), 1, later)


def test_a_probe_that_died_is_followed_by_another() -> None:
    books = StoreBooks()
    fail(books)
    books.begin(service(None), 1, NOW + MINUTE)
    books.begin(service(None), 1, NOW + MINUTE + PROBE)


def test_a_breaker_turns_away_before_money_is_reserved() -> None:
    fail(StoreBooks(), 1, ProviderRefused("key", "No."))
    before = spent()
    with pytest.raises(NotAsked):
        StoreBooks().begin(service(None), 50, NOW)
    assert spent() == before


@pytest.mark.parametrize(
    ("error", "failures"),
    [(down(), 1), (ProviderNonsense("schema", "Bah."), 0), (ProviderRefused("key", "No."), 1)],
)
def test_what_counts_against_a_service(error: ProviderError, failures: int) -> None:
    fail(StoreBooks(), 1, error)
    state = ProviderState.objects.get()
    assert (state.failures, state.last_kind, state.calls) == (failures, error.kind, 1)
    assert ProviderFailures.objects.get().count == 1


def test_another_key_closes_the_breaker_and_another_budget_does_not() -> None:
    fail(StoreBooks(), 1, ProviderRefused("key", "No."))
    with pytest.raises(NotAsked):
        StoreBooks().begin(service(5_000), 1, NOW)
    assert ProviderState.objects.get().budget == 5_000
    StoreBooks().begin(service(setup="two"), 1, NOW)
    assert breaker_of(ProviderState.objects.get()).open_until is None


@pytest.mark.django_db(transaction=True)
def test_many_workers_together_never_spend_more_than_there_is() -> None:
    tickets: list[Ticket] = []

    def work() -> None:
        try:
            for _ in range(10):
                with suppress(NotAsked):
                    tickets.append(StoreBooks().begin(service(100), 7, NOW))
        finally:
            connections.close_all()

    _together(work)
    assert (len(tickets), spent()) == (14, 98)


@pytest.mark.django_db(transaction=True)
def test_many_workers_together_make_one_probe_and_count_every_call() -> None:
    fail(StoreBooks())
    tickets: list[Ticket] = []

    def work() -> None:
        try:
            with suppress(NotAsked):
                tickets.append(StoreBooks().begin(service(None), 1, NOW + MINUTE))
        finally:
            connections.close_all()

    _together(work)
    assert len(tickets) == 1

    def end() -> None:
        try:
            StoreBooks().end(tickets[0], Report(0, 1.0, down()), NOW + MINUTE)
        finally:
            connections.close_all()

    _together(end)
    state = ProviderState.objects.get()
    assert (state.calls, state.failures) == (FAILURES + 4, FAILURES + 4)
    assert ProviderFailures.objects.get().count == FAILURES + 4


def _together(work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
