"""The SMTP server of the sandbox says oddly what it means: octet for octet, over a plain socket."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from marketing_agent.sandbox.answers import Answer, Manner, Mishap, Moment, Verb
from marketing_agent.sandbox.faults import at
from marketing_agent.sandbox.smtp_server import Security, SmtpServer

pytestmark = pytest.mark.enable_socket
US, THEM = "inbox1@example.com", "ada@mill.example"
DIALOGUE = (
    (Verb.EHLO, "EHLO client"),
    (Verb.MAIL, f"MAIL FROM:<{US}>"),
    (Verb.RCPT, f"RCPT TO:<{THEM}>"),
    (Verb.DATA, "DATA"),
    (Verb.FINAL, "Subject: Hello\r\n\r\nOne line.\r\n."),
    (Verb.RSET, "RSET"),
    (Verb.QUIT, "QUIT"),
)
CODES = {Verb.CONNECT: b"220", Verb.DATA: b"354", Verb.QUIT: b"221"}


@contextmanager
def talking(verb: Verb, answer: Answer) -> Iterator[tuple[SmtpServer, socket.socket]]:
    """Speak with a server up to `verb`, whose answer is left to be read."""
    with (
        SmtpServer(security=Security.PLAIN, decide=at(verb, answer)) as server,
        closing(socket.create_connection(("127.0.0.1", server.port), timeout=5)) as client,
    ):
        replies = client.makefile("rb", buffering=0)
        for step, command in DIALOGUE if verb is not Verb.CONNECT else ():
            while replies.readline()[3:4] == b"-":
                pass
            client.sendall(command.encode() + b"\r\n")
            if step is verb:
                break
        replies.close()
        yield server, client


def everything(client: socket.socket) -> bytes:
    """Read until the server has been silent for a moment, or has closed."""
    client.settimeout(0.3)
    said = b""
    try:
        while part := client.recv(65536):
            said += part
    except TimeoutError:
        return said
    return said + b"(closed)"


@pytest.mark.parametrize("verb", [Verb.CONNECT, *(verb for verb, _ in DIALOGUE)])
def test_an_answer_is_given_twice(verb: Verb) -> None:
    with talking(verb, Manner.TWICE) as (_, client):
        code = CODES.get(verb, b"250")
        finals = [each for each in everything(client).splitlines() if each[3:4] == b" "]
        assert [each[:3] for each in finals] == [code, code]


@pytest.mark.parametrize("manner", [Manner.AT_LENGTH, Manner.IN_ONE_BREATH])
def test_an_answer_is_a_hundred_thousand_octets_long(manner: Manner) -> None:
    with talking(Verb.FINAL, manner) as (server, client):
        said = everything(client)
        assert 95_000 < len(said) < 105_000
        assert len(said.splitlines()) == (1001 if manner is Manner.AT_LENGTH else 1)
        assert b"250 2.0.0 Ok: taken" in said
        assert server.accepted_count == 1


def test_an_answer_holds_octets_that_are_no_text() -> None:
    with talking(Verb.RCPT, Manner.IN_OCTETS) as (_, client):
        assert everything(client) == b"250 OK \xff\x00\xfe \xc3\x28 gr\xfc\xdfe\r\n"


def test_an_answer_comes_octet_by_octet() -> None:
    with talking(Verb.MAIL, Manner.DRIPPING) as (_, client):
        assert client.recv(100) == b"2"
        client.settimeout(5)
        with client.makefile("rb") as rest:
            assert rest.readline() == b"50 OK\r\n"


def test_an_answer_is_the_last_word() -> None:
    with talking(Verb.FINAL, Manner.AND_CLOSE) as (server, client):
        assert everything(client) == b"250 2.0.0 Ok: taken\r\n(closed)"
        assert server.accepted_count == 1


@pytest.mark.parametrize("verb", [Verb.EHLO, Verb.RSET])
def test_the_hook_is_asked_at_the_greeting_and_at_the_reset(verb: Verb) -> None:
    with talking(verb, "421 4.3.2 not now") as (_, client):
        assert everything(client) == b"421 4.3.2 not now\r\n"
    with talking(verb, Mishap.CLOSE) as (_, client):
        assert everything(client) == b"(closed)"


def test_an_acceptance_in_other_words_is_one() -> None:
    asked: list[Moment] = []
    words = {
        Verb.MAIL: "250-2.1.0 So\r\n250 2.1.0 be it",
        Verb.RCPT: "250 2.1.5 Let it come",
        Verb.DATA: "354-Go\r\n354 on",
    }
    with talking(Verb.FINAL, None) as (server, client):
        server.decide = lambda moment: asked.append(moment) or words.get(moment.verb)
        everything(client)
        for command, code in (
            (f"MAIL FROM:<{US}>", b"250 2.1.0 be it"),
            (f"RCPT TO:<{THEM}>", b"250 2.1.5 Let it come"),
            ("DATA", b"354 on"),
            ("Hello\r\n.", b"250 2.0.0 Ok: taken"),
        ):
            client.sendall(command.encode() + b"\r\n")
            assert everything(client).splitlines()[-1] == code
        assert [each.to for each in server.accepted] == [(THEM,), (THEM,)]
    assert {each.secure for each in asked} == {False}
