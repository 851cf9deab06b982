from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marketing_agent.engine.pacing import (
    Window,
    bounds,
    closes_at,
    due_by,
    is_open,
    local_day,
    next_opening,
    next_slot,
    slots,
)

OFFICE = Window(frozenset(range(5)), time(9), time(17), "Europe/Berlin")
GAP = timedelta(minutes=5)
MONDAY = date(2025, 3, 3)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
CLOCK_CHANGES = [date(2025, 3, 9), date(2025, 3, 30), date(2025, 10, 26), date(2025, 11, 2)]


def utc(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start = draw(st.integers(0, 23 * 60))
    end = draw(st.integers(start + 1, 24 * 60))
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    last = time(0) if end == 24 * 60 else time(end // 60, end % 60)
    return Window(days, time(start // 60, start % 60), last, draw(st.sampled_from(ZONES)))


days = st.dates(date(2024, 1, 1), date(2027, 1, 1)) | st.sampled_from(CLOCK_CHANGES)
gaps = st.integers(0, 3600).map(lambda seconds: timedelta(seconds=seconds))


@given(windows(), days, st.integers(0, 120), st.text(max_size=8), gaps)
def test_slots_keep_every_promise(
    window: Window, day: date, quota: int, seed: str, gap: timedelta
) -> None:
    plan = slots(window, day, quota, seed, gap)
    span = bounds(window, day)
    if span is None:
        assert plan == ()
        return
    length = span[1] - span[0]
    assert all(span[0] <= moment < span[1] for moment in plan)
    assert all(is_open(window, moment) for moment in plan)
    assert all(later - earlier >= gap for earlier, later in pairwise(plan))
    fits = quota < 2 or (quota - 1) * gap < length
    assert len(plan) == quota if fits else len(plan) * gap >= length


def test_the_whole_quota_leaves_and_is_spread_over_the_day() -> None:
    plan = slots(OFFICE, MONDAY, 20, "a@example.com", GAP)
    by_hour = [sum(moment.hour == hour for moment in plan) for hour in range(8, 16)]
    assert len(plan) == 20
    assert min(by_hour) >= 1
    assert max(by_hour) <= 4


def test_slots_are_the_same_each_time_and_differ_by_inbox_and_day() -> None:
    plan = slots(OFFICE, MONDAY, 20, "a@example.com", GAP)
    tuesday = slots(OFFICE, MONDAY + timedelta(days=1), 20, "a@example.com", GAP)
    slots.cache_clear()
    assert plan == slots(OFFICE, MONDAY, 20, "a@example.com", GAP)
    assert plan != slots(OFFICE, MONDAY, 20, "b@example.com", GAP)
    assert plan != tuple(moment - timedelta(days=1) for moment in tuesday)


def test_due_counts_from_none_to_all() -> None:
    def due(moment: datetime) -> int:
        return due_by(OFFICE, moment, 20, "a", GAP)

    assert due(utc(MONDAY, 7, 59)) == 0
    assert 8 <= due(utc(MONDAY, 12)) <= 12
    assert due(utc(MONDAY, 16)) == due(utc(MONDAY, 22)) == 20
    assert due(utc(date(2025, 3, 2), 12)) == 0  # a Sunday


@given(days, st.integers(0, 40), st.integers(0, 1439), st.integers(0, 1439))
def test_due_never_falls_during_a_day(day: date, quota: int, one: int, other: int) -> None:
    early, late = sorted((one, other))
    zone = Window(frozenset(range(7)), time(9), time(17), "UTC")
    counts = [
        due_by(zone, utc(day, minute // 60, minute % 60), quota, "a", GAP)
        for minute in (early, late)
    ]
    assert 0 <= counts[0] <= counts[1] <= quota


def test_next_slot_is_the_first_after_now_or_none() -> None:
    plan = slots(OFFICE, MONDAY, 5, "a", GAP)
    assert next_slot(OFFICE, utc(MONDAY, 1), 5, "a", GAP) == plan[0]
    assert next_slot(OFFICE, plan[0], 5, "a", GAP) == plan[1]
    assert next_slot(OFFICE, plan[-1], 5, "a", GAP) is None


def test_the_window_follows_the_inboxes_own_clock() -> None:
    assert not is_open(OFFICE, utc(MONDAY, 7, 59))
    assert is_open(OFFICE, utc(MONDAY, 8))
    assert closes_at(OFFICE, utc(MONDAY, 8)) == utc(MONDAY, 16)
    assert not is_open(OFFICE, utc(MONDAY, 16))
    assert closes_at(OFFICE, utc(MONDAY, 16)) is None


def test_a_closed_window_opens_on_the_next_working_day() -> None:
    friday = date(2025, 3, 28)  # the clocks go forward on the Sunday after
    assert next_opening(OFFICE, utc(friday, 20)) == utc(date(2025, 3, 31), 7)
    assert next_opening(OFFICE, utc(friday, 9)) == utc(friday, 9)


@given(windows(), st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)))  # noqa: DTZ001  made aware below
def test_the_next_opening_is_open_and_nothing_before_it_is(window: Window, naive: datetime) -> None:
    now = naive.replace(tzinfo=UTC)
    opening = next_opening(window, now)
    assert opening >= now
    assert is_open(window, opening)
    if opening > now:
        assert not is_open(window, opening - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2025, 3, 30), 23), (date(2025, 10, 26), 25), (MONDAY, 24)]
)
def test_a_local_day_has_as_many_hours_as_the_clocks_say(day: date, hours: int) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    found, start, end = local_day("Europe/Berlin", noon)
    assert found == day
    assert end - start == timedelta(hours=hours)
    assert start <= noon < end


@given(st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)), st.sampled_from(ZONES))  # noqa: DTZ001  made aware below
@example(datetime(2025, 4, 5, 15, 15), "Australia/Lord_Howe")  # noqa: DTZ001  half an hour repeats
def test_local_days_follow_one_another_without_a_gap(naive: datetime, zone: str) -> None:
    now = naive.replace(tzinfo=UTC)
    day, start, end = local_day(zone, now)
    assert start <= now < end
    assert local_day(zone, end)[:2] == (day + timedelta(days=1), end)


def test_an_hour_that_the_clocks_skip_is_no_window() -> None:
    skipped = Window(frozenset({6}), time(2, 30), time(3), "Europe/Berlin")
    assert slots(skipped, date(2025, 3, 30), 5, "a", GAP) == ()
    assert next_opening(skipped, utc(date(2025, 3, 29), 0)).date() == date(2025, 4, 6)


def test_a_window_may_last_until_midnight() -> None:
    night = Window(frozenset({0}), time(22), time(0), "UTC")
    assert closes_at(night, utc(MONDAY, 23)) == utc(MONDAY + timedelta(days=1), 0)


@pytest.mark.parametrize(
    ("days", "start", "end"),
    [
        (frozenset(), 9, 17),
        (frozenset({7}), 9, 17),
        (frozenset({0}), 17, 9),
        (frozenset({0}), 9, 9),
    ],
)
def test_windows_that_never_open_are_refused(days: frozenset[int], start: int, end: int) -> None:
    with pytest.raises(ValueError, match=r"window (must|needs)"):
        Window(days, time(start), time(end), "UTC")


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(KeyError):
        Window(frozenset({0}), time(9), time(17), "Mars/Olympus")
