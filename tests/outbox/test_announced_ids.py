"""A server's last word may say under which Message-ID a letter goes on; it is kept with the outcome."""

import pytest

from marketing_agent.engine.values import EmailState
from marketing_agent.outbox.models import OtherId
from marketing_agent.sandbox.answers import Answer, Moment, Verb
from outbox.mailroom import MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]

SES = "0102018f3a1b2c4d-9c1f7e2a-4b5d-4c3e-8f90-{:012x}-000000"


def announcing(room: MailRoom, reply: str) -> None:
    """Have the server answer the final dot with `reply`, in which {} stands for a running number."""
    numbers = iter(range(1, 100))

    def decide(moment: Moment) -> Answer:
        return reply.format(next(numbers)) if moment.verb is Verb.FINAL else None

    room.smtp.decide = decide


def test_the_id_that_the_server_announces_is_kept_for_each_letter(ready: MailRoom) -> None:
    ready.people("anna", "bert")
    announcing(ready, "250 Ok " + SES.replace("{:012x}", "00000000000{}"))
    ready.cycle()
    kept = OtherId.objects.order_by("email_id").values_list("email_id", "message_id", "source")
    letters = [ready.letter(name) for name in ("anna", "bert")]
    assert {each.state for each in letters} == {EmailState.SENT}
    assert {row[0] for row in kept} == {each.pk for each in letters}
    assert {row[1] for row in kept} == {f"{SES.format(n)}@amazonses.com" for n in (1, 2)}
    assert {row[2] for row in kept} == {"announced"}


@pytest.mark.parametrize(
    "reply",
    [
        "250 2.0.0 Ok: queued as 4ZcF1j0Yk2z9s",
        "250 2.0.0 OK 1741780000 5b1f17b1804b1-43d0a75b2f8sm1234567f8f.12 - gsmtp",
        "250 2.6.0 <> [InternalId=4711, Hostname=mx1] Queued mail for delivery",
        "250 2.6.0 <x@y> [InternalId=4711, Hostname=mx1] Queued mail for delivery",
    ],
)
def test_a_number_in_the_queue_is_no_message_id(ready: MailRoom, reply: str) -> None:
    ready.people("anna")
    announcing(ready, reply)
    ready.cycle()
    assert ready.letter("anna").state == EmailState.SENT
    assert not OtherId.objects.exists()


def test_our_own_id_in_the_reply_is_nothing_new(ready: MailRoom) -> None:
    ready.people("anna")
    [planned] = ready.plan()
    announcing(ready, f"250 2.6.0 <{planned.message_id}> [InternalId=4711, Hostname=mx1] Queued")
    ready.cycle()
    assert ready.letter("anna").state == EmailState.SENT
    assert not OtherId.objects.exists()


def test_an_id_in_a_refusal_is_not_kept(ready: MailRoom) -> None:
    ready.people("anna")
    announcing(ready, f"451 Ok {SES.format(1)}")
    ready.cycle()
    assert ready.letter("anna").state == EmailState.RETRY
    assert not OtherId.objects.exists()
