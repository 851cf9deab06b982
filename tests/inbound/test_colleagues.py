"""Answers from other addresses: of the same person, of a colleague, of whoever a letter was forwarded to."""

import pytest

from inbound.posted import (
    AWAY,
    BOSS,
    a_posted_scene,
    as_sent,
    forwarded,
    pasted,
    unmatched,
)
from inbound.scene import (
    INBOX,
    NINA,
    answer,
    mail,
    receive,
)
from marketing_agent.campaigns.models import Campaign
from marketing_agent.inbound.models import Suggestion
from marketing_agent.outbox.models import Bounce, Email
from marketing_agent.prospects.models import Suppression

pytestmark = pytest.mark.django_db


# Other addresses of the same person


@pytest.mark.parametrize("sender", [AWAY, "nina.nuss@hotel.example", "nina@hotels.example"])
def test_an_answer_from_another_address_belongs_to_the_one_written_to(sender: str) -> None:
    scene = a_posted_scene()
    [item] = receive(answer(scene.letter, "Gladly.", sender=sender))
    assert (item.email, item.prospect) == (scene.letter, scene.prospect)
    assert item.match_evidence.count(sender) == 1
    assert scene.sequence().state == "stopped"


@pytest.mark.parametrize("sender", ["nina@hotel-group.example", "nina@mail.hotel.example"])
def test_the_same_name_at_a_sibling_domain_proves_nothing(sender: str) -> None:
    scene = a_posted_scene()
    [item] = receive(mail("Gladly.", sender=sender))
    assert unmatched(item)
    assert scene.sequence().state == "active"


# Colleagues


def test_a_colleague_in_the_thread_ends_the_sequence_and_the_evidence_says_who_it_was() -> None:
    scene = a_posted_scene()
    raw = mail(
        "Nina has left.", sender=BOSS, References=f"<{scene.letter.message_id}> <9@h.example>"
    )
    [item] = receive(raw)
    assert (item.kind, item.email, item.match) == ("reply", scene.letter, "references")
    assert f"A colleague answered, or the same person from another address there: {BOSS}" in (
        item.match_evidence
    )
    assert (scene.stage(), scene.sequence().state) == ("engaged", "stopped")


def test_whoever_answers_for_somebody_else_is_not_written_to_either() -> None:
    scene, other = a_posted_scene(), a_posted_scene("olaf@hotel.example")
    third = a_posted_scene("paul@hotel.example")
    Campaign.objects.update(stop_for_colleagues=False)
    [item] = receive(
        answer(scene.letter, "Nina asked me: no, thanks.", sender="olaf@hotel.example")
    )
    assert (item.email, item.prospect) == (scene.letter, scene.prospect)
    stopped = [each.sequence().state for each in (scene, other, third)]
    assert stopped == ["stopped", "stopped", "active"]


def test_whoever_answers_for_somebody_else_is_not_answered_on_what_was_said_before() -> None:
    scene, olaf = a_posted_scene(), "olaf@hotel.example"
    receive(answer(a_posted_scene(olaf).letter, "Yes, I am interested.", sender=olaf))
    assert Suggestion.objects.get().state == "open"
    receive(answer(scene.letter, "Neither Nina nor I want this any more.", sender=olaf))
    assert Suggestion.objects.earliest("id").state == "withdrawn"


def test_a_stranger_who_answers_changes_nothing_for_other_prospects() -> None:
    scene, other = a_posted_scene(), a_posted_scene("o@inn.example")
    receive(answer(scene.letter, "Yes", sender=AWAY))
    assert (scene.sequence().state, other.sequence().state) == ("stopped", "active")


def test_a_mail_from_the_company_without_any_mark_belongs_to_nobody() -> None:
    scene = a_posted_scene()
    [item] = receive(mail("We do not want any more mail from you.", sender=BOSS))
    assert unmatched(item)
    assert scene.sequence().state == "active"


@pytest.mark.parametrize("how", ["header", "mark"])
def test_a_mail_from_the_company_that_quotes_our_letter_belongs_to_it(how: str) -> None:
    scene = a_posted_scene()
    marked = f"Not for us.\r\n\r\n> inbox1+{scene.letter.public_id}@example.com"
    body = pasted("Not for us.") if how == "header" else marked
    [item] = receive(mail(body, sender=BOSS, subject="Your mail"))
    assert (item.email, item.match) == (scene.letter, f"quoted_{how}")
    assert BOSS in item.match_evidence


def test_colleagues_at_a_public_provider_are_strangers() -> None:
    scene = a_posted_scene("nina.nuss@gmail.com")
    [item] = receive(answer(scene.letter, "Yes", sender="somebody@gmail.com"))
    assert "another address: somebody@gmail.com" in item.match_evidence


# Forwards


@pytest.mark.parametrize("prefix", ["Fwd: ", "WG: ", "TR: ", "RV: ", "Doorst: ", ""])
def test_a_forwarded_letter_is_answered_by_whoever_got_it(prefix: str) -> None:
    scene = a_posted_scene()
    raw = forwarded(as_sent(scene.letter), "I am the one to ask.", BOSS, f"{prefix}Your bookings")
    [item] = receive(raw)
    assert (item.kind, item.email, item.match) == ("reply", scene.letter, "embedded")
    assert item.match_evidence.startswith("The mail that it shows is the letter of 11 March 2025")
    assert BOSS in item.match_evidence
    assert (Bounce.objects.count(), Suppression.objects.count()) == (0, 0)
    assert (scene.stage(), Email.objects.get().state) == ("engaged", "sent")


def test_a_letter_forwarded_inline_is_known_by_its_header() -> None:
    scene = a_posted_scene()
    body = (
        "Can you take this?\r\n\r\n---------- Forwarded message ---------\r\n"
        f"From: Ada Adler <{INBOX}>\r\nDate: Tue, 11 Mar 2025 at 13:00\r\n"
        f"Subject: Your bookings\r\nTo: <{NINA}>\r\n\r\n\r\nHello\r\n"
    )
    [item] = receive(mail(body, sender=BOSS, subject="Fwd: Your bookings"))
    assert (item.kind, item.email, item.match) == ("reply", scene.letter, "quoted_header")
    assert (Bounce.objects.count(), scene.stage()) == (0, "engaged")


def test_a_forward_by_the_prospect_is_an_answer_of_the_prospect() -> None:
    scene = a_posted_scene()
    [item] = receive(forwarded(as_sent(scene.letter), "What is this?", NINA))
    assert (item.match, item.prospect) == ("embedded", scene.prospect)
    assert "another address" not in item.match_evidence


def test_an_answer_that_is_forwarded_as_an_attachment_is_known_by_its_thread() -> None:
    scene = a_posted_scene()
    inner = answer(scene.letter, "Should we?", sender=NINA)
    [item] = receive(forwarded(inner, "Yes, I decide on that.", BOSS, "Fwd: Re: Your bookings"))
    assert (item.kind, item.email, item.match) == ("reply", scene.letter, "quoted_mark")
