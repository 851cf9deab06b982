from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.engine.warmup import (
    Bound,
    Limit,
    calendar_week,
    effective_limit,
    half,
    send_history,
    warmup_limit,
    warmup_week,
)

START = date(2025, 1, 1)


def day(number: int) -> date:
    return START + timedelta(days=number)


def week_after(sends: list[int], today: int) -> int:
    history = send_history(START, day(today), [day(each) for each in sends])
    return warmup_week(START, day(today), history.weeks_with_sends, history.idle_days)


@pytest.mark.parametrize(
    ("week", "limit"),
    [(0, 0), (1, 5), (2, 10), (3, 15), (4, 20), (5, 25), (6, 30), (8, 40), (99, 40)],
)
def test_schedule_is_the_printed_one(week: int, limit: int) -> None:
    assert warmup_limit(week) == limit


def test_nothing_leaves_before_the_start_date() -> None:
    assert warmup_limit(warmup_week(START, day(-1), 0, 0)) == 0


def test_a_week_needs_both_time_and_letters() -> None:
    assert warmup_week(START, day(20), weeks_with_sends=0, idle_days=0) == 1
    assert warmup_week(START, day(3), weeks_with_sends=7, idle_days=0) == 1
    assert warmup_week(START, day(20), weeks_with_sends=2, idle_days=0) == 3


def test_the_first_letter_of_a_week_does_not_raise_that_days_limit() -> None:
    assert week_after([], 15) == week_after([15], 15) == 1


def test_steady_sending_climbs_a_week_at_a_time() -> None:
    assert [week_after(list(range(n)), n) for n in (0, 6, 7, 13, 14, 49)] == [1, 1, 2, 2, 3, 8]


def test_fourteen_idle_days_step_one_back_and_thirteen_do_not() -> None:
    sends = list(range(28))
    assert week_after(sends, 27 + 13) == 5
    assert week_after(sends, 27 + 14) == 4


def test_an_idle_fortnight_is_felt_by_a_mature_inbox() -> None:
    mature = list(range(280))
    assert warmup_limit(week_after(mature, 279)) == 40
    assert warmup_limit(week_after(mature, 279 + 14)) == 35
    assert warmup_limit(week_after(mature, 279 + 28)) == 30


def test_the_step_back_outlives_the_first_letter_after_the_rest_and_is_regained() -> None:
    sends = [*range(28), 56]
    assert week_after(sends, 56) < 5
    climbing = [*range(28), *range(56, 200)]
    assert warmup_limit(week_after(climbing, 200)) == 40


@given(st.integers(-30, 900), st.sets(st.integers(0, 900)))
def test_the_week_never_runs_ahead_of_calendar_or_letters(today: int, sends: set[int]) -> None:
    week = week_after(sorted(sends), today)
    earlier = {each // 7 for each in sends if each // 7 < max(0, today) // 7}
    assert 0 <= week <= calendar_week(START, day(today))
    assert week <= len(earlier) + 1


@given(
    warmup=st.none() | st.integers(0, 40),
    daily=st.integers(0, 100),
    health=st.none() | st.integers(0, 50),
    probation=st.none() | st.integers(0, 40),
)
def test_the_smallest_bound_decides_and_names_itself(
    warmup: int | None, daily: int, health: int | None, probation: int | None
) -> None:
    limit = effective_limit(
        warmup=warmup, daily_limit=daily, health_cap=health, probation=probation, halved=False
    )
    named = {
        Bound.WARM_UP: warmup,
        Bound.DAILY_LIMIT: daily,
        Bound.HEALTH: health,
        Bound.PROBATION: probation,
    }
    known = [value for value in named.values() if value is not None]
    assert limit.value == min(known) == named[limit.bound]


def test_blocks_halve_what_is_left_but_never_to_nothing() -> None:
    def limit(daily: int) -> Limit:
        return effective_limit(
            warmup=None, daily_limit=daily, health_cap=None, probation=None, halved=True
        )

    assert limit(25) == Limit(12, Bound.BLOCK)
    assert limit(1) == Limit(1, Bound.BLOCK)
    assert half(0) == 0
