"""A reply that arrived between the poll and the letter keeps the letter back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from inbound.conftest import PASSWORD, put_password
from inbound.scene import BY, INBOX, NINA, NOW, Scene, a_scene, answer, mail
from marketing_agent.engine.values import EmailKind, IdSource
from marketing_agent.inbound.fetch import poll_inbox
from marketing_agent.inbound.last_look import LastLook
from marketing_agent.inbound.sessions import SessionPool
from marketing_agent.inbound.steps import process_new
from marketing_agent.inboxes.actions import delete_secret
from marketing_agent.inboxes.models import Folder, Inbox
from marketing_agent.outbox.actions.other_ids import learn_id
from marketing_agent.outbox.models import Email
from marketing_agent.outbox.tickets import Look
from marketing_agent.sandbox.imap_server import ImapServer
from marketing_agent.workers.clock import SimulatedClock

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


@pytest.fixture
def scene(inbox: Inbox) -> Scene:  # noqa: ARG001  the inbox with its secret comes first
    return a_scene()


@pytest.fixture
def look(inbox: Inbox) -> Iterator[LastLook]:  # noqa: ARG001  as above
    pool = SessionPool()
    yield LastLook(pool, lambda: NOW)
    pool.close()


def test_nothing_new_lets_the_letter_leave(look: LastLook, scene: Scene) -> None:
    assert look(scene.letter).refusal is None


def test_an_unread_answer_keeps_it_back(imap: ImapServer, look: LastLook, scene: Scene) -> None:
    poll_inbox(scene.inbox, NOW)
    imap.deliver(INBOX, "INBOX", answer(scene.letter, "Stop"), NOW)
    refusal = look(scene.letter).refusal
    assert refusal is not None
    assert refusal.code == "answer_unread"


def test_somebody_else_s_mail_does_not(imap: ImapServer, look: LastLook, scene: Scene) -> None:
    imap.deliver(INBOX, "INBOX", mail("Hi", sender="other@elsewhere.example"), NOW)
    assert look(scene.letter).refusal is None


def test_a_mail_that_is_fetched_but_not_dealt_with_keeps_it_back(
    imap: ImapServer, look: LastLook, scene: Scene
) -> None:
    imap.deliver(INBOX, "INBOX", mail("Hi", sender=f"Nina <{NINA.upper()}>"), NOW)
    poll_inbox(scene.inbox, NOW)
    refusal = look(scene.letter).refusal
    assert refusal is not None
    process_new(10, "w", NOW)
    assert look(scene.letter).refusal is None


def test_while_the_inbox_cannot_be_read_its_follow_ups_wait(
    imap: ImapServer, look: LastLook, scene: Scene
) -> None:
    put_password(imap, "wrong")
    refusal = look(scene.letter).refusal
    assert refusal is not None
    assert refusal.code == "inbox_unread"
    assert look(scene.letter).refusal is refusal


def test_it_is_asked_anew_when_the_wait_is_over_and_never_waits_into_the_past(
    imap: ImapServer, scene: Scene
) -> None:
    """A cycle may last longer than the wait; a letter put off into the past would come round for ever."""
    time, pool = SimulatedClock(NOW), SessionPool()
    look = LastLook(pool, time.now)
    put_password(imap, "wrong")
    look(scene.letter)
    time.move_to(NOW + timedelta(minutes=16))
    refusal = look(scene.letter).refusal
    assert refusal is not None
    assert refusal.next_try is not None
    assert refusal.next_try > time.now()
    put_password(imap, PASSWORD)
    time.move_to(NOW + timedelta(minutes=32))
    assert look(scene.letter).refusal is None
    pool.close()


def test_a_gap_before_a_mail_that_was_dealt_with_keeps_nothing_back(
    imap: ImapServer, look: LastLook, scene: Scene
) -> None:
    imap.deliver(INBOX, "INBOX", mail("I am away", sender=NINA), NOW)
    poll_inbox(scene.inbox, NOW)
    process_new(10, "w", NOW)
    # A mail before it that the server never gives holds the folder back there.
    Folder.objects.filter(name="INBOX").update(last_uid=0)
    assert look(scene.letter).refusal is None
    imap.deliver(INBOX, "INBOX", mail("Hello again", sender=NINA), NOW)
    assert look(scene.letter).refusal is not None


def test_an_inbox_that_is_never_read_holds_nothing_up_and_the_attempt_says_so(
    look: LastLook, scene: Scene
) -> None:
    delete_secret("SMTP_INBOX_1", BY, NOW)
    assert look(scene.letter) == Look(note="not looked: no IMAP account")


@pytest.mark.parametrize("folder", ["INBOX", "Junk"])
@pytest.mark.parametrize("header", ["In_Reply_To", "References"])
def test_an_answer_in_the_thread_keeps_it_back_whoever_wrote_it_wherever_it_lies(
    imap: ImapServer, look: LastLook, scene: Scene, folder: str, header: str
) -> None:
    poll_inbox(scene.inbox, NOW)
    follow_up = thread_of(scene)
    named = {header: f"<{scene.letter.message_id}>"}
    imap.deliver(INBOX, folder, mail("Stop", sender="boss@hotel.example", **named), NOW)
    refusal = look(follow_up).refusal
    assert refusal is not None
    assert refusal.code == "answer_unread"


def test_a_colleague_s_answer_that_is_fetched_but_not_dealt_with_keeps_it_back(
    imap: ImapServer, look: LastLook, scene: Scene
) -> None:
    follow_up = thread_of(scene)
    named = {"In_Reply_To": f"<{scene.letter.message_id}>"}
    imap.deliver(INBOX, "INBOX", mail("She has left", sender="boss@hotel.example", **named), NOW)
    poll_inbox(scene.inbox, NOW)
    refusal = look(follow_up).refusal
    assert refusal is not None
    assert refusal.code == "answer_unread"
    process_new(10, "w", NOW)
    assert look(follow_up).refusal is None


def test_an_answer_that_was_dealt_with_keeps_nothing_back(
    imap: ImapServer, look: LastLook, scene: Scene
) -> None:
    imap.deliver(INBOX, "INBOX", mail("Hi", sender="other@elsewhere.example"), NOW)
    poll_inbox(scene.inbox, NOW)
    process_new(10, "w", NOW)
    found = look(thread_of(scene))
    assert found.refusal is None
    assert found.note.startswith("no answer by IMAP (")


def test_a_folder_that_was_renamed_is_looked_into_under_its_new_name(
    imap: ImapServer, look: LastLook, scene: Scene
) -> None:
    poll_inbox(scene.inbox, NOW)
    Folder.objects.filter(role="junk").update(name="Spam of old")
    imap.deliver(INBOX, "Junk", answer(scene.letter, "Stop"), NOW)
    assert look(thread_of(scene)).refusal is not None


def thread_of(scene: Scene) -> Email:
    """Give the follow-up to the letter that was sent, as the planner writes it."""
    letter = scene.letter
    letter.kind, letter.references = EmailKind.FOLLOW_UP, scene.letter.message_id
    return letter


def test_an_answer_that_cites_the_id_of_a_provider_keeps_the_letter_back(
    imap: ImapServer, look: LastLook, scene: Scene
) -> None:
    poll_inbox(scene.inbox, NOW)
    follow_up = thread_of(scene)
    given = "0102018f3a1b2c4d-9c1f7e2a-4b5d-4c3e-8f90-1a2b3c4d5e6f-000000"
    cited = {"In_Reply_To": f"<{given}@eu-west-1.amazonses.com>"}
    imap.deliver(INBOX, "INBOX", mail("Stop", sender="boss@hotel.example", **cited), NOW)
    assert look(follow_up).refusal is None
    learn_id(scene.letter, f"{given}@amazonses.com", IdSource.ANNOUNCED, NOW)
    refusal = look(follow_up).refusal
    assert refusal is not None
    assert refusal.code == "answer_unread"
