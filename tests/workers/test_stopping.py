"""The emergency stop while letters leave: what it waits for, and that nothing begins after its return."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.db.models.functions import Now

from marketing_agent.engine.values import EmailKind, EmailState
from marketing_agent.mail.smtp_wire import Wire
from marketing_agent.operations import stop_file
from marketing_agent.operations.actions import end_stop, follow_file
from marketing_agent.operations.actions.stops import PATIENCE_S, StopFailedError
from marketing_agent.operations.models import Stop
from marketing_agent.operations.stop import SETTLED_S, current_stop, steady
from marketing_agent.outbox.actions.leases import ABANDONED, open_lease, remove_abandoned
from marketing_agent.outbox.claim import claim, due_letters
from marketing_agent.outbox.deliver import Delivery, Tally
from marketing_agent.outbox.models import Email, SendingLease
from marketing_agent.sandbox.answers import Mishap, Verb
from marketing_agent.settings import settings
from marketing_agent.workers import clock, stopping
from marketing_agent.workers.claim import this_owner
from marketing_agent.workers.group_desk import GroupDesk
from marketing_agent.workers.stopping import Stopped, change_switch, stop_everything
from marketing_agent.workers.threads import ThreadLanes
from outbox.conftest import certificates, room, smtp
from outbox.mailroom import BY, MailRoom

__all__ = ["certificates", "room", "smtp"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]

INBOXES, LETTERS = 4, 60
MARGIN_S = 0.25  # a machine that is busy with something else


@pytest.fixture
def busy(room: MailRoom) -> Iterator[MailRoom]:
    before = clock.install(room.clock)
    for number in range(1, INBOXES + 1):
        room.inbox(f"inbox{number}@example.com")
    room.campaign()
    room.people(*(f"person{number}" for number in range(LETTERS)))
    yield room
    clock.install(before)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note when each command DATA goes out, at the last line of code before the socket."""
    moments: list[float] = []
    tell = Wire.tell_at_once

    def note(wire: Wire, command: str, seconds: float | None = None) -> None:
        tell(wire, command, seconds)
        if command == "DATA":
            moments.append(steady())

    monkeypatch.setattr(Wire, "tell_at_once", note)
    return moments


@contextmanager
def sending(room: MailRoom) -> Iterator[list[Tally]]:
    """Deliver all that is due in a thread of its own, over as many lanes as inboxes."""
    tallies: list[Tally] = []
    for number, email in enumerate(room.plan()):  # whatever a letter is, the stop stops it
        Email.objects.filter(pk=email.pk).update(kind=list(EmailKind)[number % len(EmailKind)])
    letters = claim(due_letters(LETTERS, room.clock.now()), this_owner(), room.clock.now())

    def work() -> None:
        with GroupDesk(room.clock.now) as desk:
            tallies.append(Delivery(desk, ThreadLanes(INBOXES), room.clock.now).run(letters))
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield tallies
    thread.join()


def wait_for(moments: list[float], count: int) -> None:
    give_up_at = steady() + 20
    while len(moments) < count:
        assert steady() < give_up_at, "too few letters began"
        threading.Event().wait(0.001)


def test_without_a_sender_it_returns_at_once() -> None:
    done = stop_everything("a doubt", BY)
    assert (done.acknowledged, done.expired, done.past_data) == (0, 0, 0)
    assert done.took_s < SETTLED_S
    assert done.stop.effective_at is not None


def test_a_process_that_says_nothing_is_waited_for_until_its_reading_has_run_out() -> None:
    open_lease("dead/1", clock.now())
    done = stop_everything("a doubt", BY)
    assert (done.acknowledged, done.expired) == (0, 1)
    assert SETTLED_S <= done.took_s < SETTLED_S + MARGIN_S


def test_a_sender_with_nothing_to_do_acknowledges_by_itself(busy: MailRoom) -> None:
    with GroupDesk(busy.clock.now):
        done = stop_everything("a doubt", BY)
    assert (done.acknowledged, done.expired, done.past_data) == (1, 0, 0)
    assert not SendingLease.objects.exists()


@pytest.mark.parametrize("after", [1, 7, 23])
def test_nothing_begins_once_it_has_returned(
    busy: MailRoom, begun: list[float], after: int
) -> None:
    with sending(busy) as tallies:
        wait_for(begun, after)
        done = stop_everything("the wrong list", BY)
        returned, so_far = steady(), len(begun)
    assert all(moment <= returned for moment in begun)
    assert len(begun) == so_far < LETTERS
    assert len(busy.accepted()) == len(set(busy.accepted())) == tallies[0].outcomes["sent"]
    assert done.took_s < SETTLED_S + MARGIN_S
    states = set(Email.objects.values_list("state", flat=True))
    assert states <= {EmailState.SENT, EmailState.PLANNED, EmailState.RETRY}


def test_all_that_waited_leaves_once_after_the_stop_ends(
    busy: MailRoom, begun: list[float]
) -> None:
    with sending(busy):
        wait_for(begun, 5)
        stop_everything("the wrong list", BY)
    end_stop(BY, busy.clock.now())
    with sending(busy):
        pass
    assert len(busy.accepted()) == len(set(busy.accepted())) == LETTERS


def test_servers_that_hang_keep_nobody_waiting_and_are_counted(
    busy: MailRoom, begun: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKETING_AGENT_SMTP_FINAL_S", "1.5")
    settings.cache_clear()
    busy.answer(Verb.FINAL, Mishap.HANG)
    with sending(busy) as tallies:
        wait_for(begun, INBOXES)
        done = stop_everything("the wrong list", BY)
        assert done.took_s < SETTLED_S + MARGIN_S
        assert done.past_data == INBOXES
        assert Email.objects.filter(state=EmailState.TRANSMITTING).count() == INBOXES
    assert len(begun) == INBOXES
    assert tallies[0].outcomes == {"unknown": INBOXES}


def test_a_stop_that_cannot_be_read_lets_nothing_begin(busy: MailRoom, begun: list[float]) -> None:
    with hidden_again("operations_stop") as hide, sending(busy) as tallies:
        wait_for(begun, 3)
        hide()
        so_far = len(begun)
    assert len(begun) <= so_far + INBOXES < LETTERS  # those that had passed the door
    assert tallies[0].refused["store_trouble"] > 0
    states = set(Email.objects.values_list("state", flat=True))
    assert states <= {EmailState.SENT, EmailState.PLANNED, EmailState.RETRY}


@contextmanager
def hidden_again(table: str) -> Iterator[Callable[[], None]]:
    """Give a verb that hides a table from all who read it; it is there again after the block."""

    def rename(old: str, new: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {old} RENAME TO {new}")

    yield lambda: rename(table, "hidden")
    rename("hidden", table)


def test_a_store_that_somebody_keeps_locked_does_not_keep_the_stop_from_working(
    busy: MailRoom, begun: list[float]
) -> None:
    with sending(busy):
        wait_for(begun, 3)
        with locked():
            done = stop_everything("a process hangs", BY)
            returned, so_far = steady(), len(begun)
            assert not done.recorded
            assert stop_file.read() is not None
            assert done.took_s < PATIENCE_S + SETTLED_S + MARGIN_S
        follow_file(busy.clock.now())
    assert all(moment <= returned for moment in begun)
    assert len(begun) == so_far < LETTERS
    assert Stop.objects.get(ended_at=None).reason == "a process hangs"


def test_what_can_be_written_nowhere_is_called_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    away = settings().home / "away" / "STOP"
    monkeypatch.setattr(stop_file, "path", lambda: away)
    with locked(), pytest.raises(StopFailedError, match="Nothing is stopped"):
        stop_everything("a doubt", BY)
    assert current_stop() is None


def test_the_record_alone_stops_where_no_file_can_be_written(
    busy: MailRoom, begun: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And so it does on other machines, which have the store and not the file."""
    away = settings().home / "away" / "STOP"
    monkeypatch.setattr(stop_file, "path", lambda: away)
    with sending(busy):
        wait_for(begun, 3)
        done = stop_everything("a doubt", BY)
        returned, so_far = steady(), len(begun)
    assert done.recorded
    assert all(moment <= returned for moment in begun)
    assert len(begun) == so_far < LETTERS


def test_a_lock_that_comes_after_the_record_makes_nobody_wait_for_a_note(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wait, both = stopping._wait_for_senders, ExitStack()

    def wait_and_lock(stop: Stop, since: float) -> list[str]:
        silent = wait(stop, since)
        both.enter_context(locked())
        return silent

    monkeypatch.setattr(stopping, "_wait_for_senders", wait_and_lock)
    open_lease("dead/1", clock.now())
    with both:
        done = stop_everything("a doubt", BY)
    assert (done.recorded, done.expired, done.past_data) == (True, 1, 0)
    assert done.took_s < SETTLED_S + MARGIN_S


@contextmanager
def locked() -> Iterator[None]:
    """Let somebody else hold the lock that whoever writes a stop has to have."""
    held, enough = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("LOCK TABLE operations_stop IN EXCLUSIVE MODE")
            held.set()
            enough.wait(20)
        connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    try:
        yield
    finally:
        enough.set()
        thread.join()


def test_the_switch_waits_like_the_order() -> None:
    open_lease("dead/1", clock.now())
    began = steady()
    assert change_switch("emergency_stop", value=True, by=BY) is True
    assert steady() - began >= SETTLED_S
    assert Stop.objects.get().effective_at is not None
    assert change_switch("emergency_stop", value=False, by=BY) is False


def test_a_second_order_keeps_the_first_record(busy: MailRoom) -> None:
    first: Stopped = stop_everything("one", BY)
    busy.later(minutes=5)
    second = stop_everything("two", BY)
    assert second.stop.pk == first.stop.pk
    assert second.stop.effective_at == first.stop.effective_at


def test_a_lease_that_nobody_renews_is_removed_and_a_living_one_is_not() -> None:
    open_lease("living/1", clock.now())
    open_lease("dead/1", clock.now())
    dead = SendingLease.objects.filter(owner="dead/1")
    dead.update(renewed_at=Now() - ABANDONED - timedelta(seconds=1))
    assert remove_abandoned() == 1
    assert SendingLease.objects.get().owner == "living/1"
