"""A worker that sleeps past its lease (a suspended machine) wakes up while another one sends."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from marketing_agent.engine.smtp_outcome import Phase, SmtpReply, decide
from marketing_agent.engine.values import EmailState, Outcome
from marketing_agent.outbox.claim import claim, due_letters, rescue
from marketing_agent.outbox.models import Contact, Email
from marketing_agent.outbox.tickets import Result, Ticket
from outbox.mailroom import MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


@pytest.fixture
def two(room: MailRoom) -> tuple[Ticket, Ticket]:
    """A letter that a worker fell asleep over, and the same letter in the next worker's DATA."""
    room.inbox()
    room.campaign()
    room.people("anna")
    [late] = room.claimed()
    Email.objects.update(lease_until=Now() - timedelta(seconds=1))
    rescue(room.clock.now())
    [taken] = claim(due_letters(1, room.clock.now()), "another", room.clock.now())
    ticket = Ticket(taken)
    assert room.delivery().desk.admit(ticket)
    return Ticket(late), ticket


def result(room: MailRoom, ticket: Ticket, reply: SmtpReply) -> Result:
    return Result(ticket, decide(reply), reply.phase, reply.text, room.clock.now())


@pytest.mark.parametrize(
    "reply",
    [
        SmtpReply(Phase.MAIL, 421, "4.3.2 closing"),
        SmtpReply(Phase.RCPT, 451, "4.7.1 try again later"),
        SmtpReply(Phase.RCPT, None, "the connection broke"),
        SmtpReply(Phase.RCPT, 550, "5.7.1 blocked: poor reputation"),
    ],
)
def test_its_failure_does_not_touch_the_letter_in_flight(
    room: MailRoom, two: tuple[Ticket, Ticket], reply: SmtpReply
) -> None:
    late, flying = two
    room.delivery().desk.record(result(room, late, reply))
    assert room.letter("anna").state == EmailState.TRANSMITTING
    room.delivery().desk.record(result(room, flying, SmtpReply(Phase.FINAL, 250, "2.0.0 ok")))
    assert room.letter("anna").state == EmailState.SENT


def test_its_failure_does_not_make_the_24_hours_forgotten(
    room: MailRoom, two: tuple[Ticket, Ticket]
) -> None:
    late, flying = two
    room.delivery().desk.record(result(room, late, SmtpReply(Phase.RCPT, 451, "4.7.1 later")))
    assert Contact.objects.get().last_email_id == flying.email.pk


def test_its_bug_does_not_hold_the_letter_in_flight(
    room: MailRoom, two: tuple[Ticket, Ticket]
) -> None:
    late, _ = two
    room.delivery().desk.hold(late, "Traceback …\nRuntimeError: awake again")
    assert room.letter("anna").state == EmailState.TRANSMITTING


def test_a_refusal_that_comes_late_still_settles_what_a_rescue_called_unknown(
    room: MailRoom, two: tuple[Ticket, Ticket]
) -> None:
    _, flying = two
    Email.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert rescue(room.clock.now())["unknown"] == 1
    refused = result(room, flying, SmtpReply(Phase.FINAL, 550, "5.1.1 user unknown"))
    assert refused.decision.outcome is Outcome.HARD
    room.delivery().desk.record(refused)
    assert room.letter("anna").state == EmailState.BOUNCED
