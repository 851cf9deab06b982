"""Every row of the table, over the whole way of a letter: claim, door, SMTP, record, and the days after."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from hostile.conftest import Patience
from hostile.deeds import Doorway, shows_certificate
from hostile.scripted_smtp import ScriptedSmtp, scripted
from hostile.smtp_case import Case
from hostile.smtp_cases import AT_THE_DOOR, CASES
from marketing_agent.engine.values import EmailState
from marketing_agent.operations.models import ErrorGroup
from marketing_agent.outbox.deliver import Delivery
from marketing_agent.outbox.desk import DirectDesk
from marketing_agent.outbox.models import Contact
from marketing_agent.outbox.send import run_cycle
from marketing_agent.outbox.tickets import NowSource, Ticket
from marketing_agent.sandbox.answers import Decide, Verb, as_usual
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.faults import at, first_of, only
from marketing_agent.sandbox.smtp_server import SmtpServer
from marketing_agent.workers.threads import InlineLanes
from outbox.mailroom import MailRoom

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.enable_socket,
    pytest.mark.usefixtures("patience"),
]

ROWS = [(case, verb) for case in CASES for verb in case.verbs]


def name(value: object) -> str:
    if isinstance(value, Case):
        return f"{value.does[:40]}-{value.state}".replace(" ", "_")
    return str(value)


@pytest.fixture
def serve(
    room: MailRoom, certificates: Certificates, contexts: dict[str, ssl.SSLContext]
) -> Callable[[Case, Verb], AbstractContextManager[None]]:
    @contextmanager
    def serving(case: Case, verb: Verb) -> Iterator[None]:
        """Give the room the server of this case; nobody called gone lives there."""
        if callable(case.how):
            with scripted(certificates, **{str(verb): case.how}) as server:
                server.contexts = contexts
                room.smtp = server
                yield
        else:
            room.smtp.decide = first_of(nobody("gone"), at(verb, case.how))
            yield

    return serving


def nobody(name: str) -> Decide:
    return only(lambda moment: moment.address.startswith(name), at(Verb.RCPT, "550 5.1.1 unknown"))


def become_honest(server: SmtpServer | ScriptedSmtp) -> None:
    if isinstance(server, ScriptedSmtp):
        server.deeds = {}
    else:
        server.decide = as_usual


def write_to(room: MailRoom, *people: str) -> None:
    room.inbox(window_days="0,1,2,3,4,5,6")
    room.campaign(steps=1)
    room.people(*people)


@pytest.mark.parametrize(("case", "verb"), ROWS, ids=name)
def test_a_letter_meets_a_hostile_server(
    room: MailRoom,
    patience: Patience,
    serve: Callable[[Case, Verb], AbstractContextManager[None]],
    case: Case,
    verb: Verb,
) -> None:
    patience(case.waits)
    with serve(case, verb):
        # Before a second letter, and only then, the first one has to be forgotten.
        write_to(room, *(["gone"] if verb is Verb.RSET else []), "anna")
        room.cycle()
        it_ends_as_the_row_says(room, case, verb)
        patience(False)
        become_honest(room.smtp)
        it_is_delivered_at_most_once(room, case)


def it_ends_as_the_row_says(room: MailRoom, case: Case, verb: Verb) -> None:
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


def it_is_delivered_at_most_once(room: MailRoom, case: Case) -> None:
    """Let the longest wait pass: a provider's pause of two days after a block."""
    for _ in range(4):
        room.later(days=1)
        room.cycle()
    assert len(room.smtp.accepted) == case.taken + case.comes_later
    assert room.letter("anna").state == (EmailState.SENT if case.comes_later else case.state)
    assert not ErrorGroup.objects.exists()


class DeskAt(DirectDesk):
    """A desk at whose door there is time for the server to do something."""

    def __init__(self, now: NowSource, doorway: Doorway) -> None:
        super().__init__(now)
        self._doorway = doorway

    def admit(self, ticket: Ticket) -> bool:
        admitted = super().admit(ticket)
        assert self._doorway.pass_by()
        return admitted


@pytest.mark.parametrize("case", AT_THE_DOOR, ids=name)
def test_a_letter_stands_at_the_door_meanwhile(
    room: MailRoom, certificates: Certificates, case: Case
) -> None:
    assert callable(case.how)
    doorway = Doorway(case.how)
    with scripted(certificates, rcpt=doorway) as server:
        room.smtp = server
        write_to(room, "anna")
        desk = DeskAt(room.clock.now, doorway)
        run_cycle(Delivery(desk, InlineLanes(), room.clock.now), "test")
        assert "DATA" not in server.heard
        it_ends_as_the_row_says(room, case, Verb.RCPT)
        assert not Contact.objects.exists()
        become_honest(server)
        it_is_delivered_at_most_once(room, case)


@pytest.mark.parametrize(("of", "said"), [("elsewhere", "127.0.0.1"), ("stranger", "issuer")])
def test_a_certificate_is_refused_for_the_right_reason(
    room: MailRoom,
    certificates: Certificates,
    contexts: dict[str, ssl.SSLContext],
    of: str,
    said: str,
) -> None:
    with scripted(certificates, starttls=shows_certificate(of)) as server:
        server.contexts, room.smtp = contexts, server
        write_to(room, "anna")
        room.cycle()
    assert "certificate" in room.letter("anna").reason
    assert said in room.letter("anna").reason
