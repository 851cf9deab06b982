"""Going on after a stop: one letter a run, five, as before; by itself, and only while all is well."""

from datetime import timedelta

import pytest

from marketing_agent.accounts.models import AuditEntry
from marketing_agent.engine.values import BounceType, EmailState
from marketing_agent.operations import stop_file
from marketing_agent.operations.actions import (
    current_resumption,
    open_alert,
    resume_sending,
    resumptions,
    set_switch,
    start_stop,
)
from marketing_agent.operations.actions.resumptions import begin_resumption
from marketing_agent.operations.config import CAP_KEY, read
from marketing_agent.operations.models import Resumption
from marketing_agent.operations.resuming import go_on
from marketing_agent.operations.stop import current_stop
from marketing_agent.operations.why_overall import about_switches
from marketing_agent.outbox.models import Attempt, Complaint, Email
from operations.world import BY, HOUR, NOW, bounce, inbox, letter, sent

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def leave(hours: float) -> Email:
    """Let a letter leave so many hours after the start."""
    moment = NOW + hours * HOUR
    email = sent(moment)
    Attempt.objects.create(email=email, inbox=inbox(), at=moment, data_at=moment, outcome="sent")
    return email


@pytest.fixture
def resumed() -> None:
    set_switch(CAP_KEY, 200, BY, NOW)
    start_stop("a doubt", BY, NOW)
    resume_sending(BY, NOW, gradually=True)


def test_a_stop_that_only_the_file_orders_is_ended_gradually_too() -> None:
    stop_file.path().write_text("the wrong list went out")
    assert resume_sending(BY, NOW, gradually=True) is not None
    assert current_stop() is None
    assert read(CAP_KEY) == 1
    assert current_resumption() is not None


def test_of_two_who_resume_at_once_the_slower_one_joins_the_other(
    resumed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    del resumed
    monkeypatch.setattr(resumptions, "end_resumption", lambda *_: 200)  # it saw none in progress
    assert begin_resumption(BY, NOW) == current_resumption()
    assert Resumption.objects.count() == 1
    assert read(CAP_KEY) == 1


@pytest.mark.usefixtures("resumed")
class TestGradually:
    def test_the_stop_ends_with_the_cap_at_one(self) -> None:
        assert current_stop() is None
        assert read(CAP_KEY) == 1

    def test_it_goes_on_by_itself_when_all_is_well(self) -> None:
        caps = []
        for hours in range(4):
            leave(hours + 0.5)
            go_on(NOW + (hours + 1) * HOUR)
            caps.append(read(CAP_KEY))
        assert caps == [5, 200, 200, 200]
        assert current_resumption() is None
        assert Resumption.objects.get().ended_why == "all steps are done"

    def test_each_change_of_the_cap_is_in_the_audit(self) -> None:
        leave(0.5)
        go_on(NOW + HOUR)
        changes = AuditEntry.objects.filter(action="config.set", subject=CAP_KEY).order_by("id")
        assert [each.after["value"] for each in changes] == [200, 1, 5]

    def test_before_the_hour_is_over_it_waits_and_says_until_when(self) -> None:
        leave(0.5)
        go_on(NOW + HOUR - MINUTE)
        assert read(CAP_KEY) == 1
        said = next(about_switches())
        assert "at most 1 a cycle" in said
        assert "until 12:00 UTC" in said

    def test_a_block_keeps_it_where_it_is_until_an_hour_is_clean(self) -> None:
        bounce(leave(0.5), BounceType.BLOCK, NOW + 0.9 * HOUR)
        assert "1 letter was blocked" in str(go_on(NOW + HOUR))
        assert read(CAP_KEY) == 1
        go_on(NOW + 2 * HOUR)
        assert read(CAP_KEY) == 5

    def test_a_complaint_an_unknown_outcome_and_an_alert_do_too(self) -> None:
        email, at = leave(0.5), NOW + 0.9 * HOUR
        key = email.address_key
        Complaint.objects.create(email=email, inbox=email.inbox, address_key=key, at=at)
        letter(EmailState.UNKNOWN, updated_at=at)
        open_alert("silence", "critical", "No letter has left.", now=at)
        said = str(go_on(NOW + HOUR))
        assert "1 person complained" in said
        assert "1 letter's outcome became unknown" in said
        assert "No letter has left" in said

    def test_a_stop_puts_the_usual_cap_back_for_whoever_resumes_next(self) -> None:
        start_stop("again", BY, NOW + HOUR)
        assert read(CAP_KEY) == 200
        assert current_resumption() is None
        resume_sending(BY, NOW + 2 * HOUR, gradually=True)
        assert current_resumption().usual == 200  # type: ignore[union-attr]  # it has just begun

    def test_begun_anew_it_still_knows_what_was_usual(self) -> None:
        leave(0.5)
        go_on(NOW + HOUR)
        resume_sending(BY, NOW + HOUR, gradually=True)
        assert (read(CAP_KEY), Resumption.objects.get(ended_at=None).usual) == (1, 200)

    def test_a_person_who_sets_the_cap_takes_over(self) -> None:
        set_switch(CAP_KEY, 30, BY, NOW + MINUTE)
        leave(0.5)
        assert go_on(NOW + 2 * HOUR) == {"resuming": False}
        assert read(CAP_KEY) == 30


def test_without_a_gradual_start_nothing_is_stepped() -> None:
    assert go_on(NOW) == {"resuming": False}


def test_a_cap_of_ones_own_stays() -> None:
    start_stop("a doubt", BY, NOW)
    resume_sending(BY, NOW, max_per_run=7)
    go_on(NOW + 9 * HOUR)
    assert read(CAP_KEY) == 7
