"""When a gradual start takes its next step."""

from datetime import UTC, datetime, timedelta

import pytest

from marketing_agent.engine.ramp import STEPS, WATCHED, Seen, cap_of, keeps_waiting

SINCE = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_one_letter_then_five_then_as_before() -> None:
    assert [cap_of(step) for step in range(len(STEPS) + 1)] == [1, 5, None]


def test_each_step_is_watched_for_an_hour() -> None:
    seen = Seen(sent=True)
    assert "until 12:00 UTC" in keeps_waiting(SINCE, seen, SINCE + WATCHED - MINUTE)
    assert keeps_waiting(SINCE, seen, SINCE + WATCHED) == ""


def test_an_hour_in_which_nothing_left_proves_nothing() -> None:
    assert "first letter" in keeps_waiting(SINCE, Seen(sent=False), SINCE + 5 * WATCHED)


@pytest.mark.parametrize("hours", [0, 1, 9])
def test_trouble_keeps_it_where_it_is(hours: int) -> None:
    seen = Seen(True, ("2 letters were blocked", "1 people complained"))
    said = keeps_waiting(SINCE, seen, SINCE + hours * WATCHED)
    assert "2 letters were blocked and 1 people complained" in said
