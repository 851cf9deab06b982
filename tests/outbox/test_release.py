"""Held letters, taken up again by a person."""

import json

import pytest

from marketing_agent.accounts.actor import Actor
from marketing_agent.campaigns.actions import save_campaign
from marketing_agent.campaigns.drafts import StepDraft
from marketing_agent.cli.main import run
from marketing_agent.engine.values import EmailState
from marketing_agent.outbox.actions.release import NotHeldError, release
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.models import Prospect
from marketing_agent.sandbox.answers import Verb
from marketing_agent.workers import clock
from outbox.mailroom import BY, MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


@pytest.fixture
def held(room: MailRoom) -> MailRoom:
    """A letter whose template writes what the prospect lacks."""
    room.inbox()
    save_campaign("First", [StepDraft("To {{ city }}", "Hi")], BY, room.clock.now())
    room.people("anna")
    assert room.cycle().held == 1
    return room


def test_a_mended_letter_is_written_anew_and_leaves(held: MailRoom) -> None:
    Prospect.objects.update(city="Ulm")
    assert not held.cycle().outcomes
    release(held.letter("anna").public_id, BY, held.clock.now())
    assert held.cycle().outcomes == {"sent": 1}
    states = Email.objects.order_by("id").values_list("state", "reason_code")
    assert list(states) == [(EmailState.CANCELLED, "released"), (EmailState.SENT, "")]


def test_a_letter_that_nothing_has_mended_is_held_again(held: MailRoom) -> None:
    release(held.letter("anna").public_id, BY, held.clock.now())
    assert held.cycle().held == 1
    assert not held.smtp.accepted


def test_the_command_releases_all_that_a_person_has_to(
    held: MailRoom, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", held.clock.now)
    Prospect.objects.update(city="Ulm")
    assert run(["outbox", "release", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"released": 1, "steps": 0}
    assert held.cycle().outcomes == {"sent": 1}
    assert run(["outbox", "release", held.letter("anna").public_id]) == 1
    assert "is not held" in capsys.readouterr().err


def test_what_is_held_for_a_time_is_released_by_name_alone(room: MailRoom) -> None:
    room.inbox()
    room.campaign(1)
    room.people("anna")
    room.answer(Verb.FINAL, "550 5.7.1 blocked for spam")
    room.cycle()
    letter = room.letter("anna")
    assert letter.state == EmailState.HELD
    assert run(["outbox", "release"]) == 0
    letter.refresh_from_db()
    assert letter.state == EmailState.HELD
    release(letter.public_id, Actor("ada", "test"), room.clock.now())
    letter.refresh_from_db()
    assert letter.state == EmailState.CANCELLED
    with pytest.raises(NotHeldError):
        release(letter.public_id, BY, room.clock.now())


def test_the_return_path_names_the_letter_where_the_inbox_has_plus_tags(room: MailRoom) -> None:
    room.inbox(plus_tag=True)
    room.campaign(1)
    room.people("anna")
    room.cycle()
    [accepted] = room.smtp.accepted
    assert accepted.envelope_from == f"inbox1+{room.letter('anna').public_id}@example.com"
