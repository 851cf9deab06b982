"""From an accepted letter to the answer in a mailbox, over real sockets."""

import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from marketing_agent.sandbox.behaviours import Behaviour
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.imap_server import ImapServer
from marketing_agent.sandbox.internet import Internet, account_of
from marketing_agent.sandbox.personas import Personas
from marketing_agent.sandbox.post import DueMail
from marketing_agent.sandbox.smtp_server import SmtpServer

pytestmark = pytest.mark.enable_socket
US, MONDAY = "inbox1@example.com", datetime(2026, 3, 2, 9, tzinfo=UTC)
BEHAVIOURS = {
    "eager@mill.example": Behaviour.INTERESTED,
    "full@mill.example": Behaviour.BOUNCE_FULL,
    "grey@mill.example": Behaviour.GREYLISTED,
    "late@mill.example": Behaviour.LATE,
    "junk@mill.example": Behaviour.IN_JUNK,
    "calm@mill.example": Behaviour.SILENT,
}


class Clock:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now


class World:
    """Both servers and what lies between them."""

    def __init__(self, certificates: Certificates, accounts: dict[str, str]) -> None:
        self.clock = Clock()
        self.imap = ImapServer(accounts, self.clock, certificates=certificates)
        self.internet = Internet(Personas(3, BEHAVIOURS), self.imap, self.clock)
        self.smtp = SmtpServer(
            accounts,
            certificates=certificates,
            clock=self.clock,
            decide=self.internet.decide,
            received=self.internet.receive,
        )
        self._context = certificates.client_context()

    def send(self, to: str, sender: str = "inbox1+t7@example.com") -> None:
        raw = f"From: {US}\r\nTo: {to}\r\nSubject: Hello\r\nMessage-ID: <{to}>\r\n\r\nHi.\r\n"
        with smtplib.SMTP("127.0.0.1", self.smtp.port, timeout=5) as client:
            client.starttls(context=self._context)
            client.login(US, "first-secret")
            client.sendmail(sender, [to], raw)

    def later(self, time: timedelta) -> int:
        self.clock.now += time
        return self.internet.release(self.clock.now)


@pytest.fixture
def world(certificates: Certificates, accounts: dict[str, str]) -> Iterator[World]:
    made = World(certificates, accounts)
    with made.imap, made.smtp:
        yield made


def test_an_answer_waits_until_it_is_due(world: World) -> None:
    world.send("eager@mill.example")
    assert world.internet.waiting == 1
    assert world.later(timedelta(minutes=1)) == 0
    assert world.later(timedelta(days=4)) == 1
    [answer] = world.imap.messages(US, "INBOX")
    assert b"In-Reply-To: <eager@mill.example>" in answer
    assert world.internet.waiting == 0


def test_the_next_arrival_is_known(world: World) -> None:
    nothing = world.internet.next_due
    assert nothing is None
    world.send("full@mill.example")
    due = world.internet.next_due
    assert due is not None
    assert MONDAY < due < MONDAY + timedelta(minutes=5)


def test_a_bounce_to_a_tagged_sender_reaches_the_account(world: World) -> None:
    world.send("full@mill.example")
    assert world.later(timedelta(hours=1)) == 1
    [report] = world.imap.messages(US, "INBOX")
    assert b"To: inbox1+t7@example.com" in report
    assert world.internet.lost == ()


def test_letters_are_filed_in_sent_and_seen_in_all_mail(world: World) -> None:
    world.send("calm@mill.example")
    assert world.imap.messages(US, "Sent") == (world.smtp.accepted[0].raw,)
    assert len(world.imap.messages(US, "All Mail")) == 1
    assert world.later(timedelta(days=5)) == 0


def test_junk_is_filed_as_junk(world: World) -> None:
    world.send("junk@mill.example")
    world.later(timedelta(days=4))
    assert len(world.imap.messages(US, "Junk")) == 1
    assert world.imap.messages(US, "INBOX") == ()


def test_greylisting_lets_the_second_try_in(world: World) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="451"):
        world.send("grey@mill.example")
    world.later(timedelta(minutes=1))
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="451"):
        world.send("grey@mill.example")
    world.later(timedelta(minutes=30))
    world.send("grey@mill.example")
    assert world.smtp.accepted_count == 1


def test_a_reminder_is_counted_as_one(world: World) -> None:
    world.send("late@mill.example")
    assert world.internet.waiting == 0
    world.send("late@mill.example")
    assert world.internet.waiting == 1


def test_mail_for_nobody_is_kept_aside(world: World) -> None:
    stray = DueMail(MONDAY, "nobody@example.com", b"Subject: lost\r\n\r\n")
    world.internet.put(stray)
    assert world.later(timedelta(0)) == 0
    assert world.internet.lost == (stray,)


def test_a_tag_belongs_to_the_account_before_it() -> None:
    assert account_of("Inbox1+a+b@Example.com") == US
