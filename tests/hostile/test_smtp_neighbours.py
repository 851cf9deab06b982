"""One letter's hostile server is its own trouble: the letters behind it and beside it are delivered once."""

from collections.abc import Iterator
from contextlib import ExitStack
from time import monotonic

import pytest

from hostile.conftest import Patience
from hostile.deeds import answers_late, drips, hangs, once, refuses_amid, stops_reading
from hostile.scripted_smtp import Deed, ScriptedSmtp, Talk, scripted
from hostile.smtp_case import Case
from hostile.smtp_cases import BEFORE_THE_DOT, FAREWELLS, REFUSALS, SILENT, TWICE
from marketing_agent.engine.values import EmailState, Outcome
from marketing_agent.inboxes.models import Pause
from marketing_agent.mail.parse import parse
from marketing_agent.operations.models import ErrorGroup
from marketing_agent.outbox.deliver import Delivery, Tally
from marketing_agent.outbox.models import Attempt, Email
from marketing_agent.sandbox.answers import Verb
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.faults import at, times
from marketing_agent.workers.group_desk import GroupDesk
from marketing_agent.workers.threads import ThreadLanes
from outbox.mailroom import MailRoom

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("patience")]

PER_LETTER = (Verb.MAIL, Verb.RCPT, Verb.DATA, Verb.FINAL)
ROWS = [
    (case, verb)
    for case in (*SILENT, *TWICE, *BEFORE_THE_DOT, *FAREWELLS, *REFUSALS)
    for verb in case.verbs
    if verb in PER_LETTER
]


def name(value: object) -> str:
    return f"{value.does[:40]}-{value.state}" if isinstance(value, Case) else str(value)


def names(server: ScriptedSmtp) -> list[str]:
    return [parse(each.raw).message_id or "" for each in server.accepted]


@pytest.mark.django_db
@pytest.mark.parametrize(("case", "verb"), ROWS, ids=name)
def test_the_letter_behind_it_is_delivered_once(
    room: MailRoom, patience: Patience, certificates: Certificates, case: Case, verb: Verb
) -> None:
    patience(case.waits)
    with ExitStack() as stack:
        if callable(case.how):
            deeds = {str(verb): once(case.how)}
            room.smtp = stack.enter_context(scripted(certificates, **deeds))
        else:
            room.smtp.decide = times(1, at(verb, case.how))
        room.inbox(window_days="0,1,2,3,4,5,6")
        room.campaign(steps=1)
        room.people("anna", "ben")
        room.cycle()
        assert room.letter("anna").state == case.state
        # An unknown outcome must not get company: the rest of the lane waits for a better line.
        goes_on = case.outcome not in {Outcome.ACCOUNT, Outcome.UNKNOWN}
        assert room.letter("ben").state == (EmailState.SENT if goes_on else EmailState.PLANNED)
        assert len(room.smtp.accepted) == case.taken + goes_on

        for _ in range(4):
            room.later(days=1)
            room.cycle()
        assert room.letter("ben").state == EmailState.SENT
        taken = names(room.smtp)
        assert sorted(taken) == sorted(set(taken))
        assert len(taken) == case.taken + 1 + case.comes_later


@pytest.fixture
def servers(certificates: Certificates) -> Iterator[dict[str, ScriptedSmtp]]:
    with scripted(certificates) as hostile, scripted(certificates) as honest:
        yield {"hostile": hostile, "honest": honest}


def deliver(room: MailRoom, lanes: int) -> Tally:
    with GroupDesk(room.clock.now) as desk:
        return Delivery(desk, ThreadLanes(lanes), room.clock.now).run(room.claimed())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("verb", "deed", "state"),
    [
        (Verb.CONNECT, hangs, EmailState.RETRY),
        (Verb.RCPT, drips, EmailState.RETRY),
        (Verb.DATA, stops_reading, EmailState.UNKNOWN),
        (Verb.FINAL, hangs, EmailState.UNKNOWN),
        (Verb.FINAL, answers_late, EmailState.UNKNOWN),
    ],
)
def test_a_server_that_keeps_us_waiting_keeps_no_other_inbox_waiting(
    room: MailRoom,
    patience: Patience,
    servers: dict[str, ScriptedSmtp],
    verb: Verb,
    deed: Deed,
    state: EmailState,
) -> None:
    patience(True)
    servers["hostile"].deeds = {verb: deed}
    for number in range(1, 5):
        room.smtp = servers["hostile" if number == 1 else "honest"]
        room.inbox(f"inbox{number}@example.com")
    room.campaign(steps=1)
    room.people(*(f"person{number}" for number in range(12)))
    begun = monotonic()
    tally = deliver(room, lanes=2)
    assert monotonic() - begun < 15

    honest = Email.objects.exclude(inbox__address="inbox1@example.com")
    assert set(honest.values_list("state", flat=True)) == {EmailState.SENT}
    assert tally.outcomes["sent"] == len(servers["honest"].accepted) == honest.count() == 9
    assert len(set(names(servers["honest"]))) == 9
    assert servers["hostile"].accepted == ()
    theirs = Email.objects.filter(inbox__address="inbox1@example.com")
    assert set(theirs.values_list("state", flat=True)) <= {state, EmailState.PLANNED}
    assert not Attempt.objects.filter(finished_at=None).exists()
    assert not ErrorGroup.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("deed", "state", "taken_later"),
    [
        (refuses_amid("552 5.3.4 message too big"), EmailState.HELD, 1),
        (refuses_amid("451 4.3.0 out of memory"), EmailState.RETRY, 1),
        (refuses_amid("250 2.0.0 enough"), EmailState.UNKNOWN, 0),
        (stops_reading, EmailState.UNKNOWN, 0),
    ],
)
def test_a_large_letter_that_is_answered_in_its_middle(
    room: MailRoom,
    patience: Patience,
    certificates: Certificates,
    deed: Deed,
    state: EmailState,
    taken_later: int,
) -> None:
    patience(deed is stops_reading)
    with scripted(certificates, data=deed) as server:
        room.smtp = server
        room.inbox(window_days="0,1,2,3,4,5,6")
        room.campaign(steps=1)
        room.people("anna")
        room.plan()
        Email.objects.update(body="A line that is repeated.\n" * 400_000)
        room.cycle()
        assert room.letter("anna").state == state
        assert server.accepted == ()
        server.deeds = {}
        Email.objects.update(body="A short letter.")
        for _ in range(4):
            room.later(days=1)
            room.cycle()
        assert len(server.accepted) == taken_later


@pytest.mark.django_db
def test_a_late_answer_to_one_letter_is_not_the_answer_to_the_next(
    room: MailRoom, patience: Patience, certificates: Certificates
) -> None:
    patience(True)
    late: list[Talk] = []

    def answers_the_first_during_the_second(talk: Talk) -> None:
        """Leave the first recipient unanswered, and answer when the second one is asked for."""
        late.append(talk)
        if len(late) == 1:
            talk.hear_out()
        elif len(late) == 2:
            talk.say("550 5.1.1 user unknown")
        else:
            talk.say(talk.usual())

    with scripted(certificates, rcpt=answers_the_first_during_the_second) as server:
        room.smtp = server
        room.inbox()
        room.campaign(steps=1)
        room.people("anna", "ben", "clara")
        room.cycle()
        assert [room.letter(who).state for who in ("anna", "ben", "clara")] == [
            EmailState.RETRY,
            EmailState.BOUNCED,
            EmailState.SENT,
        ]
        assert len({id(talk.sock) for talk in late}) == 2
        assert not Pause.objects.exists()
