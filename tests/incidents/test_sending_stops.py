"""A stop, a pause or a doubt that did not keep letters back."""

import pytest

from inbound.scene import NOW as WEDNESDAY
from inbound.scene import a_scene, answer, receive
from marketing_agent.campaigns.actions import pause_campaign, resume_campaign
from marketing_agent.inboxes.models import Pause
from marketing_agent.operations.actions import start_stop
from marketing_agent.outbox.models import Email
from marketing_agent.sandbox.answers import Verb
from outbox.mailroom import BY, MailRoom
from style.sources import imports, product

db = pytest.mark.django_db
sockets = pytest.mark.enable_socket


def users_of(name: str) -> set[str]:
    """Name the modules that import `name`."""
    return {str(each.place) for each in product() if any(n == name for _, n in imports(each))}


def test_letters_leave_through_one_module_and_no_side_path() -> None:
    assert users_of("smtplib") == set()
    assert users_of("marketing_agent.mail.smtp_wire.Wire") == {
        "mail/smtp.py",
        "mail/smtp_opening.py",
    }
    # The trial of an inbox logs in and submits nothing.
    sessions = {"outbox/deliver.py", "outbox/passage.py", "inboxes/connection.py"}
    assert users_of("marketing_agent.mail.smtp.SmtpSession") == sessions
    [trial] = [each for each in product() if str(each.place) == "inboxes/connection.py"]
    assert ".submit(" not in trial.text


@db
def test_under_the_stop_a_reply_still_ends_its_sequence() -> None:
    scene = a_scene()
    start_stop("a doubt", BY, WEDNESDAY)
    receive(answer(scene.letter, "Please call me."))
    assert (scene.stage(), scene.sequence().state) == ("engaged", "stopped")


@db
@sockets
def test_a_paused_campaign_keeps_back_the_letters_that_wait_already(room: MailRoom) -> None:
    room.inbox()
    room.campaign()
    room.people("anna", "ben")
    [letter, _] = room.plan()
    pause_campaign("First", BY, room.clock.now())
    assert room.cycle().refused["campaign_paused"] == 2
    assert not room.smtp.accepted
    assert "campaign" in Email.objects.get(pk=letter.pk).reason
    resume_campaign("First", BY, room.clock.now())
    room.later(days=1)
    assert room.cycle().outcomes["sent"] == 2


@db
@sockets
def test_a_pause_by_health_keeps_the_next_letter_back(room: MailRoom) -> None:
    room.inbox()
    room.campaign()
    room.people("x1", "x2", "x3")
    room.answer(Verb.RCPT, "550 5.1.1 no such user", to="@x")
    room.cycle()
    assert Pause.objects.get().cause == "health"
    room.people("anna")
    assert room.cycle().outcomes.total() == 0
    assert not room.smtp.accepted


@db
def test_no_answer_is_written_that_no_person_approved() -> None:
    scene = a_scene()
    receive(answer(scene.letter, "Yes, I am interested. What does it cost?"))
    assert not Email.objects.filter(kind="answer").exists()
