"""Breaker and limiter: pure decisions about when a service is asked."""

from datetime import UTC, datetime, timedelta

import pytest

from marketing_agent.providers.breaker import (
    FAILURES,
    LONGEST_REST,
    LONGEST_RETRY_AFTER,
    PROBE,
    REFUSED_REST,
    Breaker,
    Position,
    admit,
    failed,
    refused,
)
from marketing_agent.providers.limiter import Limiter, limiter_of

NOW = datetime(2026, 3, 4, 11, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def after_failures(count: int) -> Breaker:
    breaker = Breaker()
    for _ in range(count):
        breaker = failed(breaker, NOW)
    return breaker


def test_it_opens_after_failures_in_a_row_and_not_before() -> None:
    assert after_failures(FAILURES - 1).position(NOW) is Position.CLOSED
    opened = after_failures(FAILURES)
    assert opened.position(NOW) is Position.OPEN
    assert admit(opened, NOW) is None
    assert opened.rest_until(NOW) == NOW + 30 * SECOND


def test_half_open_lets_one_probe_through_and_no_second() -> None:
    later = NOW + 30 * SECOND
    opened = after_failures(FAILURES)
    assert opened.position(later) is Position.HALF_OPEN
    probing = admit(opened, later)
    assert probing is not None
    assert admit(probing, later) is None
    assert admit(probing, later + PROBE) is not None  # the first one died with its process


def test_a_probe_that_fails_opens_it_for_twice_as_long() -> None:
    opened = after_failures(FAILURES)
    later = NOW + 30 * SECOND
    again = failed(admit(opened, later) or opened, later)
    assert again.rest_until(later) == later + 60 * SECOND


def test_no_rest_is_longer_than_half_an_hour() -> None:
    assert after_failures(500).rest_until(NOW) == NOW + LONGEST_REST


def test_a_wait_that_the_service_asks_for_is_kept_from_the_first_failure_on() -> None:
    waiting = failed(Breaker(), NOW, 7 * SECOND)
    assert waiting.position(NOW + 6 * SECOND) is Position.OPEN
    assert waiting.position(NOW + 7 * SECOND) is Position.HALF_OPEN
    forever = failed(Breaker(), NOW, timedelta(days=999))
    assert forever.rest_until(NOW) == NOW + LONGEST_RETRY_AFTER


def test_a_refusal_opens_it_at_once() -> None:
    assert refused(Breaker(), NOW).rest_until(NOW) == NOW + REFUSED_REST


def test_a_closed_one_rests_until_now() -> None:
    assert Breaker().rest_until(NOW) == NOW


class Ticks:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_turns_come_at_an_even_pace_after_a_burst() -> None:
    ticks = Ticks()
    limiter = Limiter(60, burst=2, clock=ticks)
    assert [limiter.turn(10) for _ in range(4)] == [0, 0, pytest.approx(1), pytest.approx(2)]
    ticks.now += 60
    assert [limiter.turn(10) for _ in range(3)] == [0, 0, pytest.approx(1)]


def test_a_turn_that_is_too_far_away_is_not_taken() -> None:
    ticks = Ticks()
    limiter = Limiter(1, clock=ticks)
    assert limiter.turn(5) == 0
    assert limiter.turn(5) is None
    ticks.now += 56
    assert limiter.turn(5) == pytest.approx(4)


def test_a_process_has_one_limiter_a_service() -> None:
    assert limiter_of("a", 60, 1) is limiter_of("a", 60, 1)
    assert limiter_of("a", 60, 1) is not limiter_of("b", 60, 1)
