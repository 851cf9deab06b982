"""Replies of 100 kB are understood, those without end are given up, and nothing takes for ever."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from time import monotonic

import pytest

from hostile.deeds import (
    answers_late,
    babbles,
    babbles_in_one_line,
    drips,
    hangs,
    says,
    sips,
    stops_reading,
)
from hostile.scripted_smtp import Deed, scripted
from marketing_agent.engine.smtp_outcome import Phase, SmtpReply, decide
from marketing_agent.engine.values import Outcome
from marketing_agent.mail.endpoint import Endpoint
from marketing_agent.mail.smtp import SmtpSession, Timeouts
from marketing_agent.mail.smtp_wire import KEPT
from marketing_agent.sandbox.answers import Manner, Verb
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.faults import at
from marketing_agent.sandbox.smtp_server import Security, SmtpServer

pytestmark = pytest.mark.enable_socket

LETTER = b"Subject: Hello\r\n\r\nDear Jane\r\n"
HUGE = LETTER + b"a line that is repeated\r\n" * 600_000
IMPATIENT = Timeouts(step=0.3, final=0.3)
TOLERABLE_S = 4.0
BEFORE_DATA = (Verb.CONNECT, Verb.EHLO, Verb.STARTTLS, Verb.AUTH, Verb.MAIL, Verb.RCPT)
EVERY_VERB = (*BEFORE_DATA, Verb.DATA, Verb.FINAL)


def send(session: SmtpSession, data: bytes = LETTER) -> SmtpReply:
    reply = session.submit("max@acme.example", "jane@client.example", data, lambda: True)
    assert reply is not None
    return reply


@pytest.fixture
def serve(certificates: Certificates) -> Callable[..., AbstractContextManager]:
    return lambda **deeds: scripted(certificates, **deeds)


@pytest.fixture
def to(certificates: Certificates) -> Callable[..., SmtpSession]:
    end = Endpoint("127.0.0.1", 0, "starttls", "max", "pw", ca_file=str(certificates.ca_file))
    return lambda port, timeouts: SmtpSession(replace(end, port=port), timeouts)


@pytest.mark.parametrize("manner", [Manner.AT_LENGTH, Manner.IN_ONE_BREATH, Manner.IN_OCTETS])
@pytest.mark.parametrize("verb", EVERY_VERB)
def test_a_reply_of_a_hundred_thousand_octets_or_odd_ones_is_understood(
    certificates: Certificates, to: Callable[..., SmtpSession], verb: Verb, manner: Manner
) -> None:
    with SmtpServer(
        {"max": "pw"},
        certificates=certificates,
        security=Security.STARTTLS,
        decide=at(verb, manner),
    ) as server:
        with to(server.port, Timeouts()) as session:
            reply = send(session)
        assert (reply.phase, reply.code) == (Phase.FINAL, 250)
        assert server.accepted_count == 1
        assert len(reply.text) <= KEPT


def test_of_a_long_refusal_the_beginning_is_kept(
    serve: Callable[..., AbstractContextManager], to: Callable[..., SmtpSession]
) -> None:
    long = "\r\n".join(
        ["550-5.1.1 user unknown", *["550-5.1.1 more of it"] * 5000, "550 5.1.1 end"]
    )
    with serve(rcpt=says(long)) as server, to(server.port, Timeouts()) as session:
        reply = send(session)
    assert reply.text.startswith("5.1.1 user unknown\n5.1.1 more of it\n")
    assert len(reply.text) <= KEPT
    assert decide(reply).outcome is Outcome.HARD


def test_what_a_long_greeting_offers_last_is_seen(
    serve: Callable[..., AbstractContextManager], to: Callable[..., SmtpSession]
) -> None:
    long = "\r\n".join(["250-hello", *(f"250-X-{n:090}" for n in range(1000)), "250 STARTTLS"])
    with serve(ehlo=says(long)) as server, to(server.port, Timeouts()) as session:
        assert send(session).code == 250


@pytest.mark.parametrize("deed", [babbles, babbles_in_one_line])
@pytest.mark.parametrize("verb", EVERY_VERB)
def test_a_reply_without_end_is_given_up(
    serve: Callable[..., AbstractContextManager],
    to: Callable[..., SmtpSession],
    verb: Verb,
    deed: Deed,
) -> None:
    with serve(**{verb: deed}) as server:
        session = to(server.port, Timeouts(step=20, final=20))
        reply = send(session)
        assert reply.code is None
        assert "does not end" in reply.text
        assert not session.is_open
        assert unknown_or_harmless(reply, verb)


@pytest.mark.parametrize("deed", [drips, hangs, answers_late])
@pytest.mark.parametrize("verb", EVERY_VERB)
def test_a_server_that_is_slow_at_a_step_is_left_in_time(
    serve: Callable[..., AbstractContextManager],
    to: Callable[..., SmtpSession],
    verb: Verb,
    deed: Deed,
) -> None:
    with serve(**{verb: deed}) as server:
        session = to(server.port, IMPATIENT)
        begun = monotonic()
        reply = send(session)
        assert monotonic() - begun < TOLERABLE_S
        assert reply.code is None
        assert not session.is_open
        assert unknown_or_harmless(reply, verb)


def unknown_or_harmless(reply: SmtpReply, verb: Verb) -> bool:
    """Tell whether a break is judged by whether DATA had been sent."""
    return (decide(reply).outcome is Outcome.UNKNOWN) is (verb not in BEFORE_DATA)


@pytest.mark.parametrize("deed", [stops_reading, sips])
@pytest.mark.parametrize("security", ["plain", "starttls"])
def test_a_server_that_does_not_read_the_letter_is_left_in_time(
    certificates: Certificates, to: Callable[..., SmtpSession], security: str, deed: Deed
) -> None:
    with scripted(certificates, data=deed) as server:
        session = to(server.port, Timeouts(step=5, final=0.3))
        session.endpoint = replace(session.endpoint, security=security)
        begun = monotonic()
        reply = send(session, HUGE)
        assert monotonic() - begun < TOLERABLE_S
        assert (reply.phase, reply.code) == (Phase.FINAL, None)
        assert "in time" in reply.text


def test_a_large_letter_arrives_whole(
    serve: Callable[..., AbstractContextManager], to: Callable[..., SmtpSession]
) -> None:
    with serve() as server, to(server.port, Timeouts()) as session:
        assert send(session, HUGE).code == 250
        assert server.accepted[0].raw == HUGE
