"""IMAP servers that drip, break off, or say more than they were asked: every exchange has an end."""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from threading import Event, Thread
from time import monotonic

import pytest
from imapclient import SocketTimeout

from mail.test_imap import NOW, USER, account, mail, server
from marketing_agent.mail.channel import Channel, WireError
from marketing_agent.mail.endpoint import Endpoint
from marketing_agent.mail.imap import ImapHangs, ImapRefused, ImapSession, ImapUnavailable
from marketing_agent.sandbox.answers import Mishap
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.imap.session import Cut, ImapMoment
from marketing_agent.sandbox.imap_server import ImapServer
from marketing_agent.sandbox.smtp_server import Security

__all__ = ["account", "server"]

pytestmark = pytest.mark.enable_socket

IMPATIENT = SocketTimeout(connect=5, read=0.3)
TOLERABLE_S = 4.0


@pytest.fixture
def dripping() -> Iterator[Endpoint]:
    """A server that greets an octet at a time, for minutes."""
    over = Event()

    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            for octet in b"* OK [CAPABILITY IMAP4rev1] " + b"x" * 10_000:
                connection.sendall(bytes([octet]))
                if over.wait(0.02):
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=drip, args=(listener,))
        thread.start()
        yield Endpoint("127.0.0.1", listener.getsockname()[1], "plain", "ada", "pw")
        over.set()
        thread.join(5)


def test_a_server_that_drips_is_left_in_time(dripping: Endpoint) -> None:
    begun = monotonic()
    with pytest.raises(ImapHangs, match="in time"):
        ImapSession(dripping, IMPATIENT).open()
    assert monotonic() - begun < TOLERABLE_S


def test_a_server_that_hangs_is_not_asked_to_part(server: ImapServer, account: Endpoint) -> None:
    session = ImapSession(account, IMPATIENT)
    session.open()
    server.decide = lambda _moment: Mishap.HANG
    begun = monotonic()
    with pytest.raises(ImapHangs):
        session.select("INBOX")
    session.close()
    assert monotonic() - begun < 2 * IMPATIENT.read


def test_a_refused_command_leaves_the_connection_in_use(
    server: ImapServer, account: Endpoint
) -> None:
    with ImapSession(account) as session:
        with pytest.raises(ImapRefused, match="no such mailbox"):
            session.select("Nowhere")
        logins: list[ImapMoment] = []
        server.decide = lambda moment: logins.append(moment) if moment.command == "LOGIN" else None
        assert session.select("INBOX").exists == 0
        assert logins == []


@pytest.mark.parametrize("mishap", [Mishap.CLOSE, "BYE not today"])
def test_a_break_at_the_login_is_no_wrong_password(
    server: ImapServer, account: Endpoint, mishap: Mishap | str
) -> None:
    if isinstance(mishap, Mishap):
        server.decide = lambda moment: mishap if moment.command == "LOGIN" else None
    else:
        server.tamper = lambda moment, said: (
            Cut(f"* {mishap}\r\n".encode()) if moment.command == "LOGIN" else said
        )
    with pytest.raises(ImapUnavailable) as broken:
        ImapSession(account).open()
    assert broken.value.temporary


def test_what_is_said_before_tls_is_not_believed_under_it(
    certificates: Certificates, account: Endpoint
) -> None:
    with ImapServer(
        {USER: "secret"}, lambda: NOW, certificates=certificates, security=Security.STARTTLS
    ) as plain:
        plain.tamper = lambda moment, said: (
            said + b"* CAPABILITY IMAP4rev1\r\n" if moment.command == "STARTTLS" else said
        )
        session = ImapSession(replace(account, port=plain.port, security="starttls"), IMPATIENT)
        with pytest.raises(ImapUnavailable):
            session.open()


def test_news_that_comes_with_the_answer_to_idle_is_heard(
    server: ImapServer, account: Endpoint
) -> None:
    server.tamper = lambda moment, said: (
        said + b"* 7 EXISTS\r\n" if moment.command == "IDLE" and said.startswith(b"+") else said
    )
    near, far = socket.socketpair()
    with near, far, ImapSession(account) as session:
        session.select("INBOX")
        begun = monotonic()
        assert session.idle(60, far) is True
        assert monotonic() - begun < TOLERABLE_S


def test_an_idle_connection_that_is_cut_says_so(server: ImapServer, account: Endpoint) -> None:
    with ImapSession(account) as session:
        session.select("INBOX")
        server.tamper = lambda moment, said: (
            Cut(said + b"* BYE shutting down\r\n") if moment.command == "IDLE" else said
        )
        with pytest.raises(ImapUnavailable):
            session.idle(60)


def test_a_mail_is_asked_for_by_uid_and_told_apart_from_news(
    server: ImapServer, account: Endpoint
) -> None:
    for number in range(3):
        server.deliver(USER, "INBOX", mail(number), NOW)
    server.tamper = lambda moment, said: (
        b"* 2 FETCH (FLAGS (\\Seen))\r\n" + said if moment.command == "UID FETCH" else said
    )
    with ImapSession(account) as session:
        box = session.select("INBOX")
        assert (box.top, box.uidnext) == (3, 4)
        assert [each.uid for each in session.fetch([2])] == [2]
        assert session.present([1, 3, 9]) == {1, 3}
        assert session.uids_since(0, 10, {2}) == [1, 3]


@pytest.fixture
def pair() -> Iterator[tuple[Channel, socket.socket]]:
    near, far = socket.socketpair()
    with near, far:
        yield Channel(near, 0.01, 0.2), far


def arrives(far: socket.socket, data: bytes, over: Event) -> Callable[[], None]:
    def sending() -> None:
        for start in range(0, len(data), 10):
            far.sendall(data[start : start + 10])
            if over.wait(0.02):
                break

    return sending


def test_what_comes_fast_enough_is_waited_for_longer_but_not_for_ever(
    pair: tuple[Channel, socket.socket],
) -> None:
    channel, far = pair
    over = Event()
    thread = Thread(target=arrives(far, b"x" * 1000 + b"\n", over))
    thread.start()
    begun = monotonic()
    channel.allow(0.1)
    with pytest.raises(WireError, match="in time"):
        channel.line(10_000)
    taken = monotonic() - begun
    over.set()
    thread.join(5)
    assert 0.29 < taken < TOLERABLE_S  # what was allowed, and what may be added at most
