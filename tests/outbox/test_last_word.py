"""Between the door and DATA: the stop is read again where time has passed, and a letter can be taken back."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from marketing_agent.engine.values import EmailState, Outcome
from marketing_agent.operations import stop
from marketing_agent.operations.actions import end_stop, start_stop
from marketing_agent.outbox.claim import rescue
from marketing_agent.outbox.deliver import Delivery, Tally
from marketing_agent.outbox.desk import DirectDesk
from marketing_agent.outbox.models import WITHDRAWN, Attempt, Contact, Email
from marketing_agent.outbox.send import run_cycle
from marketing_agent.outbox.tickets import Ticket
from marketing_agent.sandbox.answers import Verb
from marketing_agent.workers.threads import InlineLanes
from outbox.mailroom import BY, MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


class SlowDesk(DirectDesk):
    """A desk after whose commit a long time passes before its lane goes on."""

    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    def admit(self, ticket: Ticket) -> bool:
        admitted = super().admit(ticket)
        ticket.read_at -= stop.SETTLED_S
        self.meanwhile()
        return admitted


@pytest.fixture
def ready(room: MailRoom) -> MailRoom:
    room.inbox()
    room.campaign()
    room.people("anna", "ben")
    return room


def deliver_slowly(room: MailRoom, meanwhile: Callable[[], object]) -> Tally:
    desk = SlowDesk(room.clock.now)
    desk.meanwhile = meanwhile
    claimed = room.claimed()
    return Delivery(desk, InlineLanes(), room.clock.now).run(claimed)


def press_stop(room: MailRoom) -> Callable[[], object]:
    return lambda: start_stop("the wrong list", BY, room.clock.now())


def test_a_slow_commit_costs_one_more_look_and_no_letter(ready: MailRoom) -> None:
    tally = deliver_slowly(ready, lambda: None)
    assert tally.outcomes["sent"] == 2


def test_a_stop_between_the_door_and_data_takes_the_letter_back(ready: MailRoom) -> None:
    verbs: list[Verb] = []
    ready.smtp.decide = lambda moment: verbs.append(moment.verb)
    tally = deliver_slowly(ready, press_stop(ready))
    assert tally.refused == {"emergency_stop": 2}
    assert Verb.DATA not in verbs
    letter = ready.letter("anna")
    assert (letter.state, letter.reason_code) == (EmailState.RETRY, "emergency_stop")
    assert "the wrong list" in letter.reason


def test_what_was_taken_back_counts_neither_as_data_nor_against_the_24_hours(
    ready: MailRoom,
) -> None:
    deliver_slowly(ready, press_stop(ready))
    [attempt] = Attempt.objects.all()
    assert (attempt.data_at, attempt.phase, attempt.outcome) == (
        None,
        WITHDRAWN,
        Outcome.TEMPORARY,
    )
    assert attempt.finished_at is not None
    assert not Contact.objects.exists()
    end_stop(BY, ready.clock.now())
    assert ready.cycle().outcomes["sent"] == 2
    assert len(set(ready.accepted())) == len(ready.accepted()) == 2


def test_the_letters_behind_the_one_that_met_the_stop_ask_no_server(ready: MailRoom) -> None:
    asked: list[str] = []
    ready.smtp.decide = lambda moment: (
        asked.append(moment.address) if moment.verb is Verb.RCPT else None
    )
    deliver_slowly(ready, press_stop(ready))
    assert asked == ["anna@anna.example"]
    assert ready.letter("ben").reason_code == "emergency_stop"


def test_a_stop_that_cannot_be_read_lets_nothing_begin(
    ready: MailRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stop, "LEASE_S", 0.0)  # every reading has run out when it is needed
    verbs: list[Verb] = []
    ready.smtp.decide = lambda moment: verbs.append(moment.verb)
    tally = deliver_slowly(ready, lambda: None)
    assert tally.refused == {"stop_unread": 2}
    assert Verb.DATA not in verbs
    due = ready.clock.now() + timedelta(minutes=1)
    assert set(Email.objects.values_list("state", "due_at")) == {(EmailState.RETRY, due)}


def test_a_rescue_that_came_before_keeps_the_letter_unknown(ready: MailRoom) -> None:
    def meanwhile() -> None:
        start_stop("the wrong list", BY, ready.clock.now())
        Email.objects.exclude(lease_until=None).update(lease_until=ready.clock.now())
        rescue(ready.clock.now())

    deliver_slowly(ready, meanwhile)
    assert ready.letter("anna").state == EmailState.UNKNOWN
    assert Attempt.objects.get().outcome == Outcome.UNKNOWN


def test_a_stop_in_the_middle_of_a_cycle_ends_the_cycle(ready: MailRoom) -> None:
    rounds: list[str] = []

    class PressingDesk(DirectDesk):
        def admit(self, ticket: Ticket) -> bool:
            rounds.append(ticket.email.to_address)
            press_stop(ready)()
            return super().admit(ticket)

    desk = PressingDesk(ready.clock.now)
    result = run_cycle(Delivery(desk, InlineLanes(), ready.clock.now), "test")
    assert (result.outcomes.total(), result.refused["emergency_stop"]) == (0, 2)
    assert rounds == ["anna@anna.example"]
