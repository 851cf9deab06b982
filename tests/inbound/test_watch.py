"""A server that tells of new mail by itself."""

import socket
import threading
from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from inbound.conftest import PASSWORD
from inbound.scene import INBOX, NOW, mail
from marketing_agent.inbound.watch import Watcher, reconnect_after
from marketing_agent.mail.endpoint import Endpoint
from marketing_agent.mail.imap import ImapLoginRefused, ImapUnavailable
from marketing_agent.sandbox.answers import Answer
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.imap.session import ImapMoment
from marketing_agent.sandbox.imap_server import ImapServer

pytestmark = pytest.mark.enable_socket
SECONDS = 20


class Watched:
    """A watcher in a thread of the test, and what it and the server tell."""

    def __init__(self, server: ImapServer, ca_file: str, password: str = PASSWORD) -> None:
        self.hints: SimpleQueue[bool] = SimpleQueue()
        self.idling: SimpleQueue[bool] = SimpleQueue()
        server.decide = self._note
        self._line, self._wake = socket.socketpair()
        endpoint = Endpoint("127.0.0.1", server.port, "tls", INBOX, password, ca_file=ca_file)
        watcher = Watcher(endpoint, lambda: self.hints.put(True), self._wake, reconnect_s=0.01)
        self.thread = threading.Thread(target=watcher.run)

    def _note(self, moment: ImapMoment) -> Answer:
        if moment.command == "IDLE":
            self.idling.put(True)
        return None

    def end(self) -> None:
        self._line.close()
        if self.thread.ident:
            self.thread.join(SECONDS)
        self._wake.close()


@pytest.fixture
def watched(imap: ImapServer, certificates: Certificates) -> Iterator[Watched]:
    watched = Watched(imap, str(certificates.ca_file))
    yield watched
    watched.end()


def test_the_first_look_and_every_new_mail_give_a_hint(imap: ImapServer, watched: Watched) -> None:
    watched.thread.start()
    for number in range(3):
        assert watched.hints.get(timeout=SECONDS)
        assert watched.idling.get(timeout=SECONDS)
        assert watched.hints.empty()
        imap.deliver(INBOX, "INBOX", mail(f"number {number}"), NOW)
    assert watched.hints.get(timeout=SECONDS)


def test_mail_that_came_while_the_connection_was_broken_gives_a_hint(
    imap: ImapServer, watched: Watched
) -> None:
    watched.thread.start()
    assert watched.hints.get(timeout=SECONDS)
    assert watched.idling.get(timeout=SECONDS)
    imap.drop_connections()
    imap.deliver(INBOX, "INBOX", mail("meanwhile"), NOW)
    assert watched.hints.get(timeout=SECONDS)


def test_a_connection_that_broke_with_nothing_new_is_opened_again_without_a_hint(
    imap: ImapServer, watched: Watched
) -> None:
    watched.thread.start()
    assert watched.hints.get(timeout=SECONDS)
    for _ in range(2):
        assert watched.idling.get(timeout=SECONDS)
        imap.drop_connections()
    assert watched.idling.get(timeout=SECONDS)
    assert watched.hints.empty()


def test_it_ends_at_once_when_woken(watched: Watched) -> None:
    watched.thread.start()
    assert watched.idling.get(timeout=SECONDS)
    watched._line.close()
    watched.thread.join(1)
    assert not watched.thread.is_alive()


def test_a_server_without_idle_is_not_watched(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketing_agent.mail.imap.ImapSession.has_idle", lambda _self: False)
    watched.thread.start()
    watched.thread.join(SECONDS)
    assert not watched.thread.is_alive()
    assert watched.hints.empty()


def test_waits_double_and_a_refused_login_waits_longer() -> None:
    broken = ImapUnavailable("gone", temporary=True)
    refused = ImapLoginRefused("no", temporary=False)
    assert [reconnect_after(n, 5.0, broken) for n in (1, 2, 3, 1000)] == [5, 10, 20, 900]
    assert [reconnect_after(n, 5.0, refused) for n in (1, 2)] == [300, 600]
