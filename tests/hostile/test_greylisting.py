"""The whole ladder of a server that greylists, by the injected clock."""

from datetime import timedelta

import pytest

from marketing_agent.engine.values import EmailState
from marketing_agent.outbox.models import Bounce, Contact
from marketing_agent.prospects.models import Suppression
from marketing_agent.sandbox.answers import Verb
from marketing_agent.sandbox.faults import greylisting
from outbox.mailroom import MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]

GREYLISTED = "451 4.7.1 Greylisted, please come back later"
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def ready(room: MailRoom) -> MailRoom:
    room.inbox(window_start="00:00", window_end="23:59", window_days="0,1,2,3,4,5,6")
    room.campaign(steps=1)
    room.people("anna")
    return room


def test_a_greylisted_letter_is_accepted_half_an_hour_later(ready: MailRoom) -> None:
    ready.smtp.decide = greylisting(ready.clock.now)
    ready.cycle()
    first = ready.letter("anna")
    assert (first.state, first.due_at) == (EmailState.RETRY, ready.clock.now() + HALF_AN_HOUR)
    assert "Greylisted" in first.reason

    ready.later(minutes=29)
    ready.cycle()
    assert (len(ready.attempts("anna")), ready.smtp.accepted_count) == (1, 0)

    ready.later(minutes=1)
    ready.cycle()
    assert ready.letter("anna").state == EmailState.SENT
    assert [each.outcome for each in ready.attempts("anna")] == ["temporary", "sent"]
    for _ in range(3):
        ready.later(days=1)
        ready.cycle()
    assert ready.smtp.accepted_count == 1
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("verb", [Verb.MAIL, Verb.RCPT, Verb.DATA, Verb.FINAL])
def test_greylisting_comes_at_any_verb(ready: MailRoom, verb: Verb) -> None:
    ready.answer(verb, GREYLISTED)
    ready.cycle()
    assert ready.letter("anna").due_at == ready.clock.now() + HALF_AN_HOUR
    assert not Contact.objects.exists()
    ready.answer(verb, None)
    ready.later(minutes=30)
    ready.cycle()
    assert (ready.letter("anna").state, ready.smtp.accepted_count) == (EmailState.SENT, 1)


def test_a_server_that_greylists_for_ever_makes_a_dead_letter(ready: MailRoom) -> None:
    ready.answer(Verb.RCPT, GREYLISTED)
    waits = []
    for _ in range(3):
        ready.cycle()
        due_at = ready.letter("anna").due_at
        assert due_at is not None
        waits.append((due_at - ready.clock.now()) / timedelta(hours=1))
        ready.later(seconds=(due_at - ready.clock.now()).total_seconds())
    ready.cycle()
    assert waits == [0.5, 48, 96]
    assert ready.letter("anna").state == EmailState.DEAD
    kinds = Bounce.objects.order_by("id").values_list("type", flat=True)
    assert list(kinds) == ["soft", "soft", "soft", "hard"]
    assert ready.smtp.accepted_count == 0
