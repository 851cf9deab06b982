"""Replies: they stop the sequence, whoever sends them and however often they are read."""

from datetime import timedelta

import pytest

from inbound.scene import (
    BY,
    DAY,
    NINA,
    NOW,
    a_letter,
    a_prospect,
    a_scene,
    an_inbox,
    answer,
    mail,
    receive,
)
from marketing_agent.campaigns.models import Campaign, Enrollment
from marketing_agent.engine.values import EmailState, Stage
from marketing_agent.inbound.actions import classify
from marketing_agent.inbound.models import InboxItem, RawMail
from marketing_agent.inbound.steps import process_new, reprocess
from marketing_agent.operations.errors import BadValueError, NotFoundError
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.models import Prospect, StageChange, Suppression

pytestmark = pytest.mark.django_db

INBOX_SENDER = "Ada <INBOX1@example.com>"


def suppressed() -> set[str]:
    return set(Suppression.objects.filter(lifted_at=None).values_list("key", flat=True))


def test_a_reply_ends_the_sequence_and_cancels_the_waiting_letter() -> None:
    scene = a_scene()
    waiting = a_letter(scene.prospect, scene.inbox, EmailState.PLANNED, step=2)
    [item] = receive(answer(scene.letter, "Yes, I am interested."))
    assert (item.state, item.kind, item.intent) == ("processed", "reply", "interested")
    assert (item.email, item.prospect, item.match) == (scene.letter, scene.prospect, "in_reply_to")
    assert (scene.stage(), scene.sequence().state) == ("engaged", "stopped")
    assert Email.objects.get(pk=waiting.pk).state == "cancelled"


def test_quoted_words_are_not_the_person_s() -> None:
    scene = a_scene()
    [item] = receive(answer(scene.letter, "Not interested, thanks."))
    assert (item.intent, item.text) == ("not_interested", "Not interested, thanks.")


def test_a_reply_from_another_address_is_matched_by_its_thread() -> None:
    scene = a_scene()
    [item] = receive(answer(scene.letter, "My colleague asked me to answer.", "bob@other.example"))
    assert (item.kind, item.prospect) == ("reply", scene.prospect)
    assert scene.sequence().state == "stopped"


def test_a_reply_without_thread_headers_is_matched_by_its_sender() -> None:
    scene = a_scene()
    [item] = receive(mail("Sounds good", sender=f"Nina <{NINA.upper()}>"))
    assert (item.match, item.email, scene.sequence().state) == ("sender", scene.letter, "stopped")


def test_a_reply_to_a_plus_tag_is_matched_by_it() -> None:
    scene = a_scene()
    to = f"inbox1+{scene.letter.public_id}@example.com"
    [item] = receive(mail("Sounds good", sender="alias@elsewhere.example", To=to))
    assert (item.match, item.prospect) == ("plus_tag", scene.prospect)


def test_the_subject_alone_matches_nothing() -> None:
    scene = a_scene()
    [item] = receive(mail("I am interested", sender="stranger@elsewhere.example"))
    assert (item.state, item.kind, item.reason) == ("processed", "other", "matches no mail of ours")
    assert (scene.stage(), scene.sequence().state) == ("contacted", "active")


def test_a_prospect_whom_we_never_wrote_to_is_left_in_peace_once_they_write() -> None:
    prospect = a_prospect(NINA, Stage.READY)
    [item] = receive(mail("Please call me"))
    assert (item.kind, item.prospect, item.email) == ("reply", prospect, None)
    assert Prospect.objects.get().stage == "engaged"


def test_a_later_reply_does_not_move_a_customer_back() -> None:
    scene = a_scene(stage=Stage.WON)
    receive(answer(scene.letter, "Thanks for the contract, I am interested in more."))
    assert scene.stage() == "won"
    assert scene.sequence().state == "stopped"


def test_colleagues_are_left_in_peace_where_the_campaign_says_so() -> None:
    scene, colleague = a_scene(), a_scene("olaf@hotel.example")
    stranger = a_scene("olaf@inn.example")
    receive(answer(scene.letter, "We are interested"))
    assert (colleague.sequence().state, stranger.sequence().state) == ("stopped", "active")
    assert colleague.stage() == "contacted"


def test_strangers_at_a_public_provider_are_no_colleagues() -> None:
    scene, other = a_scene("nina@gmail.com"), a_scene("olaf@gmail.com")
    waiting = a_letter(other.prospect, other.inbox, EmailState.PLANNED, step=2)
    receive(answer(scene.letter, "We are interested", "nina@gmail.com"))
    assert other.sequence().state == "active"
    assert Email.objects.get(pk=waiting.pk).state == "planned"


def test_colleagues_go_on_where_the_campaign_says_so() -> None:
    scene, colleague = a_scene(), a_scene("olaf@hotel.example")
    Campaign.objects.update(stop_for_colleagues=False)
    receive(answer(scene.letter, "We are interested"))
    assert colleague.sequence().state == "active"


def test_an_opt_out_in_words_suppresses_at_once() -> None:
    scene = a_scene()
    [item] = receive(answer(scene.letter, "Please remove me from your list."))
    assert item.intent == "opt_out"
    assert (suppressed(), scene.stage()) == ({NINA}, "suppressed")


def test_an_opt_out_from_an_alias_suppresses_both_addresses() -> None:
    scene = a_scene()
    receive(answer(scene.letter, "Unsubscribe", "n.muster@elsewhere.example"))
    assert suppressed() == {NINA, "n.muster@elsewhere.example"}


def test_the_unsubscribe_link_suppresses_by_its_mark_from_any_address() -> None:
    scene = a_scene()
    subject = f"unsubscribe {scene.letter.public_id}"
    [item] = receive(mail("", sender="alias@elsewhere.example", subject=subject))
    assert (item.match, item.intent) == ("opt_out_mark", "opt_out")
    assert NINA in suppressed()
    assert scene.sequence().state == "stopped"


def test_an_unsubscribe_mail_from_somebody_unknown_is_honoured() -> None:
    an_inbox()
    receive(mail("", sender="who@elsewhere.example", subject="Unsubscribe"))
    assert suppressed() == {"who@elsewhere.example"}


def test_an_opt_out_reaches_a_customer_without_moving_the_stage() -> None:
    scene = a_scene(stage=Stage.WON)
    receive(answer(scene.letter, "Please unsubscribe me"))
    assert (scene.stage(), suppressed()) == ("won", {NINA})


def test_an_automatic_answer_postpones_the_sequence_and_does_not_end_it() -> None:
    scene = a_scene()
    waiting = a_letter(scene.prospect, scene.inbox, EmailState.PLANNED, step=2)
    text = "I am out of office until 21 March 2025. Please write to info@hotel.example."
    raw = answer(scene.letter, text, Auto_Submitted="auto-replied", Subject="Out of office")
    [item] = receive(raw)
    assert (item.kind, item.intent) == ("auto_reply", "out_of_office")
    back = NOW.replace(day=22, hour=0)
    assert (scene.sequence().state, scene.sequence().next_due_at) == ("active", back)
    assert Email.objects.get(pk=waiting.pk).due_at == back
    assert (scene.stage(), scene.sequence().refusal_code) == ("contacted", "out_of_office")
    assert Prospect.objects.get().replied_at is None


def test_an_automatic_answer_never_brings_a_letter_forward() -> None:
    scene = a_scene()
    later = NOW + 60 * DAY
    Enrollment.objects.update(next_due_at=later)
    receive(answer(scene.letter, "Away until 14.03.2025", Auto_Submitted="auto-replied"))
    assert scene.sequence().next_due_at == later


def test_an_automatic_answer_without_a_day_waits_a_week() -> None:
    scene = a_scene()
    receive(answer(scene.letter, "I am away.", Auto_Submitted="auto-replied"))
    assert scene.sequence().next_due_at == (NOW + 8 * DAY - DAY).replace(hour=0)


def test_an_answer_to_a_subject_about_automation_is_a_person_s() -> None:
    scene = a_scene()
    raw = answer(scene.letter, "Tell me more", Subject="Re: Automating your bookings")
    [item] = receive(raw)
    assert (item.kind, scene.sequence().state) == ("reply", "stopped")


def test_our_own_copy_is_no_reply() -> None:
    scene = a_scene()
    copy = mail("Hello", sender=INBOX_SENDER, Message_ID=f"<{scene.letter.message_id}>")
    by_hand = answer(scene.letter, "Written by hand", INBOX_SENDER)
    first, second = receive(copy, by_hand)
    assert (first.kind, second.kind) == ("own_copy", "own_copy")
    assert scene.sequence().state == "active"


def test_a_reply_that_repeats_our_message_id_is_still_a_reply() -> None:
    scene = a_scene()
    [item] = receive(mail("Call me", Message_ID=f"<{scene.letter.message_id}>"))
    assert (item.kind, scene.sequence().state) == ("reply", "stopped")


def test_a_copy_proves_that_an_unknown_letter_was_sent() -> None:
    scene = a_scene(state=EmailState.UNKNOWN)
    receive(mail("Hello", sender=INBOX_SENDER, Message_ID=f"<{scene.letter.message_id}>"))
    assert Email.objects.get().state == "sent"


def test_a_thread_proves_that_an_unknown_letter_was_sent_and_a_sender_does_not() -> None:
    scene, other = (
        a_scene(state=EmailState.UNKNOWN),
        a_scene("o@inn.example", state=EmailState.UNKNOWN),
    )
    receive(answer(scene.letter, "Hi"), mail("Hi", sender="o@inn.example"))
    assert Email.objects.get(pk=scene.letter.pk).state == "sent"
    assert Email.objects.get(pk=other.letter.pk).state == "unknown"


def test_reading_a_reply_again_changes_nothing() -> None:
    scene = a_scene()
    [item] = receive(answer(scene.letter, "I am interested"))
    before = (Prospect.objects.values().get(), StageChange.objects.count())
    InboxItem.objects.update(state="held")
    later = NOW + timedelta(hours=1)
    assert reprocess(100, "w", BY, later)["released"] == 1
    assert (Prospect.objects.values().get(), StageChange.objects.count()) == before
    assert InboxItem.objects.get().state == "processed"
    assert reprocess(100, "w", BY, later)["released"] == 0
    assert item.intent == InboxItem.objects.get().intent


def test_a_person_s_word_stands_when_the_mail_is_read_again() -> None:
    scene = a_scene()
    [item] = receive(answer(scene.letter, "Hm."))
    classify(item.public_id, "opt_out", BY, NOW)
    assert suppressed() == {NINA}
    InboxItem.objects.update(state="error")
    reprocess(100, "w", BY, NOW)
    again = InboxItem.objects.get()
    assert (again.intent, again.intent_by) == ("opt_out", "ada")


def test_classifying_without_an_intent_lets_the_rules_read_again() -> None:
    scene = a_scene()
    [item] = receive(answer(scene.letter, "I am interested"))
    classify(item.public_id, "unclear", BY, NOW)
    assert classify(item.public_id, None, BY, NOW).state == "new"
    process_new(10, "w", NOW)
    again = InboxItem.objects.get()
    assert (again.intent, again.intent_by) == ("interested", "rules")


def test_an_intent_that_is_none_is_refused() -> None:
    scene = a_scene()
    [item] = receive(answer(scene.letter, "Hm."))
    with pytest.raises(BadValueError, match="known are"):
        classify(item.public_id, "delighted", BY, NOW)
    with pytest.raises(NotFoundError):
        classify("123", None, BY, NOW)


def test_a_mail_whose_bytes_are_gone_stays_as_it_was_read() -> None:
    scene = a_scene()
    [item] = receive(answer(scene.letter, "I am interested"))
    RawMail.objects.all().delete()
    assert classify(item.public_id, None, BY, NOW).state == "processed"
    assert InboxItem.objects.get().intent == "interested"
