"""Every row of the table, over the whole way of a letter: claim, door, SMTP, record, and the days after."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hostile.scripted_smtp import ScriptedSmtp, scripted
from hostile.smtp_cases import CASES, Case
from marketing_agent.engine.values import EmailState
from marketing_agent.operations.models import ErrorGroup
from marketing_agent.sandbox.answers import Verb, as_usual
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.faults import at
from marketing_agent.sandbox.smtp_server import SmtpServer
from outbox.mailroom import MailRoom

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.enable_socket,
    pytest.mark.usefixtures("impatient"),
]

ROWS = [(case, verb) for case in CASES for verb in case.verbs]


def name(value: object) -> str:
    if isinstance(value, Case):
        return f"{value.does[:40]}-{value.state}".replace(" ", "_")
    return str(value)


@contextmanager
def hostile(room: MailRoom, certificates: Certificates, case: Case, verb: Verb) -> Iterator[None]:
    """Give the room the server of this case."""
    if callable(case.how):
        with scripted(certificates, **{str(verb): case.how}) as server:
            room.smtp = server
            yield
    else:
        room.smtp.decide = at(verb, case.how)
        yield


def become_honest(server: SmtpServer | ScriptedSmtp) -> None:
    if isinstance(server, ScriptedSmtp):
        server.deeds = {}
    else:
        server.decide = as_usual


def write_to(room: MailRoom, *people: str) -> None:
    room.inbox(window_days="0,1,2,3,4,5,6")
    room.campaign(steps=1)
    room.people(*people)


def days_of_honesty(room: MailRoom) -> None:
    """Let the longest wait pass: a provider's pause of two days after a block."""
    for _ in range(4):
        room.later(days=1)
        room.cycle()


@pytest.mark.parametrize(("case", "verb"), ROWS, ids=name)
def test_a_letter_meets_a_hostile_server(
    room: MailRoom, certificates: Certificates, case: Case, verb: Verb
) -> None:
    with hostile(room, certificates, case, verb):
        write_to(room, "anna")
        room.cycle()
        letter, [attempt] = room.letter("anna"), room.attempts("anna")
        assert (letter.state, attempt.outcome) == (case.state, case.outcome)
        assert attempt.phase == case.phases[verb]
        assert attempt.finished_at is not None
        assert len(room.smtp.accepted) == case.taken
        if case.state is not EmailState.SENT:
            assert attempt.reply
            assert letter.reason == attempt.reply
            assert letter.reason_code
        assert (letter.lease_owner, letter.lease_until) == ("", None)

        become_honest(room.smtp)
        days_of_honesty(room)
        assert len(room.smtp.accepted) == case.taken + case.comes_later
        assert room.letter("anna").state == (EmailState.SENT if case.comes_later else case.state)
    assert not ErrorGroup.objects.exists()
