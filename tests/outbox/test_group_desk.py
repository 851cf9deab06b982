import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection, connections

from marketing_agent.engine.smtp_outcome import Phase, SmtpReply, decide
from marketing_agent.engine.values import EmailState
from marketing_agent.outbox.actions import outcomes
from marketing_agent.outbox.actions.outcomes import unrecorded
from marketing_agent.outbox.deliver import Delivery, Tally
from marketing_agent.outbox.models import Attempt, Email
from marketing_agent.outbox.tickets import Result, Ticket
from marketing_agent.sandbox.answers import Answer, Mishap, Moment, Verb
from marketing_agent.workers import group_desk
from marketing_agent.workers.group_desk import GroupDesk
from marketing_agent.workers.threads import ThreadLanes
from outbox.mailroom import MailRoom

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]
INBOXES = 4


@pytest.fixture
def busy(room: MailRoom) -> Iterator[MailRoom]:
    for number in range(1, INBOXES + 1):
        room.inbox(f"inbox{number}@example.com")
    room.campaign()
    room.people(*(f"person{number}" for number in range(24)))
    return room


def deliver(room: MailRoom, letters: list[Email]) -> Tally:
    with GroupDesk(room.clock.now) as desk:
        return Delivery(desk, ThreadLanes(INBOXES), room.clock.now).run(letters)


def test_many_lanes_send_every_letter_once(busy: MailRoom) -> None:
    tally = deliver(busy, busy.claimed())
    assert tally.outcomes["sent"] == 24
    assert len(set(busy.accepted())) == len(busy.accepted()) == 24
    assert Email.objects.filter(state=EmailState.SENT).count() == 24
    assert Attempt.objects.filter(outcome="sent").count() == 24


def test_lanes_that_claim_the_same_letters_send_them_once(busy: MailRoom) -> None:
    letters = busy.claimed()
    tally = deliver(busy, [*letters, *letters])
    assert tally.outcomes["sent"] == 24
    assert tally.refused["lease_lost"] == 24
    assert len(busy.accepted()) == 24


def test_one_letter_s_trouble_stays_its_own(busy: MailRoom) -> None:
    letters = busy.claimed()
    letters[3].message_id = "broken\nid@example.com"
    tally = deliver(busy, letters)
    assert (tally.outcomes["sent"], tally.refused["held"]) == (23, 1)
    assert Email.objects.get(pk=letters[3].pk).state == EmailState.HELD


def test_broken_connections_leave_one_unknown_letter_each_and_nothing_twice(busy: MailRoom) -> None:
    busy.answer(Verb.FINAL, Mishap.ACCEPT_AND_CLOSE)
    tally = deliver(busy, busy.claimed())
    accepted = busy.accepted()
    assert tally.outcomes["unknown"] == len(accepted) == len(set(accepted)) == INBOXES
    assert tally.refused["connection_broken"] == 24 - INBOXES
    assert Email.objects.filter(state=EmailState.UNKNOWN).count() == INBOXES


def test_a_store_that_is_away_when_outcomes_come_is_waited_for(busy: MailRoom) -> None:
    hidden: list[threading.Timer] = []

    def decide(moment: Moment) -> Answer:
        if moment.verb is Verb.FINAL and not hidden:
            hidden.append(threading.Timer(0.4, rename, ("hidden", "outbox_attempt")))
            hide = threading.Thread(target=rename, args=("outbox_attempt", "hidden"))
            hide.start()
            hide.join()
            hidden[0].start()
        return None

    busy.smtp.decide = decide
    tally = deliver(busy, busy.claimed())
    hidden[0].join()
    assert tally.outcomes["sent"] + tally.refused["store_trouble"] == 24
    assert tally.outcomes["sent"] == len(busy.accepted()) >= 1
    states = Counter(Email.objects.values_list("state", flat=True))
    assert states == +Counter(sent=len(busy.accepted()), planned=24 - len(busy.accepted()))


def rename(old: str, new: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {old} RENAME TO {new}")
    connections.close_all()


def test_a_group_whose_commit_was_done_though_its_answer_was_lost_is_recorded_once(
    busy: MailRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_desk, "LINGER_S", 0.3)
    usual, lost = outcomes.record, list[int]()

    def record(results: list[Result], now: datetime) -> None:
        usual(results, now)
        if len(results) > 1 and not lost:
            lost.append(len(results))
            raise RuntimeError("The answer to the commit was lost.")

    monkeypatch.setattr(outcomes, "record", record)
    busy.answer(Verb.RCPT, "451 4.2.2 mailbox full")
    deliver(busy, busy.claimed())
    assert lost
    assert set(Attempt.objects.values_list("outcome", flat=True)) == {"temporary"}
    assert Attempt.objects.count() == Attempt.objects.values("email").distinct().count()


def test_an_outcome_that_is_written_down_already_is_not_written_twice(busy: MailRoom) -> None:
    first, second = busy.claimed()[:2]
    desk = busy.delivery().desk
    results = []
    for email in (first, second):
        ticket = Ticket(email)
        assert desk.admit(ticket)
        reply = SmtpReply(Phase.FINAL, 451, "4.2.2 mailbox full")
        results.append(Result(ticket, decide(reply), "final", reply.text, busy.clock.now()))
    desk.record(results[0])
    assert unrecorded(results) == [results[1]]
