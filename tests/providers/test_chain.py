"""The chain: in order, past breaker and budget, and it says who answered and what the others said."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from marketing_agent.providers.books import Books, MemoryBooks, Service
from marketing_agent.providers.breaker import FAILURES
from marketing_agent.providers.chain import Chain, NobodyAnswered, Priced, Said
from marketing_agent.providers.errors import (
    ProviderError,
    ProviderNonsense,
    ProviderRefused,
    ProviderUnavailable,
)
from marketing_agent.providers.limiter import Limiter

NOW = datetime(2026, 3, 4, 11, tzinfo=UTC)


class Oracle:
    """A service that gives what it holds, or raises it."""

    def __init__(
        self,
        name: str,
        *said: str | ProviderError,
        budget: int | None = None,
        a_minute: int = 60_000,
    ) -> None:
        self.service = Service(name, budget, Limiter(a_minute, burst=1))
        self._said = list(said)
        self.asked = 0

    def most(self, question: str) -> int:
        return 10 * len(question)

    def ask(self, question: str) -> Priced[str]:
        self.asked += 1
        said = self._said.pop(0) if len(self._said) > 1 else self._said[0]
        if isinstance(said, ProviderError):
            raise said
        return Priced(f"{question} {said}", 3)


def chain(*oracles: Oracle, books: Books | None = None, at: datetime = NOW) -> Chain[str, str]:
    return Chain(oracles, books or MemoryBooks(), lambda: at, waits.append)


waits: list[float] = []


def down() -> ProviderUnavailable:
    return ProviderUnavailable("time_out", "It did not answer.", cost=None)


def said_of(ask: Callable[[], object]) -> tuple[Said, ...]:
    with pytest.raises(NobodyAnswered) as caught:
        ask()
    return caught.value.said


def test_the_first_that_answers_is_believed() -> None:
    first, second = Oracle("a", "yes"), Oracle("b", "no")
    found = chain(first, second).ask("q")
    assert (found.answer, found.by, found.cost, found.said) == ("q yes", "a", 3, ())
    assert second.asked == 0


@pytest.mark.parametrize(
    "error",
    [down(), ProviderRefused("key", "No."), ProviderNonsense("schema", "Bah.")],
)
def test_the_next_one_is_asked_and_what_the_first_said_is_kept(error: ProviderError) -> None:
    found = chain(Oracle("a", error), Oracle("b", "yes")).ask("q")
    assert (found.by, found.said) == ("b", (Said("a", error),))


def test_nobody_answers_in_a_sentence_each() -> None:
    refusal = ProviderRefused("no_credit", "B is out of credit.")
    with pytest.raises(NobodyAnswered, match=r"It did not answer\. B is out of credit\.") as caught:
        chain(Oracle("a", down()), Oracle("b", refusal)).ask("q")
    assert (caught.value.asked, caught.value.temporary) == (True, True)


def test_an_empty_chain_asks_nobody() -> None:
    with pytest.raises(NobodyAnswered) as caught:
        chain().ask("q")
    assert (caught.value.asked, caught.value.temporary) == (False, False)


def test_a_service_that_fails_is_left_alone_and_found_again() -> None:
    oracle, books = Oracle("a", *[down()] * FAILURES, "yes"), MemoryBooks()
    for _ in range(FAILURES):
        said_of(lambda: chain(oracle, books=books).ask("q"))
    [said] = said_of(lambda: chain(oracle, books=books).ask("q"))
    assert (said.error.kind, oracle.asked) == ("breaker_open", FAILURES)
    assert said.error.retry_after_s == 30
    later = NOW + timedelta(seconds=31)
    assert chain(oracle, books=books, at=later).ask("q").by == "a"
    assert chain(oracle, books=books, at=later).ask("q").by == "a"


def test_nonsense_opens_no_breaker() -> None:
    oracle, books = Oracle("a", ProviderNonsense("schema", "Bah.")), MemoryBooks()
    for _ in range(3 * FAILURES):
        said_of(lambda: chain(oracle, books=books).ask("q"))
    assert oracle.asked == 3 * FAILURES


def test_one_question_that_cannot_be_read_does_not_stop_the_others() -> None:
    oracle, books = Oracle("a", ProviderRefused("bad_request", "What?"), "yes"), MemoryBooks()
    said_of(lambda: chain(oracle, books=books).ask("q"))
    assert chain(oracle, books=books).ask("q").by == "a"


def test_a_refusal_stops_them_at_once() -> None:
    oracle, books = Oracle("a", ProviderRefused("key", "No."), "yes"), MemoryBooks()
    for _ in range(2):
        said_of(lambda: chain(oracle, books=books).ask("q"))
    assert oracle.asked == 1


def test_the_budget_of_the_day_ends_it_and_midnight_begins_it_anew() -> None:
    oracle, books = Oracle("a", "yes", budget=15), MemoryBooks()
    for _ in range(2):  # 10 reserved and 3 paid, twice: 6; then 16 would be too much
        chain(oracle, books=books).ask("q")
    [said] = said_of(lambda: chain(oracle, books=books).ask("q"))
    assert (said.error.kind, oracle.asked) == ("over_budget", 2)
    assert said.error.retry_after_s == 13 * 3600
    tomorrow = NOW + timedelta(hours=13)
    assert chain(oracle, books=books, at=tomorrow).ask("q").by == "a"


def test_what_a_call_cost_that_nobody_knows_is_what_was_reserved() -> None:
    oracle, books = Oracle("a", down(), budget=15), MemoryBooks()
    for _ in range(2):
        said_of(lambda: chain(oracle, books=books).ask("q"))
    assert oracle.asked == 1


def test_a_turn_is_waited_for_and_not_for_long() -> None:
    waits.clear()
    oracle = Oracle("a", "yes", a_minute=12)
    for _ in range(3):
        chain(oracle).ask("q")
    assert waits == [pytest.approx(5, abs=0.5), pytest.approx(10, abs=0.5)]
    [said] = said_of(lambda: chain(oracle).ask("q"))
    assert (said.error.kind, oracle.asked) == ("over_limit", 3)
