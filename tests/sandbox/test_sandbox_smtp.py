"""The SMTP server of the sandbox, asked by the standard library's client."""

import logging
import smtplib
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from marketing_agent.sandbox.answers import Answer, Mishap, Moment, Verb
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.smtp_server import Delivery, Security, SmtpServer

pytestmark = pytest.mark.enable_socket
US, THEM = "inbox1@example.com", "ada@mill.example"
LETTER = b"Subject: Hello\r\n\r\nOne line.\r\n.leading dot\r\n"
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def server(certificates: Certificates, accounts: dict[str, str]) -> Iterator[SmtpServer]:
    with SmtpServer(accounts, certificates=certificates, clock=lambda: MONDAY) as server:
        yield server


@pytest.fixture
def client(server: SmtpServer, certificates: Certificates) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
        client.starttls(context=certificates.client_context())
        client.login(US, "first-secret")
        yield client


def at(verb: Verb, answer: Answer) -> Callable[[Moment], Answer]:
    return lambda moment: answer if moment.verb is verb else None


def test_records_what_it_accepted_in_order(server: SmtpServer, client: smtplib.SMTP) -> None:
    for recipient in (THEM, "bob@mill.example"):
        client.sendmail(US, [recipient], LETTER)
    assert [delivery.to for delivery in server.accepted] == [(THEM,), ("bob@mill.example",)]
    first = server.accepted[0]
    assert (first.envelope_from, first.account, first.raw) == (US, US, LETTER)
    assert first.at == MONDAY
    assert server.accepted_count == 2


def test_tells_of_a_message_before_the_client_hears_of_it() -> None:
    heard: list[Delivery] = []
    with (
        SmtpServer(security=Security.PLAIN, received=heard.append) as server,
        smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client,
    ):
        client.sendmail(US, [THEM], LETTER)
        assert heard == list(server.accepted)
        assert heard[0].raw == LETTER


def test_serves_tls_from_the_first_byte(
    certificates: Certificates, accounts: dict[str, str]
) -> None:
    context = certificates.client_context()
    with (
        SmtpServer(accounts, certificates=certificates, security=Security.TLS) as server,
        smtplib.SMTP_SSL("localhost", server.port, timeout=5, context=context) as client,
    ):
        client.login("inbox2@example.com", "second-secret")
        client.sendmail("inbox2@example.com", [THEM], LETTER)
        assert server.accepted_count == 1


def test_a_client_that_does_not_know_the_authority_refuses(server: SmtpServer) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
        with pytest.raises(ssl.SSLCertVerificationError):
            client.starttls(context=ssl.create_default_context())
        client.close()


def test_a_client_that_breaks_the_handshake_off_leaves_no_failure_in_the_log(
    server: SmtpServer, certificates: Certificates, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        lines = client.makefile("rb")
        lines.readline()
        client.sendall(b"STARTTLS\r\n")
        assert lines.readline().startswith(b"220")
        client.sendall(b"no handshake\r\n")
        lines.read()
    with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as next_one:
        next_one.starttls(context=certificates.client_context())
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR] == []


def test_a_wrong_password_is_refused(server: SmtpServer, certificates: Certificates) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
        client.starttls(context=certificates.client_context())
        with pytest.raises(smtplib.SMTPAuthenticationError, match="535"):
            client.login(US, "second-secret")


def test_nothing_goes_without_tls_or_without_a_login(
    server: SmtpServer, certificates: Certificates
) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
        client.ehlo()
        assert client.mail(US)[0] == 530
        client.starttls(context=certificates.client_context())
        client.ehlo()
        assert client.mail(US) == (530, b"5.7.0 Authentication required")


@pytest.mark.parametrize(
    ("verb", "reply"),
    [
        (Verb.MAIL, "550 5.4.5 Daily sending quota exceeded"),
        (Verb.RCPT, "550 5.1.1 user unknown"),
        (Verb.DATA, "451 4.3.0 try later"),
        (Verb.FINAL, "554 5.7.1 looks like spam"),
    ],
)
def test_the_hook_refuses_at_any_verb(
    server: SmtpServer, client: smtplib.SMTP, verb: Verb, reply: str
) -> None:
    server.decide = at(verb, reply)
    with pytest.raises((smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)) as caught:
        client.sendmail(US, [THEM], LETTER)
    assert reply.split(" ", 1)[1] in str(caught.value)
    assert server.accepted == ()


def test_the_hook_knows_who_writes_to_whom(server: SmtpServer, client: smtplib.SMTP) -> None:
    asked: list[Moment] = []
    server.decide = asked.append
    client.sendmail(US, [THEM], LETTER)
    assert [(moment.verb, moment.address) for moment in asked] == [
        *((Verb.MAIL, US), (Verb.RCPT, THEM)),
        *((Verb.DATA, THEM), (Verb.FINAL, THEM)),
    ]
    assert asked[-1] == Moment(Verb.FINAL, THEM, US, US, secure=True)


@pytest.mark.parametrize(
    ("verb", "mishap", "recorded"),
    [
        (Verb.MAIL, Mishap.CLOSE, 0),
        (Verb.RCPT, Mishap.CLOSE, 0),
        (Verb.DATA, Mishap.CLOSE, 0),
        (Verb.FINAL, Mishap.CLOSE, 0),
        (Verb.FINAL, Mishap.ACCEPT_AND_CLOSE, 1),
    ],
)
def test_closes_where_it_is_told_to(
    server: SmtpServer, client: smtplib.SMTP, verb: Verb, mishap: Mishap, recorded: int
) -> None:
    server.decide = at(verb, mishap)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.sendmail(US, [THEM], LETTER)
    assert server.accepted_count == recorded


@pytest.mark.parametrize(("mishap", "recorded"), [(Mishap.HANG, 0), (Mishap.ACCEPT_AND_HANG, 1)])
def test_hangs_after_the_final_dot(
    server: SmtpServer, client: smtplib.SMTP, mishap: Mishap, recorded: int
) -> None:
    server.decide = at(Verb.FINAL, mishap)
    assert client.sock is not None
    client.sock.settimeout(0.2)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        client.sendmail(US, [THEM], LETTER)
    assert server.accepted_count == recorded


@pytest.mark.parametrize("mishap", [Mishap.CLOSE, "421 4.3.2 too many connections"])
def test_turns_a_client_away_at_the_door(server: SmtpServer, mishap: Answer) -> None:
    server.decide = at(Verb.CONNECT, mishap)
    with pytest.raises((smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError)):
        smtplib.SMTP("127.0.0.1", server.port, timeout=5)


@pytest.mark.parametrize("mishap", [Mishap.CLOSE, "454 4.7.0 Temporary failure"])
def test_the_hook_spoils_a_login(
    server: SmtpServer, certificates: Certificates, mishap: Answer
) -> None:
    server.decide = at(Verb.AUTH, mishap)
    with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
        client.starttls(context=certificates.client_context())
        with pytest.raises((smtplib.SMTPServerDisconnected, smtplib.SMTPAuthenticationError)):
            client.login(US, "first-secret")
        client.close()


def test_drops_open_connections(server: SmtpServer, client: smtplib.SMTP) -> None:
    server.drop_connections()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.noop()
    client.close()


def test_stopping_with_an_open_connection_leaves_nothing_behind(accounts: dict[str, str]) -> None:
    server = SmtpServer(accounts, security=Security.PLAIN)
    server.start()
    client = smtplib.SMTP("127.0.0.1", server.port, timeout=5)
    server.stop()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.noop()
    client.close()


def test_a_server_that_never_started_stops() -> None:
    SmtpServer(security=Security.PLAIN).stop()


def test_tls_without_certificates_is_refused() -> None:
    with pytest.raises(ValueError, match="needs certificates"):
        SmtpServer(security=Security.TLS)


def test_the_sink_prints_its_port_and_at_the_end_its_count() -> None:
    command = [sys.executable, "-m", "marketing_agent.sandbox.smtp_server", "--port", "0"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as sink:
        assert sink.stdout is not None
        port = int(sink.stdout.readline())
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            for _ in range(3):
                client.sendmail(US, [THEM], LETTER)
        rest, _ = sink.communicate()
    assert rest.strip() == "3"
    assert sink.returncode == 0
