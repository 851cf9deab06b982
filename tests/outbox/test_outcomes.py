from datetime import timedelta

import pytest

from marketing_agent.campaigns.models import Enrollment
from marketing_agent.engine.values import EmailState, Stage
from marketing_agent.inboxes.models import Pause
from marketing_agent.operations.models import Alert, ErrorGroup
from marketing_agent.outbox.actions.dead import NotDeadError, discard, replay
from marketing_agent.outbox.actions.resolve import NotUnknownError, resolve
from marketing_agent.outbox.actions.responses import reply_received
from marketing_agent.outbox.models import Bounce, Contact, Email
from marketing_agent.prospects.models import Prospect, Suppression
from marketing_agent.prospects.suppression import suppressed_among
from marketing_agent.sandbox.answers import Mishap, Verb
from outbox.mailroom import BY, MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
WEEK = "0,1,2,3,4,5,6"


@pytest.fixture
def ready(room: MailRoom) -> MailRoom:
    room.inbox(window_days=WEEK)
    room.campaign()
    room.people("anna")
    return room


def suppressed(name: str) -> bool:
    key = f"{name}@{name}.example"
    return key in suppressed_among([key])


@pytest.mark.parametrize("verb", [Verb.RCPT, Verb.FINAL])
def test_a_hard_refusal_suppresses_the_address(ready: MailRoom, verb: Verb) -> None:
    ready.answer(verb, "550 5.1.1 no such user")
    ready.cycle()
    [attempt] = ready.attempts("anna")
    assert ready.letter("anna").state == EmailState.BOUNCED
    assert (attempt.outcome, attempt.code, attempt.enhanced) == ("hard", 550, "5.1.1")
    assert (attempt.data_at is None) is (verb is Verb.RCPT)
    assert Bounce.objects.get().type == "hard"
    assert suppressed("anna")
    assert Prospect.objects.get().stage == Stage.BOUNCED
    assert Enrollment.objects.get().state == "stopped"


def test_temporary_refusals_wait_longer_each_time_and_end_in_a_dead_letter(ready: MailRoom) -> None:
    ready.answer(Verb.RCPT, "452 4.2.2 mailbox full")
    waits = []
    for _ in range(3):
        ready.cycle()
        letter = ready.letter("anna")
        assert letter.state == EmailState.RETRY
        assert letter.due_at is not None
        waits.append((letter.due_at - ready.clock.now()) / timedelta(hours=1))
        ready.later(seconds=(letter.due_at - ready.clock.now()).total_seconds())
    ready.cycle()
    assert waits == [24, 48, 96]
    assert ready.letter("anna").state == EmailState.DEAD
    assert suppressed("anna")
    kinds = Bounce.objects.order_by("id").values_list("type", flat=True)
    assert list(kinds) == ["soft", "soft", "soft", "hard"]
    assert not ready.smtp.accepted


def test_greylisting_is_tried_again_after_half_an_hour(ready: MailRoom) -> None:
    ready.answer(Verb.RCPT, "451 4.7.1 Greylisted, please try again in 300 seconds")
    ready.cycle()
    letter = ready.letter("anna")
    assert letter.due_at == ready.clock.now() + timedelta(minutes=30)


def a_dead_letter(room: MailRoom) -> Email:
    room.cycle()
    letter = room.letter("anna")
    room.answer(Verb.RCPT, "452 4.2.2 mailbox full")
    Email.objects.update(state=EmailState.RETRY, failures=3, due_at=room.clock.now())
    room.cycle()
    letter.refresh_from_db()
    assert letter.state == EmailState.DEAD
    return letter


def test_a_dead_letter_is_replayed_and_its_suppression_lifted(ready: MailRoom) -> None:
    ready.answer(Verb.RCPT, "452 4.2.2 mailbox full")
    letter = a_dead_letter(ready)
    ready.answer(Verb.RCPT, None)
    replay(letter.public_id, BY, ready.clock.now())
    assert not suppressed("anna")
    assert ready.cycle().outcomes["sent"] == 1
    assert Suppression.objects.get().lifted_by == "ada"
    enrollment = Enrollment.objects.get()
    assert (enrollment.state, enrollment.next_step) == ("active", 2)


def test_a_dead_letter_is_discarded_for_good(ready: MailRoom) -> None:
    ready.answer(Verb.RCPT, "452 4.2.2 mailbox full")
    letter = a_dead_letter(ready)
    discard(letter.public_id, BY, ready.clock.now())
    letter.refresh_from_db()
    assert letter.state == EmailState.CANCELLED
    with pytest.raises(NotDeadError, match="not a dead letter"):
        replay(letter.public_id, BY, ready.clock.now())


def test_a_block_spares_the_address_and_quietens_the_provider(ready: MailRoom) -> None:
    ready.answer(Verb.FINAL, "550 5.7.1 message blocked by policy, looks like spam")
    ready.cycle()
    letter = ready.letter("anna")
    pause = Pause.objects.get()
    assert (letter.state, letter.due_at) == (
        EmailState.HELD,
        ready.clock.now() + timedelta(hours=48),
    )
    assert not suppressed("anna")
    assert Prospect.objects.get().stage == Stage.READY
    assert (pause.provider, pause.cause) == ("anna.example", "block")
    assert pause.until == ready.clock.now() + timedelta(hours=24)
    assert not Contact.objects.exists()


def test_a_letter_that_is_blocked_three_times_waits_for_a_person(ready: MailRoom) -> None:
    ready.answer(Verb.FINAL, "550 5.7.1 message blocked by policy, looks like spam")
    for _ in range(3):
        ready.cycle()
        ready.later(days=7)
    letter = ready.letter("anna")
    assert (letter.state, letter.due_at) == (EmailState.HELD, None)
    assert len(ready.attempts("anna")) == 3


def test_connections_that_keep_breaking_are_tried_ever_less_often(ready: MailRoom) -> None:
    ready.answer(Verb.RCPT, Mishap.CLOSE)
    waits = []
    for _ in range(5):
        Email.objects.update(due_at=ready.clock.now())
        ready.cycle()
        due_at = ready.letter("anna").due_at
        assert due_at is not None
        waits.append((due_at - ready.clock.now()) / timedelta(minutes=1))
    assert waits == [15, 60, 240, 1440, 1440]


def test_three_blocks_a_day_propose_the_stop(ready: MailRoom) -> None:
    ready.people("ben", "clara")
    ready.answer(Verb.FINAL, "554 5.7.1 rejected as spam")
    ready.cycle()
    alert = Alert.objects.get(key="blocks")
    assert alert.severity == "critical"
    assert "marketing-agent stop" in alert.proposal


def test_a_refused_login_pauses_the_inbox_and_spares_letter_and_address(ready: MailRoom) -> None:
    ready.people("ben")
    ready.answer(Verb.AUTH, "535 5.7.8 bad credentials")
    ready.cycle()
    letter = ready.letter("anna")
    assert Pause.objects.get().cause == "account"
    assert (letter.failures, letter.state) == (0, EmailState.RETRY)
    assert not suppressed("anna")
    assert not Bounce.objects.exists()
    assert ready.letter("ben").reason_code in {"account", "inbox_paused"}


def test_a_break_after_data_is_unknown_and_never_tried_again(ready: MailRoom) -> None:
    ready.answer(Verb.FINAL, Mishap.ACCEPT_AND_CLOSE)
    result = ready.cycle()
    ready.answer(Verb.FINAL, None)
    ready.later(days=30)
    ready.cycle()
    assert result.outcomes["unknown"] == 1
    assert ready.letter("anna").state == EmailState.UNKNOWN
    assert len(ready.smtp.accepted) == 1


def test_a_break_before_data_is_tried_again_soon(ready: MailRoom) -> None:
    ready.answer(Verb.RCPT, Mishap.CLOSE)
    ready.cycle()
    letter = ready.letter("anna")
    assert (letter.state, letter.failures) == (EmailState.RETRY, 0)
    assert not Contact.objects.exists()
    ready.answer(Verb.RCPT, None)
    ready.later(hours=17)
    assert ready.cycle().outcomes["sent"] == 1


@pytest.mark.parametrize("sent", [True, False])
def test_a_person_resolves_an_unknown_letter(ready: MailRoom, sent: bool) -> None:
    ready.answer(Verb.FINAL, Mishap.CLOSE)
    ready.cycle()
    ready.answer(Verb.FINAL, None)
    public_id = ready.letter("anna").public_id
    resolve(public_id, sent=sent, reason="looked it up", by=BY, now=ready.clock.now())
    state = EmailState.SENT if sent else EmailState.PLANNED
    assert ready.letter("anna").state == state
    assert Prospect.objects.get().stage == (Stage.CONTACTED if sent else Stage.READY)
    assert ready.cycle().outcomes["sent"] == (0 if sent else 1)
    with pytest.raises(NotUnknownError, match="no unknown outcome"):
        resolve(public_id, sent=sent, reason="again", by=BY, now=ready.clock.now())


def test_a_letter_not_sent_is_not_planned_for_somebody_who_replied(ready: MailRoom) -> None:
    ready.answer(Verb.FINAL, Mishap.CLOSE)
    ready.cycle()
    letter = ready.letter("anna")
    reply_received(Prospect.objects.get().pk, "a reply", ready.clock.now())
    resolve(letter.public_id, sent=False, reason="log", by=BY, now=ready.clock.now())
    letter.refresh_from_db()
    assert (letter.state, letter.reason_code) == (EmailState.CANCELLED, "replied")


def test_a_refused_data_frees_the_address_for_the_next_try(ready: MailRoom) -> None:
    ready.answer(Verb.FINAL, "451 4.3.0 try later")
    ready.cycle()
    assert not Contact.objects.exists()
    ready.answer(Verb.FINAL, None)
    ready.later(hours=24)
    assert ready.cycle().outcomes["sent"] == 1
    assert Contact.objects.get().last_data_at == ready.clock.now()


def test_a_bug_in_one_letter_holds_it_and_the_others_leave(ready: MailRoom) -> None:
    ready.people("ben")
    claimed = ready.claimed()
    claimed[0].subject = "Hello\nBcc: all@example.org"
    ready.deliver(claimed)
    letter = ready.letter("anna")
    assert (letter.state, letter.due_at) == (EmailState.HELD, None)
    assert "HeaderInjection" in letter.reason
    assert "Traceback" in ErrorGroup.objects.get(type="sending").sample
    assert [each.to for each in ready.smtp.accepted] == [("ben@ben.example",)]
