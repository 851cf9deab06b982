"""Servers that lie: replies without end, nonsense, data before TLS, no SMTPUTF8."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from marketing_agent.engine.smtp_outcome import Phase
from marketing_agent.mail.endpoint import Endpoint
from marketing_agent.mail.smtp import SmtpSession, Timeouts

pytestmark = pytest.mark.enable_socket

HELLO = b"220 hi\r\n"
EHLO = b"250-hi\r\n250 8BITMIME\r\n"


@contextmanager
def saying(*answers: bytes) -> Iterator[Endpoint]:
    """A server that gives these answers, one a line received, whatever the line says."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=_serve, args=(listener, answers))
        thread.start()
        port = listener.getsockname()[1]
        yield Endpoint("127.0.0.1", port, "plain", loopback_only=True)
        thread.join(5)
    assert not thread.is_alive()


def _serve(listener: socket.socket, answers: tuple[bytes, ...]) -> None:
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as lines:
        connection.settimeout(5)
        try:
            for answer in answers:
                connection.sendall(answer)
                if not lines.readline():
                    return
        except OSError:
            return


def test_a_greeting_that_is_not_smtp_is_a_typed_failure() -> None:
    with saying(b"HTTP/1.1 400 Bad Request\r\n") as endpoint:
        reply = SmtpSession(endpoint).open()
    assert reply is not None
    assert reply.phase is Phase.CONNECT
    assert "does not speak SMTP" in reply.text


def test_a_reply_without_end_is_given_up() -> None:
    with saying(b"220-more\r\n" * 120_000) as endpoint:
        reply = SmtpSession(endpoint).open()
    assert reply is not None
    assert "does not end" in reply.text


def test_a_line_without_end_is_given_up() -> None:
    with saying(b"2" * 200_000) as endpoint:
        reply = SmtpSession(endpoint).open()
    assert reply is not None
    assert "does not speak SMTP" in reply.text
    with saying(b"220 " + b"2" * 1_200_000) as endpoint:
        reply = SmtpSession(endpoint).open()
    assert reply is not None
    assert "does not end" in reply.text


def test_data_before_tls_is_refused() -> None:
    offer = b"250-hi\r\n250 STARTTLS\r\n"
    with saying(HELLO, offer, b"220 go\r\n250 injected\r\n") as plain:
        secure = Endpoint(plain.host, plain.port, "starttls", loopback_only=True)
        reply = SmtpSession(secure, Timeouts(step=2)).open()
    assert reply is not None
    assert reply.phase is Phase.TLS
    assert "before TLS" in reply.text


def test_a_foreign_address_needs_smtputf8() -> None:
    with saying(HELLO, EHLO) as endpoint, SmtpSession(endpoint, Timeouts(step=2)) as session:
        reply = session.submit("a@acme.example", "jürgen@client.example", b"x\r\n", lambda: True)
    assert reply is not None
    assert reply.code == 553
    assert reply.text.startswith("5.6.7")


def test_a_foreign_address_goes_where_smtputf8_is_offered() -> None:
    ehlo = b"250-hi\r\n250-SMTPUTF8\r\n250 8BITMIME\r\n"
    ok = b"250 ok\r\n"
    with (
        saying(HELLO, ehlo, ok, ok, b"354 go\r\n", b"", b"250 taken\r\n") as endpoint,
        SmtpSession(endpoint, Timeouts(step=2, final=2)) as session,
    ):
        reply = session.submit("a@acme.example", "jürgen@client.example", b"x\r\n", lambda: True)
    assert reply is not None
    assert (reply.phase, reply.code) == (Phase.FINAL, 250)


def test_nonsense_instead_of_354_closes_the_connection() -> None:
    ok = b"250 ok\r\n"
    with saying(HELLO, EHLO, ok, ok, b"250 already?\r\n") as endpoint:
        session = SmtpSession(endpoint, Timeouts(step=2, final=2))
        reply = session.submit("a@acme.example", "j@client.example", b"x\r\n", lambda: True)
        assert reply is not None
        assert (reply.phase, reply.code) == (Phase.DATA, 250)
        assert not session.is_open


def test_a_break_between_data_and_354_is_after_data_began() -> None:
    ok = b"250 ok\r\n"
    with saying(HELLO, EHLO, ok, ok) as endpoint:
        session = SmtpSession(endpoint, Timeouts(step=2, final=2))
        reply = session.submit("a@acme.example", "j@client.example", b"x\r\n", lambda: True)
    assert reply is not None
    assert (reply.phase, reply.code) == (Phase.FINAL, None)
