from datetime import timedelta

import pytest

from marketing_agent.campaigns.actions import pause_campaign
from marketing_agent.campaigns.models import Enrollment
from marketing_agent.engine.door import Refusal
from marketing_agent.engine.values import BounceType, EmailState, Stage, SuppressionCause
from marketing_agent.inboxes.actions import pause
from marketing_agent.mail.parse import parse
from marketing_agent.operations.actions import end_stop, set_switch, start_stop
from marketing_agent.outbox.actions.responses import (
    FailureReport,
    record_bounce,
    reply_received,
)
from marketing_agent.outbox.actions.suppress import suppress
from marketing_agent.outbox.deliver import Delivery
from marketing_agent.outbox.desk import DirectDesk
from marketing_agent.outbox.models import Attempt, Email
from marketing_agent.outbox.send import rehearse, run_cycle
from marketing_agent.outbox.tickets import Look
from marketing_agent.prospects.models import Prospect
from marketing_agent.workers.threads import InlineLanes
from outbox.mailroom import BY, MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


@pytest.fixture
def ready(room: MailRoom) -> MailRoom:
    room.inbox()
    room.campaign()
    return room


def test_a_due_letter_leaves_once_with_all_the_law_wants(ready: MailRoom) -> None:
    ready.people("anna")
    result = ready.cycle()
    again = ready.cycle()
    assert (result.planned, result.outcomes["sent"]) == (1, 1)
    assert (again.planned, again.outcomes.total()) == (0, 0)
    [delivery] = ready.smtp.accepted
    mail = parse(delivery.raw)
    text = mail.text or ""
    assert "Hello Anna" in text
    assert "1 Example Street" in text
    unfolded = delivery.raw.replace(b"\r\n ", b" ")
    assert b"List-Unsubscribe: <mailto:inbox1@example.com?subject=unsubscribe" in unfolded
    assert mail.message_id == ready.letter("anna").message_id


def test_a_sent_letter_moves_prospect_and_sequence_on(ready: MailRoom) -> None:
    [anna] = ready.people("anna")
    ready.cycle()
    anna.refresh_from_db()
    enrollment = Enrollment.objects.get(prospect=anna)
    assert anna.stage == Stage.CONTACTED
    assert (enrollment.state, enrollment.next_step) == ("active", 2)
    assert enrollment.next_due_at == ready.clock.now() + timedelta(days=3)


def test_a_follow_up_s_attempt_says_what_the_last_look_for_an_answer_came_to(
    ready: MailRoom,
) -> None:
    ready.people("anna")
    ready.cycle()
    ready.later(days=4)
    asked: list[str] = []

    def look(email: Email) -> Look:
        asked.append(email.kind)
        return Look(note="no answer by IMAP (3 ms)")

    delivery = Delivery(DirectDesk(ready.clock.now), InlineLanes(), ready.clock.now, look)
    assert run_cycle(delivery, "test").outcomes["sent"] == 1
    assert asked == ["follow_up"]
    assert [each.look for each in Attempt.objects.order_by("id")] == [
        "",
        "no answer by IMAP (3 ms)",
    ]


def test_an_answer_that_the_last_look_finds_keeps_the_follow_up_back(ready: MailRoom) -> None:
    ready.people("anna")
    ready.cycle()
    due = ready.later(days=4) + timedelta(minutes=10)
    refusal = Refusal("answer_unread", "A mail has arrived.", next_try=due)
    delivery = Delivery(
        DirectDesk(ready.clock.now), InlineLanes(), ready.clock.now, lambda _: Look(refusal)
    )
    assert run_cycle(delivery, "test").refused == {"answer_unread": 1}
    letter = ready.letter("anna")
    assert (letter.state, letter.due_at, letter.reason) == ("planned", due, "A mail has arrived.")
    assert len(ready.smtp.accepted) == 1


def test_a_follow_up_stays_with_its_inbox_and_thread(ready: MailRoom) -> None:
    ready.people("anna")
    ready.cycle()
    ready.inbox("inbox2@example.com")
    ready.later(days=3)
    ready.cycle()
    first, second = (parse(each.raw) for each in ready.smtp.accepted)
    assert second.in_reply_to == first.message_id
    assert second.subject == "Re: Hi"
    assert {each.envelope_from for each in ready.smtp.accepted} == {"inbox1@example.com"}


def test_a_follow_up_to_a_letter_that_came_back_softly_keeps_its_thread(ready: MailRoom) -> None:
    ready.people("anna")
    ready.cycle()
    first = ready.letter("anna")
    report = FailureReport(first.address_key, BounceType.SOFT, "5.2.2")
    record_bounce(first, report, None, ready.clock.now())
    ready.later(days=3)
    ready.cycle()
    second = ready.letter("anna")
    assert (second.state, second.subject) == (EmailState.SENT, "Re: Hi")
    assert second.in_reply_to == first.message_id


def test_two_letters_to_one_address_are_a_day_apart(ready: MailRoom) -> None:
    set_switch("window_days", "0,1,2,3,4,5,6", BY, ready.clock.now())
    ready.people("anna")
    ready.cycle()
    Enrollment.objects.update(next_due_at=ready.clock.now())
    assert ready.cycle().refused["too_soon"] == 1
    assert "24 h" in Enrollment.objects.get().refusal
    ready.later(hours=24)
    assert ready.cycle().outcomes["sent"] == 1


def test_nothing_leaves_under_stop_and_the_reason_is_told(ready: MailRoom) -> None:
    ready.people("anna")
    start_stop("wrong list", BY, ready.clock.now())
    result = ready.cycle()
    assert result.refused["emergency_stop"] == 1
    assert "wrong list" in result.note
    assert not ready.smtp.accepted
    end_stop(BY, ready.clock.now())
    assert ready.cycle().outcomes["sent"] == 1


def test_the_stop_stands_on_the_letters_that_it_keeps(ready: MailRoom) -> None:
    ready.people("anna")
    ready.plan()
    start_stop("wrong list", BY, ready.clock.now())
    rehearse(ready.clock.now())
    assert ready.letter("anna").reason_code == ""
    ready.cycle()
    letter = ready.letter("anna")
    assert (letter.reason_code, letter.state) == ("emergency_stop", EmailState.PLANNED)
    assert "wrong list" in letter.reason


def test_a_stop_between_claim_and_data_is_in_time(ready: MailRoom) -> None:
    ready.people("anna")
    claimed = ready.claimed()
    start_stop("now", BY, ready.clock.now())
    assert ready.deliver(claimed).refused["emergency_stop"] == 1
    assert not ready.smtp.accepted
    assert not Attempt.objects.exists()
    letter = ready.letter("anna")
    assert (letter.state, letter.reason_code) == (EmailState.PLANNED, "emergency_stop")


@pytest.mark.parametrize("scope", ["address", "domain"])
def test_a_suppression_between_claim_and_data_is_in_time(ready: MailRoom, scope: str) -> None:
    ready.people("anna")
    claimed = ready.claimed()
    key = "anna@anna.example" if scope == "address" else "anna.example"
    suppress(scope, key, SuppressionCause.OPT_OUT, "asked", BY, ready.clock.now())
    ready.deliver(claimed)
    assert not ready.smtp.accepted
    assert ready.letter("anna").state == EmailState.CANCELLED


def test_a_reply_between_claim_and_data_is_in_time(ready: MailRoom) -> None:
    [anna] = ready.people("anna")
    claimed = ready.claimed()
    reply_received(anna.pk, "interested", ready.clock.now())
    ready.deliver(claimed)
    assert not ready.smtp.accepted
    assert ready.letter("anna").state == EmailState.CANCELLED
    assert Enrollment.objects.get().state == "stopped"


def test_a_pause_between_claim_and_data_is_in_time(ready: MailRoom) -> None:
    ready.people("anna")
    claimed = ready.claimed()
    now = ready.clock.now()
    until = now + timedelta(days=1)
    pause(claimed[0].inbox_id, cause="manual", reason="holiday", until=until, by=BY, now=now)
    ready.deliver(claimed)
    letter = ready.letter("anna")
    assert not ready.smtp.accepted
    assert (letter.reason_code, letter.due_at) == ("inbox_paused", until)
    assert "holiday" in letter.reason


def test_a_letter_to_an_address_that_was_replaced_does_not_leave(ready: MailRoom) -> None:
    ready.people("anna")
    claimed = ready.claimed()
    Prospect.objects.update(address="a@b.example", address_key="a@b.example", domain="b.example")
    assert ready.deliver(claimed).refused["address_changed"] == 1
    assert not ready.smtp.accepted
    assert ready.letter("anna").state == EmailState.CANCELLED


def test_the_window_closes_between_claim_and_data(ready: MailRoom) -> None:
    ready.people("anna")
    claimed = ready.claimed()
    ready.later(minutes=10)
    ready.deliver(claimed)
    letter = ready.letter("anna")
    assert not ready.smtp.accepted
    assert letter.reason_code == "window_closed"
    assert letter.due_at is not None
    assert letter.due_at.isoformat() == "2026-03-03T09:00:00+00:00"


def test_the_limit_holds_even_when_more_was_claimed(room: MailRoom) -> None:
    inbox = room.inbox(daily_limit=5)
    room.campaign()
    room.people("anna", "ben", "clara", "dora", "eva")
    claimed = room.claimed()
    inbox.daily_limit = 2
    inbox.save(update_fields=["daily_limit"])
    tally = room.deliver(claimed)
    assert (tally.outcomes["sent"], tally.refused["limit_reached"]) == (2, 3)
    assert len(room.smtp.accepted) == 2


def test_a_blocked_head_does_not_stop_those_behind_it(ready: MailRoom) -> None:
    head = ready.people(*(f"head{n}" for n in range(5)))
    ready.people("anna")
    Prospect.objects.filter(pk__in=[each.pk for each in head]).update(stage=Stage.LOST)
    result = ready.cycle()
    assert result.outcomes["sent"] == 1
    assert result.refused["stage"] == 5
    assert [each.to for each in ready.smtp.accepted] == [("anna@anna.example",)]


def test_a_letter_that_cannot_be_written_is_held_for_a_person(ready: MailRoom) -> None:
    ready.prospect("anna", first_name="")
    ready.people("ben")
    result = ready.cycle()
    letter = ready.letter("anna")
    assert (result.held, result.outcomes["sent"]) == (1, 1)
    assert (letter.state, letter.due_at) == (EmailState.HELD, None)
    assert "first_name" in letter.reason


def test_a_paused_campaign_sends_nothing_and_says_so(ready: MailRoom) -> None:
    ready.people("anna")
    pause_campaign("First", BY, ready.clock.now())
    assert ready.cycle().refused["campaign_paused"] == 1
    assert not ready.smtp.accepted


def test_max_emails_per_run_caps_one_cycle(ready: MailRoom) -> None:
    ready.people("anna", "ben", "clara")
    set_switch("max_emails_per_run", 1, BY, ready.clock.now())
    assert ready.cycle().outcomes["sent"] == 1
    set_switch("max_emails_per_run", 0, BY, ready.clock.now())
    assert ready.cycle().outcomes.total() == 0


def test_a_rehearsal_changes_nothing(ready: MailRoom) -> None:
    ready.people("anna", "ben")
    assert rehearse(ready.clock.now()).planned == 2
    assert not Email.objects.exists()
    assert Enrollment.objects.filter(state="active").count() == 2


def test_the_same_step_cannot_be_written_twice_to_an_address(ready: MailRoom) -> None:
    [anna] = ready.people("anna")
    ready.cycle()
    Prospect.objects.filter(pk=anna.pk).update(stage=Stage.READY)
    Enrollment.objects.update(state="active", next_step=1, next_due_at=ready.clock.now())
    ready.later(days=2)
    assert ready.cycle().refused["written"] == 1
    assert len(ready.smtp.accepted) == 1
