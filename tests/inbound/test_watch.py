"""A server that tells of new mail by itself."""

import threading

import pytest

from inbound.conftest import put_password
from inbound.scene import INBOX, NOW, mail
from marketing_agent.inbound.sessions import SessionPool
from marketing_agent.inbound.watch import wait_for_mail
from marketing_agent.inboxes.models import Inbox
from marketing_agent.sandbox.imap.session import ImapMoment
from marketing_agent.sandbox.imap_server import ImapServer

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


def test_new_mail_ends_the_wait(imap: ImapServer, inbox: Inbox) -> None:
    pool = SessionPool()
    assert wait_for_mail(inbox, 0.01, pool) is False
    waiting = threading.Event()

    def note(moment: ImapMoment) -> None:
        if moment.command == "IDLE":
            waiting.set()

    def deliver() -> None:
        assert waiting.wait(20)
        imap.deliver(INBOX, "INBOX", mail("a"), NOW)

    imap.decide = note
    delivery = threading.Thread(target=deliver)
    delivery.start()
    assert wait_for_mail(inbox, 20, pool) is True
    delivery.join()
    pool.close()


def test_a_server_that_cannot_be_read_ends_the_wait_at_once(imap: ImapServer, inbox: Inbox) -> None:
    put_password(imap, "wrong")
    assert wait_for_mail(inbox, 20, SessionPool()) is None
