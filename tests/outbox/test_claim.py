from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now

from marketing_agent.engine.values import EmailState
from marketing_agent.outbox.actions.passage import open_attempts
from marketing_agent.outbox.claim import LeaseLostError, claim, due_letters, rescue
from marketing_agent.outbox.models import Attempt, Email
from marketing_agent.outbox.tickets import Ticket
from outbox.mailroom import MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


@pytest.fixture
def ready(room: MailRoom) -> MailRoom:
    room.inbox()
    room.campaign()
    room.people("anna", "ben")
    return room


def lapse() -> None:
    """Let the leases of a dead worker run out, on the database's own clock."""
    Email.objects.exclude(lease_until=None).update(lease_until=Now() - timedelta(seconds=1))


def test_a_letter_is_claimed_by_one_worker_only(ready: MailRoom) -> None:
    planned = ready.plan()
    first = claim(due_letters(100, ready.clock.now()), "one", ready.clock.now())
    second = claim(planned, "two", ready.clock.now())
    assert (len(first), len(second)) == (2, 0)


def test_a_lapsed_claim_is_planned_again_and_its_worker_is_locked_out(ready: MailRoom) -> None:
    late = ready.claimed()
    lapse()
    assert rescue(ready.clock.now()) == {"planned": 2, "unknown": 0}
    tally = ready.deliver(late)
    assert tally.refused["lease_lost"] == 2
    assert not ready.smtp.accepted
    assert ready.cycle().outcomes["sent"] == 2
    assert len(ready.smtp.accepted) == 2


def test_a_lapsed_transmission_becomes_unknown_and_is_not_sent_again(ready: MailRoom) -> None:
    dying = ready.delivery().desk
    for email in ready.claimed():
        assert dying.admit(Ticket(email))
    lapse()
    assert rescue(ready.clock.now()) == {"planned": 0, "unknown": 2}
    assert set(Attempt.objects.values_list("outcome", flat=True)) == {"unknown"}
    ready.later(days=1)
    assert ready.cycle().outcomes.total() == 0
    assert not ready.smtp.accepted


def test_a_living_lease_is_left_alone(ready: MailRoom) -> None:
    ready.claimed()
    assert rescue(ready.clock.now()) == {"planned": 0, "unknown": 0}


def test_a_letter_past_the_door_cannot_pass_it_again(ready: MailRoom) -> None:
    desk = ready.delivery().desk
    [email, _] = ready.claimed()
    assert desk.admit(Ticket(email))
    again = Ticket(email)
    assert not desk.admit(again)
    assert again.lost
    assert Email.objects.get(pk=email.pk).state == EmailState.TRANSMITTING


def test_a_letter_taken_over_at_the_door_gets_no_attempt(ready: MailRoom) -> None:
    tickets = [Ticket(email) for email in ready.claimed()]
    Email.objects.filter(pk=tickets[0].email.pk).update(lease_owner="another")
    with pytest.raises(LeaseLostError), transaction.atomic():
        open_attempts(tickets, ready.clock.now())
    assert not Attempt.objects.exists()
    assert set(Email.objects.values_list("state", flat=True)) == {EmailState.CLAIMED}


def test_hot_leads_leave_first(room: MailRoom) -> None:
    room.inbox(daily_limit=1)
    room.campaign()
    room.people("cold")
    room.prospect("hot", tier="hot")
    room.cycle()
    assert [each.to for each in room.smtp.accepted] == [("hot@hot.example",)]
