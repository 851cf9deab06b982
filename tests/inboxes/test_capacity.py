"""The day's limit and what is left of it, derived from the records."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inboxes.world import BY, DAY, NOW, a_letter, an_inbox, bounce, complain, letters
from marketing_agent.engine.values import EmailState, Outcome
from marketing_agent.engine.warmup import Bound, Limit
from marketing_agent.inboxes.actions import apply_health, pause
from marketing_agent.inboxes.capacity import InboxDay, days
from marketing_agent.inboxes.models import HealthReading, Inbox
from marketing_agent.outbox.models import Email

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


def day_of(inbox: Inbox, now: datetime = NOW) -> InboxDay:
    return days([inbox], now)[inbox.pk]


def rest(inbox: Inbox, start: datetime, **facts: object) -> None:
    until = start + WEEK
    pause(inbox.pk, cause="health", reason="poor", until=until, by=BY, now=start, **facts)


def test_a_mature_inbox_has_its_daily_limit() -> None:
    found = day_of(an_inbox())
    assert (found.limit, found.week) == (Limit(40, Bound.DAILY_LIMIT), None)
    assert (found.remaining, found.warm_only) == (40, False)


def test_a_new_inbox_begins_with_five() -> None:
    inbox = an_inbox(warmup_enabled=True, warmup_start_date=NOW.date())
    assert (day_of(inbox).limit, day_of(inbox).week) == (Limit(5, Bound.WARM_UP), 1)


def test_before_its_start_date_nothing_leaves() -> None:
    inbox = an_inbox(warmup_enabled=True, warmup_start_date=date(2025, 4, 1))
    assert (day_of(inbox).limit.value, day_of(inbox).due_now) == (0, 0)


@pytest.mark.parametrize(("weeks", "limit"), [([], 5), ([2], 10), ([1, 2], 15), ([0, 1, 2], 20)])
def test_only_weeks_with_letters_count(weeks: list[int], limit: int) -> None:
    start = NOW - 3 * WEEK
    inbox = an_inbox(warmup_enabled=True, warmup_start_date=start.date())
    for week in weeks:
        a_letter(inbox, start + week * WEEK + 5 * DAY)
    assert day_of(inbox).limit.value == limit


def test_fourteen_idle_days_are_one_step_back() -> None:
    start = NOW - 6 * WEEK
    inbox = an_inbox(warmup_enabled=True, warmup_start_date=start.date())
    for week in range(4):
        a_letter(inbox, start + week * WEEK)
    assert day_of(inbox, start + 4 * WEEK).week == 5
    assert day_of(inbox, start + 5 * WEEK).week == 4


def test_a_long_history_is_read_in_part_and_still_gives_the_full_limit() -> None:
    start = NOW - 40 * WEEK
    inbox = an_inbox(warmup_enabled=True, warmup_start_date=start.date())
    for week in range(40):
        a_letter(inbox, start + week * WEEK)
    assert day_of(inbox).limit.value == 40


def test_the_day_is_the_inbox_s_own() -> None:
    inbox = an_inbox(zone="Pacific/Auckland")  # midnight there is 11:00 UTC
    a_letter(inbox, NOW.replace(hour=10, minute=59))
    a_letter(inbox, NOW.replace(hour=11, minute=1))
    found = day_of(inbox)
    assert found.sent_today == 1
    assert found.resets_at == NOW.replace(hour=11) + DAY


def test_every_letter_that_came_to_data_counts_and_claimed_ones_are_reserved() -> None:
    inbox = an_inbox()
    sent, claimed, refused = letters(inbox, 3, NOW - timedelta(hours=1))
    sent.attempts.update(outcome=None)
    claimed.attempts.all().delete()
    refused.attempts.update(outcome=Outcome.TEMPORARY)
    Email.objects.filter(pk=claimed.pk).update(state=EmailState.CLAIMED)
    found = day_of(inbox)
    assert (found.sent_today, found.reserved, found.remaining) == (2, 1, 37)


def test_health_between_50_and_80_halves_the_limit_and_keeps_to_warm_leads() -> None:
    inbox = an_inbox()
    HealthReading.objects.create(inbox=inbox, day=NOW.date(), band="fair", score=70, at=NOW - DAY)
    found = day_of(inbox)
    assert (found.limit, found.halved, found.warm_only) == (Limit(20, Bound.HEALTH), True, True)
    HealthReading.objects.create(inbox=inbox, day=NOW.date() + DAY, band="good", score=90, at=NOW)
    assert day_of(inbox).limit.value == 40


def test_after_a_served_pause_comes_probation_that_doubles_weekly() -> None:
    inbox = an_inbox()
    rest(inbox, NOW - WEEK)
    for weeks, limit in ((0, 5), (1, 10), (2, 20), (3, 40)):
        found = day_of(inbox, NOW + weeks * WEEK)
        assert (found.limit.value, found.warm_only) == (limit, weeks < 3)
    assert day_of(inbox).limit.bound == Bound.PROBATION


def test_probation_does_not_grow_while_something_speaks_against_the_inbox() -> None:
    inbox = an_inbox()
    rest(inbox, NOW - WEEK)
    complain(a_letter(inbox, NOW + DAY))
    found = day_of(inbox, NOW + 2 * WEEK)
    assert (found.limit, found.warm_only) == (Limit(5, Bound.PROBATION), True)


def test_one_bounce_does_not_end_a_probation_that_goes_well() -> None:
    inbox = an_inbox()
    rest(inbox, NOW - WEEK)
    for letter in letters(inbox, 5, NOW + DAY)[:1]:
        bounce(letter)
    assert day_of(inbox, NOW + WEEK).limit.value == 10


def test_repeated_blocks_halve_the_limit_for_a_week() -> None:
    inbox = an_inbox()
    end = NOW - DAY
    facts = {"provider": "google", "evidence": {"halve_after": True}}
    pause(inbox.pk, cause="block", reason="b", until=end, by=BY, now=end - DAY, **facts)
    assert day_of(inbox).limit == Limit(20, Bound.BLOCK)
    assert day_of(inbox, end + WEEK).limit.value == 40


def test_a_block_pauses_one_provider_and_nothing_else() -> None:
    inbox = an_inbox()
    until = NOW + DAY
    pause(inbox.pk, cause="block", reason="b", until=until, by=BY, now=NOW, provider="google")
    found = day_of(inbox)
    assert (list(found.provider_pauses), found.pause, found.remaining) == (["google"], None, 40)


def test_nothing_is_due_while_paused_or_outside_the_window() -> None:
    inbox = an_inbox()
    assert day_of(inbox).due_now > 0
    night = NOW.replace(hour=3)
    found = day_of(inbox, night)
    assert (found.open, found.due_now, found.opens_at) == (False, 0, NOW.replace(hour=9))
    pause(inbox.pk, cause="manual", reason="x", until=None, by=BY, now=NOW)
    assert (day_of(inbox).remaining, day_of(inbox).due_now) == (0, 0)


def test_the_spread_gives_part_of_the_quota_at_noon_and_all_of_it_in_the_end() -> None:
    inbox = an_inbox()
    assert 0 < day_of(inbox).due_now < 40
    assert day_of(inbox, NOW.replace(hour=16, minute=59, second=59)).due_now == 40


def test_with_a_minimum_gap_letters_are_due_one_at_a_time() -> None:
    inbox = an_inbox(minimum_gap_s=60)
    assert day_of(inbox).due_now == 1
    a_letter(inbox, NOW)
    assert day_of(inbox, NOW + timedelta(seconds=59)).due_now == 0
    assert day_of(inbox, NOW + timedelta(seconds=60)).due_now == 1


def test_the_number_of_queries_does_not_grow_with_the_inboxes() -> None:
    def ask(count: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            days(Inbox.objects.all()[:count], NOW)
        return len(captured)

    for n in range(9):
        zone = ("UTC", "Asia/Tokyo")[n % 2]
        inbox = an_inbox(f"inbox{n}@example.com", warmup_enabled=True, zone=zone)
        rest(inbox, NOW - WEEK - timedelta(hours=n))
        letters(inbox, 3, NOW - DAY)
    apply_health(NOW)
    assert ask(9) == ask(2) < 15
