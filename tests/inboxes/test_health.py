"""Health from the records of 28 days, and the pauses that follow."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inboxes.world import BY, DAY, NOW, a_letter, an_inbox, bounce, complain, letters, reply
from marketing_agent.engine.health import Band, Evidence, Verdict
from marketing_agent.engine.values import BounceType, Outcome
from marketing_agent.inboxes.actions import apply_health, check_inbox, resume
from marketing_agent.inboxes.health import assess_inbox, current, evidence, trend
from marketing_agent.inboxes.models import HealthReading, Inbox, Pause

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


def test_letters_bounces_complaints_and_replies_are_counted_as_distinct_letters() -> None:
    inbox = an_inbox(warmup_enabled=True)
    first, second, third, fourth, *_ = letters(inbox, 30, NOW - DAY)
    bounce(first)
    bounce(second, BounceType.BLOCK)
    bounce(third, BounceType.SOFT)
    complain(fourth)
    for letter in (fourth, fourth, third):
        reply(letter)
    bounce(a_letter(inbox, NOW - DAY, Outcome.HARD))  # refused at once, so never accepted
    assert evidence(inbox.pk, NOW) == Evidence(
        sent=31,
        hard_bounces=2,
        block_bounces=1,
        complaints=1,
        replies=2,
        age_days=70,
        last_ten_hard=2,
    )


def test_what_is_older_than_28_days_or_another_inbox_s_does_not_count() -> None:
    inbox, other = an_inbox(), an_inbox("inbox2@example.com")
    for letter in (a_letter(inbox, NOW - 28 * DAY - timedelta(seconds=1)), a_letter(other, NOW)):
        bounce(letter)
        complain(letter)
        reply(letter)
    found = evidence(inbox.pk, NOW)
    assert (found.sent, found.hard_bounces, found.complaints, found.replies) == (0, 0, 0, 0)


def test_with_few_letters_the_health_is_unknown_and_nothing_follows() -> None:
    inbox = an_inbox()
    letters(inbox, 5, NOW - DAY)
    assert apply_health(NOW) == {"read": 1, "paused": 0, "halved": 0}
    reading = HealthReading.objects.get()
    assert (reading.score, reading.band) == (None, Band.UNKNOWN)


def test_three_hard_bounces_in_the_last_ten_letters_pause_for_seven_days() -> None:
    inbox = an_inbox()
    for letter in letters(inbox, 12, NOW - DAY)[-3:]:
        bounce(letter)
    assert check_inbox(inbox.pk, NOW)["paused"] == 1
    found = Pause.objects.get()
    assert (found.cause, found.until) == ("health", NOW + WEEK)
    assert "last ten" in found.reason
    assert found.evidence["hard_bounces"] == 3
    assert check_inbox(inbox.pk, NOW)["paused"] == 0


def test_three_hard_bounces_before_the_last_ten_letters_do_not() -> None:
    inbox = an_inbox()
    for letter in letters(inbox, 13, NOW - DAY)[:3]:
        bounce(letter)
    assert evidence(inbox.pk, NOW).last_ten_hard == 0
    assert check_inbox(inbox.pk, NOW)["paused"] == 0


def test_a_served_pause_closes_its_evidence_even_for_what_arrives_later() -> None:
    inbox = an_inbox()
    written = letters(inbox, 12, NOW - DAY)
    for letter in written[-3:]:
        bounce(letter)
    check_inbox(inbox.pk, NOW)
    assert evidence(inbox.pk, NOW + DAY).hard_bounces == 3
    later = NOW + WEEK + DAY
    bounce(written[0], at=later)
    assert evidence(inbox.pk, later) == Evidence(0, 0, 0, 0, 0, None, 0)
    assert check_inbox(inbox.pk, later)["paused"] == 0


def test_a_pause_that_a_person_ended_is_not_taken_up_again() -> None:
    inbox = an_inbox()
    for letter in letters(inbox, 12, NOW - DAY)[-3:]:
        bounce(letter)
    check_inbox(inbox.pk, NOW)
    resume(inbox.pk, BY, NOW + DAY)
    assert check_inbox(inbox.pk, NOW + DAY)["paused"] == 0


def test_a_day_keeps_one_reading_and_days_make_a_trend() -> None:
    inbox = an_inbox()
    letters(inbox, 25, NOW - DAY)
    for moment in (NOW, NOW + timedelta(hours=1), NOW + DAY):
        apply_health(moment)
    assert [(row.day - NOW.date()).days for row in trend([inbox.pk], NOW + DAY)[inbox.pk]] == [0, 1]
    assert trend([inbox.pk], NOW)[inbox.pk][0].score == 100


def test_a_poor_rate_over_enough_letters_pauses() -> None:
    inbox = an_inbox()
    written = letters(inbox, 100, NOW - 2 * DAY)
    for letter in written[:12]:
        bounce(letter)
    health = assess_inbox(inbox.pk, NOW)
    assert (health.verdict, health.band) == (Verdict.PAUSE, Band.POOR)


def test_many_inboxes_are_scored_with_as_many_queries_as_two() -> None:
    def ask(ids: list[int]) -> int:
        with CaptureQueriesContext(connection) as captured:
            current(ids, NOW)
        return len(captured)

    ids = [an_inbox(f"inbox{n}@example.com").pk for n in range(8)]
    for inbox in Inbox.objects.all():
        letters(inbox, 3, NOW - DAY)
    assert ask(ids) == ask(ids[:2]) < 10
