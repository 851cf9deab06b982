"""What a reply names beside its intent: a day, another person; and what follows from that."""

from datetime import UTC, date, datetime, timedelta

import pytest

from inbound.scene import BY, NINA, NOW, a_scene, answer, receive
from marketing_agent.inbound.actions import classify
from marketing_agent.inbound.models import Notice, Suggestion
from marketing_agent.inbound.notices import words_of

pytestmark = pytest.mark.django_db


def test_who_wants_to_be_asked_later_is_brought_up_on_that_morning() -> None:
    scene = a_scene()
    [item] = receive(answer(scene.letter, "Not now. Please get back to me in June."))
    assert (item.intent, item.until) == ("not_now", date(2025, 6, 1))
    assert Notice.objects.get().due_at == datetime(2025, 6, 1, 7, tzinfo=UTC)
    assert scene.sequence().state == "stopped"
    title, body = words_of(item, NOW)
    assert title.startswith("Wanted to be asked again now")
    assert "The day they name: 2025-06-01" in body
    assert not Suggestion.objects.exists()


def test_a_later_that_names_no_day_reminds_nobody() -> None:
    scene = a_scene()
    [item] = receive(answer(scene.letter, "Not now, perhaps some other time."))
    assert (item.intent, item.until, Notice.objects.count()) == ("not_now", None, 0)


def test_a_referral_is_told_with_the_one_who_is_named() -> None:
    scene = a_scene()
    words = "Please contact my colleague Anna Meyer, anna.meyer@hotel.example, she is in charge."
    [item] = receive(answer(scene.letter, words))
    assert (item.intent, item.contact_name) == ("referral", "Anna Meyer")
    assert item.contact_address == "anna.meyer@hotel.example"
    assert "They name: Anna Meyer <anna.meyer@hotel.example>" in words_of(item, NOW)[1]
    assert Notice.objects.get().due_at == NOW


def test_an_absence_without_headers_puts_the_sequence_off_and_ends_nothing() -> None:
    scene = a_scene()
    words = "I am out of the office and will be back on 20 March 2025."
    [item] = receive(answer(scene.letter, words))
    assert (item.kind, item.intent, item.until) == ("reply", "out_of_office", date(2025, 3, 20))
    assert scene.sequence().state == "active"
    assert scene.sequence().next_due_at == datetime(2025, 3, 21, tzinfo=UTC)
    assert scene.stage() == "contacted"


def test_the_date_of_a_mail_moves_no_sequence_out_of_reach() -> None:
    scene = a_scene()
    words = "I am out of the office until 1 May 8000."
    [item] = receive(answer(scene.letter, words, Date="12 Mar 7999 10:00:00 +0000"))
    assert item.intent == "out_of_office"
    assert scene.sequence().next_due_at <= NOW + timedelta(days=401)


def test_a_refusal_by_somebody_on_leave_ends_the_sequence() -> None:
    scene = a_scene()
    words = "I am on holiday until 20 March, but we are not interested anyway."
    [item] = receive(answer(scene.letter, words))
    assert (item.intent, scene.sequence().state) == ("not_interested", "stopped")


def test_a_person_s_word_keeps_the_day_that_the_rules_read() -> None:
    scene = a_scene()
    [item] = receive(answer(scene.letter, "Hm, in June perhaps?", f"Nina <{NINA}>"))
    found = classify(item.public_id, "not_now", BY, NOW)
    assert found.until == item.until


def test_a_mailbox_whose_owner_has_left_ends_the_sequence_and_shows_the_successor() -> None:
    scene = a_scene()
    words = "Nina no longer works here. Please write to Paul Roth, paul.roth@hotel.example."
    [item] = receive(answer(scene.letter, words, Auto_Submitted="auto-replied"))
    assert item.kind == "auto_reply"
    assert item.contact_address == "paul.roth@hotel.example"
    assert scene.sequence().state == "stopped"
