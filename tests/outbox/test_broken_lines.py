"""A line that keeps breaking costs one letter its certainty, and not all that wait behind it."""

from datetime import timedelta

import pytest

from marketing_agent.engine.values import EmailState
from marketing_agent.inboxes.models import Pause
from marketing_agent.outbox.models import Attempt, Bounce, Email
from marketing_agent.sandbox.answers import Mishap, Verb, as_usual
from outbox.mailroom import MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


@pytest.fixture
def ready(room: MailRoom) -> MailRoom:
    room.inbox(window_days="0,1,2,3,4,5,6")
    room.campaign(steps=1)
    room.people("anna", "ben", "clara", "dora")
    return room


def states(room: MailRoom) -> dict[str, str]:
    del room
    rows = Email.objects.order_by("id").values_list("address_key", "state")
    return {address.partition("@")[0]: state for address, state in rows}


def test_behind_an_unknown_outcome_the_others_wait_for_a_better_line(ready: MailRoom) -> None:
    ready.answer(Verb.FINAL, Mishap.CLOSE)
    ready.cycle()
    assert list(states(ready).values()) == ["unknown", "planned", "planned", "planned"]
    waiting = Email.objects.filter(state=EmailState.PLANNED)
    due = ready.clock.now() + timedelta(minutes=15)
    assert set(waiting.values_list("reason_code", "due_at")) == {("connection_broken", due)}
    ready.smtp.decide = as_usual
    ready.later(minutes=5)
    assert ready.cycle().outcomes.total() == 0
    ready.later(days=1)
    assert ready.cycle().outcomes["sent"] == 3


def test_three_unknown_outcomes_in_a_row_pause_the_inbox(ready: MailRoom) -> None:
    ready.answer(Verb.FINAL, Mishap.CLOSE)
    for _ in range(4):
        ready.cycle()
        ready.later(days=1)
    assert list(states(ready).values()) == ["unknown"] * 3 + ["unknown"]
    assert Pause.objects.count() == 2  # once after the third, and again after the fourth
    assert "3 letters in a row" in Pause.objects.earliest("id").reason


def test_a_letter_that_was_accepted_in_between_breaks_the_row(ready: MailRoom) -> None:
    for answer in (Mishap.CLOSE, None, Mishap.CLOSE):
        ready.answer(Verb.FINAL, answer)
        ready.cycle(limit=1)
        ready.later(days=1)
    assert Attempt.objects.filter(outcome="unknown").count() == 2
    assert not Pause.objects.exists()


def test_after_the_second_break_before_data_the_lane_leaves_the_server_alone(
    ready: MailRoom,
) -> None:
    ready.answer(Verb.RCPT, Mishap.CLOSE)
    assert ready.cycle().refused["connection_broken"] == 2
    assert Attempt.objects.count() == 2


def test_one_break_does_not_keep_the_others_waiting(ready: MailRoom) -> None:
    ready.answer(Verb.RCPT, Mishap.CLOSE, to="ben@")
    assert ready.cycle().outcomes == {"sent": 3, "temporary": 1}


def test_a_server_s_farewell_counts_against_nobody(ready: MailRoom) -> None:
    ready.answer(Verb.RCPT, "421 4.3.2 shutting down")
    for _ in range(6):
        ready.cycle()
        ready.later(days=2)
    assert set(states(ready).values()) <= {"retry", "planned"}
    assert not Bounce.objects.exists()
    assert Email.objects.filter(failures__gt=0).count() == 0
