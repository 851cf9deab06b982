import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from queue import SimpleQueue

import pytest

from inbound.scene import an_inbox, mail
from marketing_agent.accounts.actor import Actor
from marketing_agent.inboxes.actions import put_secret
from marketing_agent.inboxes.models import Inbox
from marketing_agent.operations.actions import set_switch
from marketing_agent.sandbox.answers import Answer, Mishap
from marketing_agent.sandbox.certificates import make_certificates
from marketing_agent.sandbox.imap.session import ImapMoment
from marketing_agent.sandbox.imap_server import ImapServer
from marketing_agent.settings import settings
from marketing_agent.workers import loop
from marketing_agent.workers.actions import make_due, register
from marketing_agent.workers.clock import RunningClock
from marketing_agent.workers.loop import Worker, this_process
from marketing_agent.workers.mail_watch import MailWatch
from marketing_agent.workers.models import Job
from marketing_agent.workers.tasks.sessions import POOL
from marketing_agent.workers.threads import InlineJobs
from workers import mail_parts
from workers.parts import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]
BY = Actor("ada", "test")
ONE, TWO = "inbox1@example.com", "inbox2@example.com"
PASSWORD = "pw"
SECONDS = 20


class Post:
    """An IMAP server whose logins and idle connections are told to the test."""

    def __init__(self, server: ImapServer) -> None:
        self.server = server
        self.idling: SimpleQueue[str | None] = SimpleQueue()
        self.logins: SimpleQueue[bool] = SimpleQueue()
        self.answer: Answer = None
        server.decide = self._decide

    def _decide(self, moment: ImapMoment) -> Answer:
        if moment.command == "IDLE":
            self.idling.put(moment.account)
        if moment.command != "LOGIN":
            return None
        self.logins.put(True)
        return self.answer

    def inbox(self, address: str, password: str = PASSWORD) -> Inbox:
        name = f"SMTP_INBOX_{address[5]}"
        servers = f"127.0.0.1|1|Ada|127.0.0.1|{self.server.port}"
        put_secret(name, f"{address}|{password}|{servers}", BY, NOW)
        return an_inbox(address)


@pytest.fixture
def post(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Post]:
    made = make_certificates(tmp_path_factory.mktemp("ca"))
    monkeypatch.setenv("MARKETING_AGENT_KEY", "a key of the test")
    monkeypatch.setenv("MARKETING_AGENT_CA_FILE", str(made.ca_file))
    settings.cache_clear()
    with ImapServer({ONE: PASSWORD, TWO: PASSWORD}, lambda: NOW, certificates=made) as server:
        yield Post(server)
        POOL.close()
    monkeypatch.undo()
    settings.cache_clear()


def watch() -> MailWatch:
    return MailWatch(RunningClock(NOW).now, look_every_s=0.05, reconnect_s=0.05)


def watchers() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name.startswith("watch-")]


def ended(thread: threading.Thread) -> bool:
    thread.join(SECONDS)
    return not thread.is_alive()


@contextmanager
def working() -> Iterator[None]:
    now, stopping = RunningClock(NOW).now, threading.Event()
    worker = Worker(this_process(NOW), InlineJobs(), now, mail_parts.HOURLY)
    thread = threading.Thread(target=worker.run, args=(stopping,))
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(SECONDS)


def test_a_mail_is_read_and_worked_through_long_before_the_next_poll(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "POLL_S", 0.05)
    post.inbox(ONE)
    register(mail_parts.HOURLY, NOW + timedelta(hours=1))
    with working(), watch():
        assert post.idling.get(timeout=SECONDS) == ONE
        assert mail_parts.reads.get(timeout=SECONDS) == 0  # the watch's first look
        post.server.deliver(ONE, "INBOX", mail("hello"), NOW)
        assert mail_parts.reads.get(timeout=SECONDS) == 1
        assert mail_parts.processed.get(timeout=SECONDS) == 1


def test_a_hint_makes_the_job_due_once(post: Post) -> None:
    del post
    register(mail_parts.HOURLY, NOW + timedelta(hours=1))
    assert make_due("read-inboxes", NOW)
    assert not make_due("read-inboxes", NOW)
    assert Job.objects.get(name="read-inboxes").next_run_at == NOW
    assert Job.objects.get(name="process-inbox").next_run_at > NOW


def test_inboxes_that_come_and_go_and_replaced_secrets_are_noticed(post: Post) -> None:
    with watch():
        inbox = post.inbox(ONE)
        assert post.idling.get(timeout=SECONDS) == ONE
        post.server.put_account(ONE, "new")
        [before] = watchers()
        post.inbox(ONE, "new")
        assert post.idling.get(timeout=SECONDS) == ONE
        assert ended(before)
        [last] = watchers()
        inbox.delete()
        assert ended(last)


def test_no_more_inboxes_are_watched_than_the_switch_says(post: Post) -> None:
    set_switch("imap_idle_inboxes", 1, BY, NOW)
    for address in (ONE, TWO):
        post.inbox(address)
    with watch():
        assert post.idling.get(timeout=SECONDS) == ONE
        set_switch("imap_idle_inboxes", 2, BY, NOW)
        assert post.idling.get(timeout=SECONDS) == TWO
        threads = watchers()
        set_switch("imap_idle_inboxes", 0, BY, NOW)
        assert len(threads) == 2
        assert all(ended(each) for each in threads)


def test_it_ends_at_once_even_with_a_server_that_hangs(post: Post) -> None:
    post.inbox(ONE)
    with watch():
        assert post.idling.get(timeout=SECONDS)
        post.answer = Mishap.HANG
        post.inbox(TWO)
        for _ in range(2):
            assert post.logins.get(timeout=SECONDS)
        begun = time.monotonic()
    assert time.monotonic() - begun < 3  # a second on an idle machine; the time-out is a minute
    post.server.drop_connections()
    assert all(ended(each) for each in watchers())


def test_an_inbox_without_credentials_stops_no_other(post: Post) -> None:
    an_inbox("inbox3@example.com")
    post.inbox(TWO)
    with watch():
        assert post.idling.get(timeout=SECONDS) == TWO
        assert len(watchers()) == 1
