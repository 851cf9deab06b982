"""IMAP against a real server on a loopback socket."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from imapclient import SocketTimeout

from marketing_agent.mail import imap_fetch
from marketing_agent.mail.endpoint import Endpoint
from marketing_agent.mail.imap import ImapLoginRefused, ImapSession, ImapUnavailable
from marketing_agent.sandbox.answers import Mishap
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.imap_server import ImapServer
from marketing_agent.sandbox.smtp_server import Security

pytestmark = pytest.mark.enable_socket

NOW = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
USER = "max@acme.example"


def mail(number: int, sender: str = "jane@client.example") -> bytes:
    head = f"From: {sender}\r\nMessage-ID: <m{number}@client.example>\r\nSubject: {number}\r\n"
    return head.encode() + b"\r\nHello\r\n"


@pytest.fixture
def server(certificates: Certificates) -> Iterator[ImapServer]:
    with ImapServer({USER: "secret"}, lambda: NOW, certificates=certificates) as running:
        yield running


@pytest.fixture
def account(server: ImapServer, certificates: Certificates) -> Endpoint:
    return Endpoint(
        "localhost",
        server.port,
        "tls",
        USER,
        "secret",
        ca_file=str(certificates.ca_file),
        loopback_only=True,
    )


def test_the_folders_that_matter_are_found(account: Endpoint) -> None:
    with ImapSession(account) as session:
        folders = session.folders()
    assert folders.inbox == "INBOX"
    assert folders.junk
    assert folders.sent
    assert folders.to_read()[0] == "INBOX"


def test_only_newer_mail_is_fetched_in_order_and_up_to_the_limit(
    server: ImapServer, account: Endpoint
) -> None:
    uids = [server.deliver(USER, "INBOX", mail(number), NOW) for number in range(45)]
    with ImapSession(account) as session:
        box = session.select("INBOX")
        fetched = list(session.fetch_since(uids[2], 30))
    assert box.exists == 45
    assert box.uidnext > uids[-1]
    assert [one.uid for one in fetched] == uids[3:33]
    assert fetched[0].raw == mail(3)
    assert fetched[0].complete
    assert fetched[0].size == len(mail(3))


def test_the_last_mail_is_not_fetched_again(server: ImapServer, account: Endpoint) -> None:
    last = server.deliver(USER, "INBOX", mail(1), NOW)
    with ImapSession(account) as session:
        session.select("INBOX")
        assert list(session.fetch_since(last, 10)) == []


def test_of_an_oversized_mail_only_the_header_comes(
    server: ImapServer, account: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_fetch, "MAX_MAIL", 500)
    server.deliver(USER, "INBOX", mail(1), NOW)
    server.deliver(USER, "INBOX", mail(2) + b"x" * 1000, NOW)
    server.deliver(USER, "INBOX", mail(3), NOW)
    with ImapSession(account) as session:
        session.select("INBOX")
        found = list(session.fetch_since(0, 10))
    assert [one.complete for one in found] == [True, False, True]
    assert b"Message-ID: <m2@client.example>" in found[1].raw
    assert b"xxx" not in found[1].raw


def test_mail_is_found_by_message_id_and_by_sender(server: ImapServer, account: Endpoint) -> None:
    server.deliver(USER, "INBOX", mail(1), NOW)
    other = server.deliver(USER, "INBOX", mail(2, "john@else.example"), NOW)
    with ImapSession(account) as session:
        session.select("INBOX")
        assert session.search_message_id("m2@client.example") == (other,)
        assert session.search_message_id("nobody@client.example") == ()
        assert session.search_from_since("john@else.example", date(2031, 5, 1)) == (other,)
        assert session.search_from_since("john@else.example", date(2031, 5, 9)) == ()


def test_a_search_text_cannot_smuggle_a_command(account: Endpoint) -> None:
    with ImapSession(account) as session:
        session.select("INBOX")
        with pytest.raises(ImapUnavailable, match="control character"):
            session.search_message_id("x\r\nA1 LOGOUT")


def test_a_copy_is_stored_in_sent(server: ImapServer, account: Endpoint) -> None:
    with ImapSession(account) as session:
        sent = session.folders().sent
        assert sent is not None
        session.append(sent, mail(9), NOW)
    assert server.messages(USER, sent) == (mail(9),)


def test_idle_tells_of_new_mail(server: ImapServer, account: Endpoint) -> None:
    with ImapSession(account) as session:
        session.select("INBOX")
        assert session.has_idle()
        assert session.idle(0.01) is False
        server.deliver(USER, "INBOX", mail(1), NOW)
        assert session.idle(5) is True


def test_a_wrong_password_is_permanent(account: Endpoint) -> None:
    session = ImapSession(replace(account, password="wrong"))
    with pytest.raises(ImapLoginRefused) as refused:
        session.open()
    session.close()
    assert not refused.value.temporary


def test_a_server_that_is_busy_is_temporary(server: ImapServer, account: Endpoint) -> None:
    server.decide = lambda moment: (
        "NO [UNAVAILABLE] come back later" if moment.command == "LOGIN" else None
    )
    session = ImapSession(account)
    with pytest.raises(ImapLoginRefused) as refused:
        session.open()
    session.close()
    assert refused.value.temporary


def test_a_server_that_hangs_is_left(server: ImapServer, account: Endpoint) -> None:
    session = ImapSession(account, SocketTimeout(connect=5, read=0.2))
    session.open()
    server.decide = lambda _moment: Mishap.HANG
    with pytest.raises(ImapUnavailable) as error:
        session.select("INBOX")
    session.close()
    assert error.value.temporary


def test_an_unknown_authority_is_refused(account: Endpoint) -> None:
    with pytest.raises(ImapUnavailable) as error:
        ImapSession(replace(account, ca_file=None)).open()
    assert not error.value.temporary


def test_loopback_only_refuses_every_other_address(account: Endpoint) -> None:
    with pytest.raises(ImapUnavailable, match="not a loopback address"):
        ImapSession(replace(account, host="192.0.2.1")).open()


def test_starttls_is_used_where_asked_for(certificates: Certificates, account: Endpoint) -> None:
    with ImapServer(
        {USER: "secret"}, lambda: NOW, certificates=certificates, security=Security.STARTTLS
    ) as server:
        secure = replace(account, port=server.port, security="starttls")
        with ImapSession(secure) as session:
            assert session.select("INBOX").exists == 0


def test_a_closed_session_says_so(account: Endpoint) -> None:
    with pytest.raises(ImapUnavailable, match="not open"):
        ImapSession(account).folders()
