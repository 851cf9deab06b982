"""Pauses are records."""

from datetime import timedelta

import pytest

from inboxes.world import BY, NOW, an_inbox
from marketing_agent.accounts.models import AuditEntry
from marketing_agent.inboxes.actions import pause, resume
from marketing_agent.inboxes.models import Pause
from marketing_agent.inboxes.rests import rests

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def test_a_pause_says_who_when_why_and_until() -> None:
    inbox = an_inbox()
    row = pause(inbox.pk, cause="manual", reason="odd replies", until=NOW + HOUR, by=BY, now=NOW)
    assert (row.started_by, row.started_at, row.until) == ("ada", NOW, NOW + HOUR)
    assert rests([inbox.pk], NOW)[inbox.pk].pause == row
    assert rests([inbox.pk], NOW + HOUR)[inbox.pk].pause is None


def test_pausing_twice_by_hand_is_one_pause() -> None:
    inbox = an_inbox()
    for _ in range(2):
        pause(inbox.pk, cause="manual", reason="x", until=None, by=BY, now=NOW)
    assert Pause.objects.count() == 1


def test_resuming_ends_every_pause_of_the_inbox_but_not_those_of_a_provider() -> None:
    inbox = an_inbox()
    for cause in ("manual", "health"):
        pause(inbox.pk, cause=cause, reason="x", until=None, by=BY, now=NOW)
    pause(inbox.pk, cause="block", reason="b", until=None, by=BY, now=NOW, provider="google")
    assert resume(inbox.pk, BY, NOW + HOUR) == 2
    found = rests([inbox.pk], NOW + HOUR)[inbox.pk]
    assert (found.pause, list(found.provider_pauses)) == (None, ["google"])
    assert resume(inbox.pk, BY, NOW + HOUR, provider="google") == 1
    assert resume(inbox.pk, BY, NOW + HOUR) == 0
    assert AuditEntry.objects.filter(action="inbox.resume").count() == 3


def test_the_pause_that_lasts_longest_is_shown() -> None:
    inbox = an_inbox()
    for until in (NOW + HOUR, None, NOW + 2 * HOUR):
        pause(inbox.pk, cause="account", reason="x", until=until, by=BY, now=NOW)
    found = rests([inbox.pk], NOW)[inbox.pk].pause
    assert found is not None
    assert found.until is None


def test_the_half_limit_follows_the_second_pause_of_a_week_for_a_week() -> None:
    inbox = an_inbox()
    pause(
        inbox.pk,
        cause="block",
        reason="b",
        until=NOW + HOUR,
        by=BY,
        now=NOW,
        provider="google",
        evidence={"halve_after": True},
    )
    week = timedelta(days=7)
    assert rests([inbox.pk], NOW)[inbox.pk].halved_until is None
    assert rests([inbox.pk], NOW + HOUR)[inbox.pk].halved_until == NOW + HOUR + week
    assert rests([inbox.pk], NOW + HOUR + week)[inbox.pk].halved_until is None
