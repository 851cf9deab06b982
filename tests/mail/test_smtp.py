"""SMTP against a real server on a loopback socket: what is handed over, and how it can break."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial

import pytest

from marketing_agent.engine.smtp_outcome import Phase, decide
from marketing_agent.engine.values import Outcome
from marketing_agent.mail.endpoint import Endpoint
from marketing_agent.mail.smtp import SmtpSession, Timeouts
from marketing_agent.sandbox.answers import Answer, Mishap, Moment, Verb
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.smtp_server import Security, SmtpServer

pytestmark = pytest.mark.enable_socket

LETTER = b"Subject: Hello\r\n\r\nDear Jane\r\n.\r\n..two dots\r\n"
IMPATIENT = Timeouts(step=0.2, final=0.2)


def yes() -> bool:
    return True


def at(verb: Verb, answer: Answer) -> Callable[[Moment], Answer]:
    return lambda moment: answer if moment.verb is verb else None


def send(session: SmtpSession, to: str = "jane@client.example") -> Phase | int | None:
    reply = session.submit("max@acme.example", to, LETTER, yes)
    assert reply is not None
    return reply.code


def test_a_letter_arrives_unchanged_with_its_dots(
    smtp_server: SmtpServer, endpoint: Endpoint
) -> None:
    with SmtpSession(endpoint) as session:
        assert send(session) == 250
    [delivery] = smtp_server.accepted
    assert delivery.raw == LETTER
    assert delivery.envelope_from == "max@acme.example"
    assert delivery.to == ("jane@client.example",)


def test_many_letters_share_one_connection(smtp_server: SmtpServer, endpoint: Endpoint) -> None:
    logins: list[Moment] = []
    smtp_server.decide = lambda moment: (
        logins.append(moment) if moment.verb is Verb.CONNECT else None
    )
    with SmtpSession(endpoint) as session:
        assert [send(session) for _ in range(5)] == [250] * 5
    assert len(logins) == 1
    assert smtp_server.accepted_count == 5


def test_a_closed_door_sends_nothing_and_keeps_the_connection(
    smtp_server: SmtpServer, endpoint: Endpoint
) -> None:
    with SmtpSession(endpoint) as session:
        assert session.submit("max@acme.example", "j@c.example", LETTER, lambda: False) is None
        assert smtp_server.accepted_count == 0
        assert send(session) == 250
    assert smtp_server.accepted[0].to == ("jane@client.example",)


def test_the_door_is_asked_after_the_recipient_and_before_data(
    smtp_server: SmtpServer, endpoint: Endpoint
) -> None:
    seen: list[str] = []
    smtp_server.decide = lambda moment: seen.append(moment.verb)
    with SmtpSession(endpoint) as session:
        session.submit("a@acme.example", "j@c.example", LETTER, lambda: not seen.append("door"))
    assert seen.index("rcpt") < seen.index("door") < seen.index("data")


def test_what_the_door_raises_passes_through_and_nothing_is_sent(
    smtp_server: SmtpServer, endpoint: Endpoint
) -> None:
    def broken() -> bool:
        raise LookupError("no row")

    session = SmtpSession(endpoint)
    with pytest.raises(LookupError):
        session.submit("a@acme.example", "j@c.example", LETTER, broken)
    assert not session.is_open
    assert smtp_server.accepted_count == 0


def test_the_last_word_is_had_after_the_door_and_around_data_itself(
    smtp_server: SmtpServer, endpoint: Endpoint
) -> None:
    seen: list[str] = []
    smtp_server.decide = lambda moment: seen.append(moment.verb)

    @contextmanager
    def passing() -> Iterator[bool]:
        seen.append("last word")
        yield True

    with SmtpSession(endpoint) as session:
        session.submit(
            "a@acme.example", "j@c.example", LETTER, lambda: not seen.append("door"), passing
        )
    assert seen[seen.index("rcpt") :] == ["rcpt", "door", "last word", "data", "final", "quit"]


def test_a_letter_held_back_at_the_last_word_sends_no_data_and_keeps_the_connection(
    smtp_server: SmtpServer, endpoint: Endpoint
) -> None:
    seen: list[str] = []
    smtp_server.decide = lambda moment: seen.append(moment.verb)
    no = partial(nullcontext, enter_result=False)
    with SmtpSession(endpoint) as session:
        assert session.submit("max@acme.example", "j@c.example", LETTER, yes, no) is None
        assert "data" not in seen
        assert send(session) == 250
    assert smtp_server.accepted_count == 1


def test_a_refused_recipient_is_reported_and_the_next_letter_goes(
    smtp_server: SmtpServer, endpoint: Endpoint
) -> None:
    smtp_server.decide = lambda moment: (
        "550 5.1.1 no such user" if moment.address == "gone@client.example" else None
    )
    with SmtpSession(endpoint) as session:
        reply = session.submit("max@acme.example", "gone@client.example", LETTER, yes)
        assert reply is not None
        assert (reply.phase, reply.code) == (Phase.RCPT, 550)
        assert "5.1.1 no such user" in reply.text
        assert send(session) == 250


@pytest.mark.parametrize(
    ("mishap", "accepted"),
    [
        (Mishap.CLOSE, 0),
        (Mishap.HANG, 0),
        (Mishap.ACCEPT_AND_CLOSE, 1),
        (Mishap.ACCEPT_AND_HANG, 1),
    ],
)
def test_a_break_after_data_leaves_the_outcome_unknown(
    smtp_server: SmtpServer, endpoint: Endpoint, mishap: Mishap, accepted: int
) -> None:
    session = SmtpSession(endpoint, Timeouts(step=5, final=0.2))
    assert send(session, "first@client.example") == 250
    smtp_server.decide = at(Verb.FINAL, mishap)
    reply = session.submit("max@acme.example", "jane@client.example", LETTER, yes)
    assert reply is not None
    assert (reply.phase, reply.code) == (Phase.FINAL, None)
    assert decide(reply).outcome is Outcome.UNKNOWN
    assert not session.is_open
    assert smtp_server.accepted_count == 1 + accepted


@pytest.mark.parametrize(
    ("verb", "phase"),
    [(Verb.CONNECT, Phase.TLS), (Verb.MAIL, Phase.MAIL), (Verb.RCPT, Phase.RCPT)],
)
def test_a_server_that_hangs_is_left_and_nothing_was_sent(
    smtp_server: SmtpServer, endpoint: Endpoint, verb: Verb, phase: Phase
) -> None:
    smtp_server.decide = at(verb, Mishap.HANG)
    session = SmtpSession(endpoint, IMPATIENT)
    reply = session.submit("max@acme.example", "jane@client.example", LETTER, yes)
    assert reply is not None
    assert reply.code is None
    assert reply.phase in {phase, Phase.CONNECT}
    assert not session.is_open
    assert smtp_server.accepted_count == 0


def test_a_connection_that_died_while_idle_is_opened_again(
    smtp_server: SmtpServer, endpoint: Endpoint
) -> None:
    with SmtpSession(endpoint) as session:
        assert send(session) == 250
        smtp_server.drop_connections()
        assert send(session) == 250
    assert smtp_server.accepted_count == 2


def test_a_wrong_password_is_a_refused_login(endpoint: Endpoint) -> None:
    reply = SmtpSession(replace(endpoint, password="wrong")).open()
    assert reply is not None
    assert (reply.phase, reply.code) == (Phase.LOGIN, 535)
    assert decide(reply).outcome is Outcome.ACCOUNT


def test_an_unknown_authority_is_refused(endpoint: Endpoint) -> None:
    reply = SmtpSession(replace(endpoint, ca_file=None)).open()
    assert reply is not None
    assert (reply.phase, reply.code) == (Phase.TLS, None)
    assert "certificate" in reply.text


def test_starttls_is_used_where_asked_for(certificates: Certificates, endpoint: Endpoint) -> None:
    with SmtpServer(
        {"max@acme.example": "pässwörd"}, certificates=certificates, security=Security.STARTTLS
    ) as server:
        with SmtpSession(replace(endpoint, port=server.port, security="starttls")) as session:
            assert send(session) == 250
        assert server.accepted[0].account == "max@acme.example"


def test_a_server_without_starttls_is_refused_where_it_was_asked_for(endpoint: Endpoint) -> None:
    with SmtpServer(security=Security.PLAIN) as server:
        reply = SmtpSession(replace(endpoint, port=server.port, security="starttls")).open()
        assert reply is not None
        assert reply.phase is Phase.TLS
        assert "STARTTLS" in reply.text


def test_a_port_where_nobody_listens_is_an_unreachable_relay(endpoint: Endpoint) -> None:
    with SmtpServer(security=Security.PLAIN) as server:
        port = server.port
    reply = SmtpSession(replace(endpoint, port=port)).open()
    assert reply is not None
    assert (reply.phase, reply.code) == (Phase.CONNECT, None)


@pytest.mark.parametrize("host", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "0.0.0.0"])  # noqa: S104  refused
def test_loopback_only_refuses_every_other_address(endpoint: Endpoint, host: str) -> None:
    reply = SmtpSession(replace(endpoint, host=host)).open()
    assert reply is not None
    assert reply.phase is Phase.CONNECT
    assert "not a loopback address" in reply.text


def test_plain_text_outside_loopback_is_refused(endpoint: Endpoint) -> None:
    outside = replace(endpoint, host="192.0.2.1", security="plain", loopback_only=False)
    reply = SmtpSession(outside).open()
    assert reply is not None
    assert "plain text" in reply.text


@pytest.mark.parametrize("to", ["a@b.example>\r\nDATA", "a b@c.example", "<x@y.example"])
def test_an_address_that_would_forge_commands_is_refused(
    smtp_server: SmtpServer, endpoint: Endpoint, to: str
) -> None:
    reply = SmtpSession(endpoint).submit("max@acme.example", to, LETTER, yes)
    assert reply is not None
    assert reply.code == 553
    assert smtp_server.accepted_count == 0


def test_the_password_stays_out_of_the_endpoints_text(endpoint: Endpoint) -> None:
    assert "pässwörd" not in repr(endpoint)
