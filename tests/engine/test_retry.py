from datetime import UTC, datetime, timedelta

import pytest

from marketing_agent.engine.retry import block_pause, next_attempt

NOW = datetime(2025, 3, 3, 9, tzinfo=UTC)


@pytest.mark.parametrize(("failures", "hours"), [(1, 24), (2, 48), (3, 96)])
def test_waits_double(failures: int, hours: int) -> None:
    assert next_attempt(failures, greylisted=False, now=NOW) == NOW + timedelta(hours=hours)


@pytest.mark.parametrize("greylisted", [True, False])
def test_the_fourth_failure_is_the_last(greylisted: bool) -> None:
    assert next_attempt(4, greylisted, NOW) is None
    assert next_attempt(9, greylisted, NOW) is None


def test_greylisting_shortens_the_first_wait_only() -> None:
    assert next_attempt(1, greylisted=True, now=NOW) == NOW + timedelta(minutes=30)
    assert next_attempt(2, greylisted=True, now=NOW) == NOW + timedelta(hours=48)


def test_no_retry_without_a_failure() -> None:
    with pytest.raises(ValueError, match="at least one"):
        next_attempt(0, greylisted=False, now=NOW)


def test_blocks_rest_a_day_then_two_then_halve() -> None:
    steps = [block_pause(previous) for previous in (0, 1, 2, 7)]
    assert [step.pause for step in steps] == [timedelta(hours=h) for h in (24, 48, 48, 48)]
    assert [step.halve_after for step in steps] == [False, False, True, True]
