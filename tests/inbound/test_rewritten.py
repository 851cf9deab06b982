"""Providers that replace our Message-ID: the new one is learnt from evidence, and answers cite it."""

import pytest

from inbound.posted import (
    AT_SES,
    AWAY,
    SES,
    a_posted_scene,
    a_second_letter,
    as_sent,
    forwarded,
    returned,
)
from inbound.scene import INBOX, NINA, NOW, Scene, mail, receive
from marketing_agent.engine.values import EmailState, IdSource
from marketing_agent.inbound.models import InboxItem
from marketing_agent.outbox.actions.other_ids import MOST, learn_id
from marketing_agent.outbox.models import Bounce, Email, OtherId
from marketing_agent.prospects.models import Suppression

pytestmark = pytest.mark.django_db

GIVEN = "am0pr04mb7711f1@am0pr04mb7711.eurprd04.prod.outlook.com"
KEPT = f"{SES}@amazonses.com"


def learnt() -> list[tuple[int, str, str]]:
    return list(OtherId.objects.values_list("email_id", "message_id", "source").order_by("id"))


def cite(message_id: str, header: str = "In_Reply_To", sender: str = AWAY) -> InboxItem:
    """Receive an answer that cites an id, and quotes nothing."""
    [item] = receive(mail(f"Yes, {message_id}", sender=sender, **{header: f"<{message_id}>"}))
    return item


@pytest.fixture
def scene() -> Scene:
    return a_posted_scene()


# Our own copy


def test_our_copy_in_all_mail_tells_the_id_that_the_letter_got(scene: Scene) -> None:
    [copy] = receive(as_sent(scene.letter, GIVEN))
    assert (copy.kind, copy.email) == ("own_copy", scene.letter)
    assert learnt() == [(scene.letter.pk, GIVEN, "own_copy")]
    item = cite(GIVEN.upper())
    assert (item.kind, item.email, item.match) == ("reply", scene.letter, "in_reply_to")
    assert "by the Message-ID that our own copy of it has" in item.match_evidence
    assert item.match_evidence.endswith(f"({GIVEN})")
    assert scene.sequence().state == "stopped"


def test_a_copy_under_our_own_id_teaches_nothing(scene: Scene) -> None:
    [copy] = receive(as_sent(scene.letter))
    assert (copy.kind, copy.email, learnt()) == ("own_copy", scene.letter, [])


@pytest.mark.parametrize(
    "name", ["X-Google-Original-Message-ID", "X-Microsoft-Original-Message-ID"]
)
def test_a_copy_that_keeps_the_replaced_id_in_a_field_of_its_own_is_known_by_it(
    scene: Scene, name: str
) -> None:
    raw = mail(
        "Hello", sender=INBOX, Message_ID=f"<{GIVEN}>", **{name: f"<{scene.letter.message_id}>"}
    )
    [copy] = receive(raw)
    assert (copy.kind, copy.email) == ("own_copy", scene.letter)
    assert learnt() == [(scene.letter.pk, GIVEN, "own_copy")]


def test_a_copy_whose_reply_address_is_tagged_is_known_by_the_tag(scene: Scene) -> None:
    raw = mail(
        "Hello",
        sender=INBOX,
        Message_ID=f"<{GIVEN}>",
        Reply_To=f"inbox1+{scene.letter.public_id}@example.com",
    )
    receive(raw)
    assert learnt() == [(scene.letter.pk, GIVEN, "own_copy")]


def test_a_copy_proves_that_an_unknown_letter_was_sent_whatever_its_id_is() -> None:
    scene = a_posted_scene(state=EmailState.UNKNOWN)
    receive(as_sent(scene.letter, GIVEN))
    assert Email.objects.get().state == "sent"


def test_a_mail_by_hand_in_the_thread_is_no_copy_of_the_letter(scene: Scene) -> None:
    raw = mail(
        f"By the way\r\n\r\n> inbox1+{scene.letter.public_id}@example.com",
        sender=INBOX,
        Message_ID=f"<{GIVEN}>",
        References=f"<{scene.letter.message_id}>",
    )
    [item] = receive(raw)
    assert (item.kind, item.email, learnt()) == ("own_copy", None, [])


def test_a_stranger_who_repeats_our_fields_makes_no_copy(scene: Scene) -> None:
    raw = as_sent(scene.letter, GIVEN).replace(f"From: {INBOX}".encode(), f"From: {AWAY}".encode())
    [item] = receive(raw)
    assert (item.kind, learnt()) == ("other", [])


# A report, or a forward, that shows the letter under its new id


def test_a_report_that_shows_our_marks_is_believed_and_teaches_the_id(scene: Scene) -> None:
    [item] = receive(returned(as_sent(scene.letter, AT_SES)))
    assert (item.kind, item.email, item.match) == ("bounce", scene.letter, "embedded_mark")
    assert Bounce.objects.get().email == scene.letter
    assert item.match_evidence.startswith("The mail that it shows carries the mark of the letter")
    assert learnt() == [(scene.letter.pk, KEPT, "shown")]
    again = cite(AT_SES, "References")
    assert (again.email, again.match) == (scene.letter, "references")
    assert "under which it was seen before" in again.match_evidence


def test_a_second_report_with_nothing_but_the_new_id_is_believed(scene: Scene) -> None:
    learn_id(scene.letter, KEPT, IdSource.ANNOUNCED, NOW)
    shown = f"Message-ID: <{AT_SES}>\r\nFrom: {INBOX}\r\nSubject: Hi\r\n\r\nHello".encode()
    [item] = receive(returned(shown))
    assert (item.match, item.email) == ("embedded", scene.letter)
    assert Bounce.objects.count() == 1


def test_a_returned_letter_tells_by_its_return_path(scene: Scene) -> None:
    path = f"Return-Path: <inbox1+{scene.letter.public_id}@example.com>\r\n"
    shown = f"{path}Message-ID: <{AT_SES}>\r\nFrom: {INBOX}\r\nTo: {NINA}\r\n\r\nHello".encode()
    [item] = receive(returned(shown))
    assert (item.match, item.email) == ("embedded_mark", scene.letter)
    assert learnt() == [(scene.letter.pk, KEPT, "shown")]


def test_a_report_on_the_second_letter_is_not_taken_for_one_on_the_first(scene: Scene) -> None:
    second = a_second_letter(scene)
    named = f"References: <{scene.letter.message_id}>\r\n".encode()
    [item] = receive(named + returned(as_sent(second, AT_SES)))
    assert (item.email, Bounce.objects.get().email) == (second, second)
    assert [each[0] for each in learnt()] == [second.pk]


def test_a_forward_teaches_the_id_and_harms_nobody(scene: Scene) -> None:
    [item] = receive(
        forwarded(as_sent(scene.letter, AT_SES), "I am the one to ask.", "boss@hotel.example")
    )
    assert (item.kind, item.email, item.match) == ("reply", scene.letter, "embedded_mark")
    assert learnt() == [(scene.letter.pk, KEPT, "shown")]
    assert (Bounce.objects.count(), Suppression.objects.count()) == (0, 0)


# What the mail server announced


def test_answers_cite_the_id_that_the_server_announced_at_whatever_host(scene: Scene) -> None:
    learn_id(scene.letter, KEPT, IdSource.ANNOUNCED, NOW)
    for host in ("email", "eu-west-1"):
        item = cite(f"{SES}@{host}.amazonses.com")
        assert item.email == scene.letter
        assert "by the Message-ID that the mail server gave it" in item.match_evidence


def test_an_answer_under_a_new_id_proves_that_an_unknown_letter_was_sent() -> None:
    scene = a_posted_scene(state=EmailState.UNKNOWN)
    learn_id(scene.letter, KEPT, IdSource.ANNOUNCED, NOW)
    cite(AT_SES)
    assert Email.objects.get().state == "sent"


# What is not learnt


def test_an_id_is_learnt_once_and_reading_again_changes_nothing(scene: Scene) -> None:
    for mark in ("1", "2"):
        receive(returned(as_sent(scene.letter, AT_SES), mark=mark))
    learn_id(scene.letter, KEPT, IdSource.OWN_COPY, NOW)
    assert learnt() == [(scene.letter.pk, KEPT, "shown")]


def test_an_id_of_another_letter_of_ours_is_never_taken_over(scene: Scene) -> None:
    """Whoever holds one letter shows it under the id of another one, which is somebody else's."""
    other = a_posted_scene("o@inn.example")
    forged = as_sent(scene.letter, other.letter.message_id)
    receive(returned(forged), forwarded(forged, "See below", NINA))
    assert learnt() == []
    item = cite(other.letter.message_id)
    assert item.email == other.letter


def test_an_id_that_two_letters_are_said_to_have_tells_neither(scene: Scene) -> None:
    other = a_posted_scene("o@inn.example")
    for each in (scene.letter, other.letter):
        receive(returned(as_sent(each, GIVEN), to=each.to_address, mark=each.public_id))
    assert {email for email, _, _ in learnt()} == {scene.letter.pk, other.letter.pk}
    assert {each.email_id for each in Bounce.objects.all()} == {scene.letter.pk, other.letter.pk}
    item = cite(GIVEN)
    assert (item.kind, item.match, item.email) == ("other", "", None)


def test_of_one_letter_a_few_ids_are_kept_however_many_are_shown(scene: Scene) -> None:
    receive(
        *(
            returned(as_sent(scene.letter, f"{n:08d}.x@relay.example"), mark=str(n))
            for n in range(20)
        )
    )
    assert OtherId.objects.count() == MOST


@pytest.mark.parametrize(
    "shown", ["<>", "<x>", "<e@h>", '<quo"ted-text@relay.example>', "<üüüüüüüüüü@h.example>"]
)
def test_what_is_no_id_is_not_learnt(scene: Scene, shown: str) -> None:
    raw = as_sent(scene.letter).replace(f"<{scene.letter.message_id}>".encode(), shown.encode())
    [item] = receive(returned(raw))
    assert (item.match, item.email, learnt()) == ("embedded_mark", scene.letter, [])


@pytest.mark.usefixtures("scene")
def test_an_unmarked_mail_teaches_nothing() -> None:
    shown = f"Message-ID: <{GIVEN}>\r\nFrom: {INBOX}\r\nTo: {NINA}\r\nSubject: Your bookings\r\n\r\nHello"
    receive(forwarded(shown.encode(), "What is this?", NINA), returned(shown.encode()))
    assert learnt() == []
