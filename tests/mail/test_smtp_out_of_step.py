"""Servers that speak when they were not asked: no word of theirs answers another command."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import pytest

from hostile.deeds import Doorway, closes, hangs, once, refuses_amid, says, takes_and, usually_and
from hostile.scripted_smtp import Deed, ScriptedSmtp, Talk, scripted
from marketing_agent.engine.smtp_outcome import Phase, SmtpReply, decide
from marketing_agent.engine.values import Outcome
from marketing_agent.mail.endpoint import Endpoint
from marketing_agent.mail.smtp import SmtpSession, Timeouts
from marketing_agent.sandbox.answers import Verb
from marketing_agent.sandbox.certificates import Certificates

pytestmark = pytest.mark.enable_socket

LETTER = b"Subject: Hello\r\n\r\nDear Jane\r\n"
LARGE = LETTER + b"a line that is repeated\r\n" * 250_000
SECONDS = Timeouts(step=5, final=5)


@pytest.fixture(params=["plain", "starttls"])
def security(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def serve(security: str, certificates: Certificates) -> Callable[..., AbstractContextManager]:
    def serving(**deeds: Deed) -> AbstractContextManager[ScriptedSmtp]:
        return scripted(certificates if security == "starttls" else None, **deeds)

    return serving


@pytest.fixture
def to(security: str, certificates: Certificates) -> Callable[[ScriptedSmtp], SmtpSession]:
    end = Endpoint("127.0.0.1", 0, "plain", "max", "pw", ca_file=str(certificates.ca_file))

    def session(server: ScriptedSmtp) -> SmtpSession:
        return SmtpSession(replace(end, port=server.port, security=security), SECONDS)

    return session


def send(session: SmtpSession, data: bytes = LETTER) -> SmtpReply:
    reply = session.submit("max@acme.example", "jane@client.example", data, lambda: True)
    assert reply is not None
    return reply


@pytest.mark.parametrize(
    ("verb", "extra", "phase", "outcome"),
    [
        ("auth", "250 2.0.0 once more", Phase.MAIL, Outcome.TEMPORARY),
        ("auth", "535 5.7.8 or not", Phase.LOGIN, Outcome.ACCOUNT),
        ("mail", "250 2.0.0 once more", Phase.RCPT, Outcome.TEMPORARY),
        ("mail", "550 5.1.1 user unknown", Phase.MAIL, Outcome.TEMPORARY),
        ("rcpt", "250 2.0.0 once more", Phase.RCPT, Outcome.TEMPORARY),
        ("rcpt", "550 5.1.1 user unknown", Phase.RCPT, Outcome.TEMPORARY),
        ("rcpt", "354 go on", Phase.RCPT, Outcome.TEMPORARY),
    ],
)
def test_a_second_answer_ends_the_conversation_before_data(
    serve: Callable[..., AbstractContextManager],
    to: Callable[[ScriptedSmtp], SmtpSession],
    verb: str,
    extra: str,
    phase: Phase,
    outcome: Outcome,
) -> None:
    with serve(**{verb: usually_and(extra)}) as server:
        session = to(server)
        reply = send(session)
        assert (reply.phase, reply.code, decide(reply).outcome) == (phase, None, outcome)
        assert extra[:3] in reply.text
        assert not session.is_open
        assert "DATA" not in server.heard


def test_a_second_greeting_is_no_answer_to_ehlo(
    serve: Callable[..., AbstractContextManager], to: Callable[[ScriptedSmtp], SmtpSession]
) -> None:
    with serve(connect=usually_and("250 SIZE")) as server:
        reply = to(server).open()
    assert reply == SmtpReply(Phase.CONNECT, None, "The server spoke out of turn: 250 SIZE")


@pytest.mark.parametrize("pushed", ["421 4.3.2 shutting down", "250 2.1.5 once more", ""])
def test_what_is_said_while_we_stand_at_the_door_keeps_data_back(
    serve: Callable[..., AbstractContextManager],
    to: Callable[[ScriptedSmtp], SmtpSession],
    pushed: str,
) -> None:
    doorway = Doorway(says(pushed) if pushed else closes)
    entered: list[bool] = []
    with serve(rcpt=doorway) as server:
        session = to(server)
        reply = session.submit(
            "max@acme.example",
            "jane@client.example",
            LETTER,
            doorway.pass_by,
            lambda: nullcontext(not entered.append(True)),
        )
        assert reply is not None
        assert (reply.phase, reply.code, entered) == (Phase.RCPT, None, [])
        assert decide(reply).outcome is Outcome.TEMPORARY
        assert pushed in reply.text
        assert "DATA" not in server.heard


@pytest.mark.parametrize(
    ("behind", "code", "outcome"),
    [
        ("250 2.0.0 taken", 250, Outcome.UNKNOWN),
        ("354 go on", 354, Outcome.UNKNOWN),
        ("552 5.3.4 message too big", 552, Outcome.BLOCK),
        ("451 4.3.0 try later", 451, Outcome.TEMPORARY),
        ("hello?", None, Outcome.UNKNOWN),
    ],
)
def test_an_answer_right_behind_354_is_not_the_one_to_the_final_dot(
    serve: Callable[..., AbstractContextManager],
    to: Callable[[ScriptedSmtp], SmtpSession],
    behind: str,
    code: int | None,
    outcome: Outcome,
) -> None:
    with serve(data=usually_and(behind), final=says("550 5.7.1 no")) as server:
        session = to(server)
        reply = send(session)
        assert (reply.code, decide(reply).outcome) == (code, outcome)
        assert not session.is_open
        assert server.accepted == ()


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("552 5.3.4 message too big", Outcome.BLOCK),
        ("421 4.3.2 shutting down", Outcome.TEMPORARY),
        ("250 2.0.0 enough", Outcome.UNKNOWN),
    ],
)
def test_a_word_in_the_middle_of_the_letter_ends_the_letter_without_its_dot(
    serve: Callable[..., AbstractContextManager],
    to: Callable[[ScriptedSmtp], SmtpSession],
    said: str,
    outcome: Outcome,
) -> None:
    with serve(data=refuses_amid(said)) as server:
        reply = send(to(server), LARGE)
        assert (reply.phase, reply.code) == (Phase.DATA, int(said[:3]))
        assert decide(reply).outcome is outcome


def test_a_refusal_is_heard_though_the_server_hangs_up_at_once(
    serve: Callable[..., AbstractContextManager], to: Callable[[ScriptedSmtp], SmtpSession]
) -> None:
    def refuses(talk: Talk) -> None:
        talk.say("354 go on")
        talk.hear()
        talk.say("552 5.3.4 message too big")
        talk.leave()

    with serve(data=refuses) as server:
        assert send(to(server), LARGE).code == 552


def test_a_server_that_leaves_in_the_middle_of_the_letter_leaves_it_unknown(
    serve: Callable[..., AbstractContextManager], to: Callable[[ScriptedSmtp], SmtpSession]
) -> None:
    def leaves(talk: Talk) -> None:
        talk.say("354 go on")
        talk.hear()
        talk.leave()

    with serve(data=leaves) as server:
        reply = send(to(server), LARGE)
        assert (reply.phase, reply.code) == (Phase.FINAL, None)


@pytest.mark.parametrize(
    ("answers", "taken", "code"),
    [
        (("250 2.0.0 ok", "550 5.7.1 no"), False, None),
        (("550 5.7.1 no", "250 2.0.0 ok"), True, None),
        (("250-2.0.0 ok", "550 5.7.1 no"), False, None),
        (("250 2.0.0 ok", "250 2.0.0 ok"), True, 250),
        (("250 2.0.0 ok", "421 4.3.2 closing"), True, 250),
        (("451 4.3.0 later", "421 4.3.2 closing"), False, 451),
        (("550 5.7.1 no", "550 5.7.1 no"), False, 550),
        (("250-2.0.0 ok", "251 2.0.0 ok"), True, 251),
    ],
)
def test_a_letter_that_was_taken_and_refused_is_unknown(
    serve: Callable[..., AbstractContextManager],
    to: Callable[[ScriptedSmtp], SmtpSession],
    answers: tuple[str, str],
    taken: bool,
    code: int | None,
) -> None:
    deed = takes_and if taken else says
    with serve(final=once(deed(*answers))) as server:
        session = to(server)
        reply = send(session)
        assert (reply.phase, reply.code) == (Phase.FINAL, code)
        assert send(session).code == 250
        assert len(server.accepted) == taken + 1
        session.quit()


def test_the_next_letter_is_not_answered_by_what_is_left_over(
    serve: Callable[..., AbstractContextManager], to: Callable[[ScriptedSmtp], SmtpSession]
) -> None:
    with serve(
        final=once(usually_and("250 2.0.0 ok", "250 2.0.0 ok", "354 go", "250 ok"))
    ) as server:
        session = to(server)
        assert send(session).code == 250
        server.deeds[Verb.RCPT] = says("550 5.1.1 user unknown")
        assert (send(session).phase, send(session).code) == (Phase.RCPT, 550)
        assert len(server.accepted) == 1
        session.quit()


@pytest.mark.parametrize("deed", [says("500 what?"), says("421 4.3.2 closing"), closes])
def test_a_server_that_does_not_forget_a_letter_gets_a_new_connection(
    serve: Callable[..., AbstractContextManager],
    to: Callable[[ScriptedSmtp], SmtpSession],
    deed: Deed,
) -> None:
    with serve(rset=deed) as server:
        session = to(server)
        assert session.submit("max@acme.example", "j@c.example", LETTER, lambda: False) is None
        assert not session.is_open
        server.deeds[Verb.RCPT] = once(says("550 5.1.1 user unknown"))
        assert send(session).code == 550
        assert send(session).code == 250
        assert len(server.accepted) == 1
        session.quit()


def test_a_goodbye_is_not_waited_for_long(
    serve: Callable[..., AbstractContextManager], to: Callable[[ScriptedSmtp], SmtpSession]
) -> None:
    with serve(quit=hangs) as server:
        session = to(server)
        session.timeouts = Timeouts(step=0.2, final=5)
        assert send(session).code == 250
        session.quit()
        assert not session.is_open
        assert len(server.accepted) == 1
