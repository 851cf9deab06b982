"""The job that sends, with all that hangs on it: the last look for an answer, and the end of a cycle."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from marketing_agent.engine.door import Refusal
from marketing_agent.engine.values import EmailState
from marketing_agent.inboxes.actions import put_secret
from marketing_agent.outbox.deliver import Delivery
from marketing_agent.outbox.desk import DirectDesk
from marketing_agent.outbox.models import Email
from marketing_agent.outbox.send import run_cycle
from marketing_agent.outbox.steps import LONGEST
from marketing_agent.outbox.tickets import Look
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.imap_server import ImapServer
from marketing_agent.workers import clock
from marketing_agent.workers.tasks.sending import cycle
from marketing_agent.workers.tasks.sessions import POOL
from marketing_agent.workers.threads import InlineLanes
from outbox.conftest import certificates, room, smtp
from outbox.mailroom import BY, MailRoom

__all__ = ["certificates", "room", "smtp"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]
INBOX, PASSWORD = "inbox1@example.com", "pw"


@pytest.fixture
def written_to(room: MailRoom) -> Iterator[MailRoom]:
    """Send Anna her first letter, and let the follow-up come due."""
    before = clock.install(room.clock)
    room.inbox(window_days="0,1,2,3,4,5,6")
    room.campaign()
    room.people("anna")
    assert cycle()["sent"] == 1
    room.later(days=4)
    yield room
    POOL.close()
    clock.install(before)


@pytest.fixture
def imap(written_to: MailRoom, certificates: Certificates) -> Iterator[ImapServer]:
    now = written_to.clock.now
    with ImapServer({INBOX: PASSWORD}, now, certificates=certificates) as server:
        servers = f"127.0.0.1|{written_to.smtp.port}|Ada|127.0.0.1|{server.port}"
        put_secret("SMTP_INBOX_1", f"{INBOX}|{PASSWORD}|{servers}", by=BY, now=now())
        yield server


@pytest.mark.usefixtures("imap")
def test_a_follow_up_leaves_once_the_inbox_was_asked(written_to: MailRoom) -> None:
    assert cycle()["sent"] == 1
    assert written_to.attempts("anna")[0].look.startswith("no answer by IMAP (")


def test_a_follow_up_stays_when_an_answer_lies_unread(
    written_to: MailRoom, imap: ImapServer
) -> None:
    raw = (
        b"From: anna@anna.example\r\nTo: inbox1@example.com\r\nSubject: Re\r\n\r\nPlease stop.\r\n"
    )
    imap.deliver(INBOX, "INBOX", raw, written_to.clock.now())
    result = cycle()
    assert (result["sent"], result["refused"]) == (0, {"answer_unread": 1})
    assert len(written_to.smtp.accepted) == 1


def test_a_follow_up_waits_while_the_inbox_cannot_be_asked(written_to: MailRoom) -> None:
    result = cycle()
    assert (result["sent"], result["refused"]) == (0, {"inbox_unread": 1})
    letter = written_to.letter("anna")
    assert letter.state == EmailState.PLANNED
    assert "cannot be read" in letter.reason


def test_a_cycle_ends_after_its_time_though_letters_keep_coming_round(room: MailRoom) -> None:
    room.inbox(window_days="0,1,2,3,4,5,6")
    room.campaign()
    room.people("anna")
    room.plan()
    Email.objects.update(kind="follow_up")
    began, asked = room.clock.now(), list[Email]()

    def look_for_long(email: Email) -> Look:
        asked.append(email)
        room.clock.move_to(room.clock.now() + timedelta(minutes=1))
        Email.objects.update(due_at=began)
        return Look(Refusal("inbox_unread", "It cannot be read.", next_try=began))

    delivery = Delivery(DirectDesk(room.clock.now), InlineLanes(), room.clock.now, look_for_long)
    run_cycle(delivery, "test")
    assert 1 < len(asked) <= LONGEST / timedelta(minutes=1) + 1
