"""Whoever finds out what a person wants, the rules, a model or a person: the same follows from it."""

from datetime import UTC, date, datetime

import pytest

from inbound.opinions_world import doubtful, kept, run, said
from inbound.scene import (
    BY,
    INBOX,
    NINA,
    NOW,
    Scene,
    a_letter,
    a_prospect,
    a_scene,
    an_inbox,
    answer,
    mail,
    receive,
)
from inbound.test_opinion_races import during
from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.values import EmailState, ItemState
from marketing_agent.inbound.actions import by_hand, classify
from marketing_agent.inbound.actions.answers import AlreadyAnsweredError, Wording, approve, write
from marketing_agent.inbound.actions.arrivals import store_mails
from marketing_agent.inbound.models import InboxItem, Notice, Suggestion
from marketing_agent.inbound.steps import process_new, reprocess
from marketing_agent.inboxes.models import Folder
from marketing_agent.mail.imap import Fetched
from marketing_agent.operations.errors import ConflictError
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.models import Suppression
from marketing_agent.sandbox.model_server import ModelServer
from marketing_agent.workers import answering

pytestmark = pytest.mark.django_db

SALLY = Actor("sally", "test")
YES = "Yes, I am interested."


def suppressed() -> set[str]:
    return set(Suppression.objects.values_list("key", flat=True))


def fetched(raw: bytes, inbox_address: str = INBOX) -> InboxItem:
    """Store a mail without reading it."""
    inbox = an_inbox(inbox_address)
    folder, _ = Folder.objects.get_or_create(inbox=inbox, name="INBOX", role="inbox")
    store_mails(inbox, folder, [Fetched(folder.last_uid + 1, raw, len(raw))], NOW)
    return InboxItem.objects.latest("id")


@pytest.mark.parametrize("state", [ItemState.NEW, ItemState.HELD, ItemState.ERROR])
def test_a_person_s_word_on_a_mail_that_nobody_has_read_is_acted_on_when_it_is(state: str) -> None:
    scene = a_scene()
    item = fetched(answer(scene.letter, YES))
    InboxItem.objects.update(state=state)
    classify(item.public_id, "not_interested", SALLY, NOW)
    process_new(10, "w", NOW)
    item.refresh_from_db()
    assert (item.state, item.kind, item.intent) == ("processed", "reply", "not_interested")
    assert (item.intent_by, item.prospect) == ("sally", scene.prospect)
    assert scene.sequence().state == "stopped"
    assert not Suggestion.objects.exists()


def test_a_person_s_word_while_a_worker_reads_is_a_conflict() -> None:
    scene = a_scene()
    item = fetched(answer(scene.letter, YES))
    InboxItem.objects.update(state=ItemState.CLAIMED)
    with pytest.raises(ConflictError, match="Try again"):
        classify(item.public_id, "opt_out", SALLY, NOW)


def test_silence_that_a_person_reads_begins_at_once_and_reaches_whom_we_wrote_to() -> None:
    scene = a_scene()
    item = fetched(answer(scene.letter, "Genug.", "alias@elsewhere.example"))
    InboxItem.objects.update(state=ItemState.HELD)
    classify(item.public_id, "opt_out", SALLY, NOW)
    assert suppressed() == {"alias@elsewhere.example"}
    process_new(10, "w", NOW)
    assert suppressed() == {"alias@elsewhere.example", NINA}
    assert scene.stage() == "suppressed"


def test_a_machine_that_asks_for_silence_is_heard() -> None:
    scene = a_scene()
    words = "Please remove me from your list and do not write to me again."
    [item] = receive(answer(scene.letter, words, Auto_Submitted="auto-replied"))
    assert (item.kind, item.intent) == ("auto_reply", "opt_out")
    assert NINA in suppressed()
    assert scene.sequence().state == "stopped"


def test_a_mail_to_two_of_our_inboxes_is_answered_once() -> None:
    scene = a_scene()
    raw = answer(scene.letter, YES)
    [first] = receive(raw)
    letter = approve(first.suggestion.public_id, Wording(), SALLY, NOW)
    copy = fetched(raw, "inbox2@example.com")
    process_new(10, "w", NOW)
    copy.refresh_from_db()
    assert "came to another inbox" in copy.reason
    letter.refresh_from_db()
    assert letter.state == EmailState.PLANNED
    assert (Suggestion.objects.count(), Notice.objects.count()) == (1, 1)
    with pytest.raises(AlreadyAnsweredError):
        write(copy.public_id, Wording(body="Hello"), SALLY, NOW)


@pytest.mark.parametrize("approved", [False, True])
def test_another_reading_voids_what_was_suggested_and_what_has_not_left(approved: bool) -> None:
    scene = a_scene()
    [item] = receive(answer(scene.letter, YES))
    if approved:
        approve(item.suggestion.public_id, Wording(), SALLY, NOW)
    classify(item.public_id, "not_interested", SALLY, NOW)
    assert not Email.objects.filter(kind="answer").exclude(state=EmailState.CANCELLED).exists()
    assert not Suggestion.objects.filter(state="open").exists()


def test_what_a_person_wrote_in_their_own_words_is_not_voided() -> None:
    scene = a_scene()
    [item] = receive(answer(scene.letter, YES))
    letter = write(item.public_id, Wording(body="Thank you all the same."), SALLY, NOW)
    classify(item.public_id, "not_interested", SALLY, NOW)
    letter.refresh_from_db()
    assert letter.state == EmailState.PLANNED


def test_an_old_mail_that_is_read_late_suggests_nothing_after_a_refusal() -> None:
    scene = a_scene()
    item = fetched(answer(scene.letter, YES))
    InboxItem.objects.update(state=ItemState.HELD)
    receive(answer(scene.letter, "No thank you, we are not interested."))
    reprocess(10, "w", BY, NOW)
    item.refresh_from_db()
    assert item.state == "processed"
    assert not Suggestion.objects.exists()
    assert not Notice.objects.exists()


def test_a_reminder_ends_with_the_next_word() -> None:
    scene = a_scene()
    receive(answer(scene.letter, "Not now. Please get back to me in June."))
    assert Notice.objects.exists()
    receive(answer(scene.letter, "Please unsubscribe me."))
    assert not Notice.objects.exists()


def test_a_person_may_name_the_day_and_is_reminded_then_although_told_before() -> None:
    scene = a_scene()
    [item] = receive(answer(scene.letter, YES))
    Notice.objects.update(state="told", told_at=NOW, due_at=None)
    classify(item.public_id, "not_now", SALLY, NOW, until=date(2025, 9, 1))
    notice = Notice.objects.get()
    assert (notice.state, notice.due_at) == ("waiting", datetime(2025, 9, 1, 7, tzinfo=UTC))


def test_out_of_office_by_a_person_s_word_puts_off_like_the_rules() -> None:
    scene = a_scene()
    item = fetched(answer(scene.letter, "Hm."))
    classify(item.public_id, "out_of_office", SALLY, NOW, until=date(2025, 4, 1))
    process_new(10, "w", NOW)
    assert scene.sequence().state == "active"
    assert scene.sequence().next_due_at == datetime(2025, 4, 2, tzinfo=UTC)


def test_whoever_pastes_another_s_letter_silences_nobody_but_himself() -> None:
    scene = a_scene()
    other = a_prospect("anna@hotel.example")
    theirs = a_letter(other, scene.inbox, step=1)
    words = (
        "Please unsubscribe me.\r\n\r\n-----Original Message-----\r\n"
        f"From: {INBOX}\r\nSent: Tuesday, 11 March 2025 12:00\r\nTo: anna@hotel.example\r\n"
        f"Subject: {theirs.subject}\r\n\r\nHello"
    )
    [item] = receive(mail(words, sender="bob@elsewhere.example", subject="x"))
    assert item.match == "quoted_header"
    assert suppressed() == {"bob@elsewhere.example"}


AWAY = "Ich bin gerade im Urlaub."


def an_absence(grok: ModelServer, **heard: object) -> Scene:
    """Receive what the rules take for an absence without being sure, and have a model read it."""
    grok.decide = lambda _: said(**heard)
    scene, item = doubtful(AWAY)
    assert (item.intent, scene.sequence().state) == ("out_of_office", "active")
    InboxItem.objects.update(intent_confidence=0.6)
    run()
    return scene


@pytest.mark.enable_socket
@pytest.mark.parametrize("heard", ["interested", "wrong_person", "negative"])
def test_a_model_s_reading_ends_a_sequence_that_was_only_put_off(
    grok: ModelServer, heard: str
) -> None:
    assert an_absence(grok, intent=heard).sequence().state == "stopped"


@pytest.mark.enable_socket
def test_a_model_s_absence_puts_the_sequence_off(grok: ModelServer) -> None:
    scene = an_absence(grok, intent="out_of_office")
    assert scene.sequence().state == "active"


@pytest.mark.enable_socket
def test_a_model_s_reading_voids_what_the_rules_suggested(grok: ModelServer) -> None:
    grok.decide = lambda _: said(intent="wrong_person")
    _, item = doubtful(YES)
    InboxItem.objects.update(intent_confidence=0.6)
    run()
    assert Suggestion.objects.get(item=item).state == "withdrawn"


@pytest.mark.enable_socket
def test_whoever_answers_a_mail_that_needs_a_person_has_decided_about_it(
    grok: ModelServer,
) -> None:
    grok.decide = lambda _: said(intent="unclear")
    _, item = doubtful()
    run()
    assert kept(item)[1].state == "person"
    answering.write(item.public_id, Wording(body="What do you mean?"), SALLY, NOW)
    assert kept(item)[1].state == "decided"


def test_another_mail_with_the_same_message_id_is_no_copy_and_its_wish_is_heard() -> None:
    scene = a_scene()
    receive(answer(scene.letter, YES, Message_ID="<same@hotel.example>"))
    later = {"Message_ID": "<same@hotel.example>", "Date": "Wed, 12 Mar 2025 11:00:00 +0000"}
    second = answer(scene.letter, "Please remove me from your list.", **later)
    [item] = receive(second)
    assert (item.intent, NINA in suppressed()) == ("opt_out", True)
    assert Suggestion.objects.get().state == "withdrawn"


def test_silence_in_a_copy_is_heard_whatever_was_made_of_the_first() -> None:
    scene = a_scene()
    raw = answer(scene.letter, "Please remove me from your list.")
    [first] = receive(raw)
    Suppression.objects.all().delete()
    InboxItem.objects.filter(pk=first.pk).update(intent="interested")
    fetched(raw, "inbox2@example.com")
    process_new(10, "w", NOW)
    assert NINA in suppressed()


def test_a_person_s_word_on_a_mail_that_is_read_anew_meanwhile_is_a_conflict(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = a_scene()
    [item] = receive(answer(scene.letter, YES))
    find = by_hand.find_item

    def find_and_let_somebody_read_it_anew(public_id: str) -> InboxItem:
        found = find(public_id)
        InboxItem.objects.filter(pk=found.pk).update(state=ItemState.NEW)
        return found

    monkeypatch.setattr(by_hand, "find_item", find_and_let_somebody_read_it_anew)
    with pytest.raises(ConflictError, match="Try again"):
        classify(item.public_id, "not_interested", SALLY, NOW)


@pytest.mark.enable_socket
def test_a_refusal_that_a_model_reads_too_late_ends_nothing_that_a_person_has_decided(
    grok: ModelServer,
) -> None:
    scene, item = doubtful(AWAY)
    InboxItem.objects.update(intent_confidence=0.6)

    grok.decide = lambda _: said(intent="negative")
    during(grok, lambda: classify(item.public_id, "out_of_office", SALLY, NOW))
    assert scene.sequence().state == "active"
