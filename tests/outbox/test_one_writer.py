"""One letter a step and address, one DATA a letter, none beyond the day: the store itself says so."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction

from marketing_agent.campaigns.models import Enrollment
from marketing_agent.engine.values import EmailState, Outcome
from marketing_agent.inboxes.models import Inbox
from marketing_agent.outbox import plan
from marketing_agent.outbox.actions.planning import put_off_letters, store
from marketing_agent.outbox.claim import claim, due_letters
from marketing_agent.outbox.models import Attempt, Contact, Email
from outbox.mailroom import MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


@pytest.fixture
def ready(room: MailRoom) -> MailRoom:
    room.inbox(daily_limit=3)
    room.campaign()
    return room


def copy_of(email: Email, **facts: object) -> Email:
    """Give an unsaved letter like another one, as code that has forgotten every rule would make it."""
    twin = Email.objects.get(pk=email.pk)
    twin.pk, twin.public_id, twin.message_id = None, "a-second-one", "second@example.com"
    for name, value in facts.items():
        setattr(twin, name, value)
    return twin


def refused(row: Email | Attempt | Contact) -> bool:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize("state", ["planned", "sent", "unknown", "bounced", "dead"])
def test_a_second_letter_of_a_step_to_an_address_is_refused(ready: MailRoom, state: str) -> None:
    ready.people("anna")
    [first] = ready.plan()
    Email.objects.update(state=state)
    assert refused(copy_of(first))


def test_a_letter_that_left_counts_even_when_somebody_writes_that_it_was_cancelled(
    ready: MailRoom,
) -> None:
    ready.people("anna")
    ready.cycle()
    Email.objects.update(state=EmailState.CANCELLED)
    assert refused(copy_of(ready.letter("anna"), state=EmailState.PLANNED, sent_at=None))


def test_a_cancelled_letter_that_never_left_may_be_written_anew(ready: MailRoom) -> None:
    ready.people("anna")
    [first] = ready.plan()
    Email.objects.update(state=EmailState.CANCELLED)
    assert not refused(copy_of(first))


@pytest.mark.parametrize(
    "key",
    [
        "Anna@anna.example",
        "anna@ANNA.example",
        "anna@anna.example ",
        " anna@anna.example",
        "anna@anna.example.",
    ],
)
def test_an_address_in_another_form_is_refused(ready: MailRoom, key: str) -> None:
    ready.people("anna")
    [first] = ready.plan()
    assert refused(copy_of(first, address_key=key))
    assert refused(Contact(address_key=key, last_data_at=ready.clock.now()))


@pytest.mark.parametrize("outcome", [None, Outcome.SENT, Outcome.UNKNOWN])
def test_a_second_data_is_refused_while_the_first_may_have_been_accepted(
    ready: MailRoom, outcome: Outcome | None
) -> None:
    ready.people("anna")
    ready.cycle()
    Attempt.objects.update(outcome=outcome)
    assert refused(another_try(ready))


@pytest.mark.parametrize("outcome", [Outcome.TEMPORARY, Outcome.BLOCK, Outcome.ACCOUNT])
def test_after_a_clear_refusal_the_next_data_may_begin(ready: MailRoom, outcome: Outcome) -> None:
    ready.people("anna")
    ready.cycle()
    Attempt.objects.update(outcome=outcome)
    assert not refused(another_try(ready))


def another_try(room: MailRoom) -> Attempt:
    done = Attempt.objects.get()
    now = room.clock.now()
    return Attempt(email=done.email, inbox=done.inbox, owner="another", at=now, data_at=now)


def test_of_two_planners_at_once_the_slower_one_writes_nothing_and_fails_at_nothing(
    ready: MailRoom,
) -> None:
    ready.people("anna")
    [first] = ready.plan()
    enrollment = Enrollment.objects.get()
    late = [(enrollment, copy_of(first))]
    assert store(late, [], ready.clock.now()) is False
    assert Email.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_planner_that_finds_the_letter_written_meanwhile_leaves_the_sequence_alone(
    ready: MailRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready.people("anna")
    read = plan.due_enrollments

    def read_and_be_overtaken(due: plan.Due) -> list[Enrollment]:
        found = read(due)
        if not found:
            return found
        monkeypatch.setattr(plan, "due_enrollments", read)
        ready.plan()
        return found

    monkeypatch.setattr(plan, "due_enrollments", read_and_be_overtaken)
    ready.plan()
    assert Enrollment.objects.get().state == "waiting"
    assert Email.objects.count() == 1


def test_a_letter_that_cannot_be_written_for_another_reason_is_no_matter_of_being_slow(
    ready: MailRoom,
) -> None:
    ready.people("anna")
    [first] = ready.plan()
    wrong = copy_of(first, address_key="Anna@anna.example", step=2)
    with pytest.raises(IntegrityError):
        store([(Enrollment.objects.get(), wrong)], [], ready.clock.now())


def test_no_more_is_claimed_than_the_day_has_room_for(ready: MailRoom) -> None:
    planned = plan_beyond_the_limit(ready, 5)
    first = claim(planned[:2], "one", ready.clock.now())
    second = claim(planned[2:], "two", ready.clock.now())
    assert (len(first), len(second)) == (2, 1)
    ready.deliver(first + second)
    assert claim(planned, "three", ready.clock.now()) == []


def test_what_comes_back_makes_room_again(ready: MailRoom) -> None:
    planned = plan_beyond_the_limit(ready, 5)
    taken = claim(planned[:3], "one", ready.clock.now())
    Email.objects.filter(pk__in=[each.pk for each in taken]).update(
        state=EmailState.CANCELLED, lease_owner="", lease_until=None
    )
    assert len(claim(planned[3:], "two", ready.clock.now())) == 2


def test_a_paused_inbox_has_no_room(ready: MailRoom) -> None:
    planned = plan_beyond_the_limit(ready, 2)
    ready.pause()
    assert claim(planned, "one", ready.clock.now()) == []


def test_answers_without_room_are_put_off_and_block_nobody_behind_them(ready: MailRoom) -> None:
    answers = plan_beyond_the_limit(ready, 5)
    Email.objects.filter(pk__in=[each.pk for each in answers]).update(kind="answer", rank=0)
    Inbox.objects.update(daily_limit=0)
    ready.inbox("inbox2@example.com")
    ready.people("zoe")
    assert ready.cycle().outcomes["sent"] == 1
    waiting = Email.objects.filter(kind="answer")
    assert set(waiting.values_list("reason_code", flat=True)) == {"limit_reached"}
    assert all(each.due_at and each.due_at > ready.clock.now() for each in waiting)


def test_what_was_held_or_put_off_since_it_was_listed_is_not_claimed(ready: MailRoom) -> None:
    ready.people("anna", "ben")
    ready.plan()
    now = ready.clock.now()
    due = due_letters(10, now)
    held, later = (Email.objects.filter(pk=each.pk) for each in due)
    held.update(state=EmailState.HELD, due_at=None, reason_code="error")
    later.update(state=EmailState.RETRY, due_at=now + timedelta(hours=1))
    assert claim(due, "late", now) == []
    put_off_letters([each.pk for each in due], "not_yet", now, now)
    assert (held.get().due_at, later.get().due_at) == (None, now + timedelta(hours=1))


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_claims_while_another_does_counts_its_letters_too(ready: MailRoom) -> None:
    planned = plan_beyond_the_limit(ready, 12)
    got: list[int] = []
    claimed, done = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            got.append(len(claim(planned[:2], "one", ready.clock.now())))
            claimed.set()
            done.wait(5)
        connections.close_all()

    def second() -> None:
        claimed.wait(5)
        got.append(len(claim(planned[2:], "two", ready.clock.now())))
        connections.close_all()

    threads = [threading.Thread(target=each) for each in (first, second)]
    for thread in threads:
        thread.start()
    threads[1].join(0.3)  # nothing is committed yet: who does not wait here has counted wrongly
    done.set()
    for thread in threads:
        thread.join()
    assert got == [2, 1]


def plan_beyond_the_limit(room: MailRoom, letters: int) -> list[Email]:
    """Plan more letters than the inbox may send, as two planners at once might."""
    limit = Inbox.objects.earliest("id").daily_limit
    Inbox.objects.update(daily_limit=2 * letters)
    room.people(*(f"person{n:02}" for n in range(letters)))
    planned = room.plan()
    Inbox.objects.update(daily_limit=limit)
    assert len(planned) == len(due_letters(100, room.clock.now())) == letters
    return planned
