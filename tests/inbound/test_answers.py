"""Answers that a person approves: once, within a day, and past every rule of the door."""

from datetime import timedelta

import pytest

from inbound.scene import BY, DAY, NINA, NOW, Scene, a_scene, answer, mail, receive
from marketing_agent.accounts.actor import Actor
from marketing_agent.accounts.models import AuditEntry
from marketing_agent.engine.values import EmailState, SuggestionState
from marketing_agent.inbound.actions import classify
from marketing_agent.inbound.actions.answers import (
    AlreadyAnsweredError,
    AlreadyDecidedError,
    Wording,
    approve,
    decline,
    expire,
    write,
)
from marketing_agent.inbound.models import InboxItem, Notice, Suggestion
from marketing_agent.inbound.steps import reprocess
from marketing_agent.operations.actions import set_switch
from marketing_agent.operations.errors import NotFoundError
from marketing_agent.outbox.actions.answering import AnswerRefusedError, BadAnswerError
from marketing_agent.outbox.actions.suppress import suppress
from marketing_agent.outbox.letter import letter_of
from marketing_agent.outbox.models import Email

pytestmark = pytest.mark.django_db

ME = Actor("sally", "test")
AS_IT_IS = Wording()


def interested(words: str = "Yes, I am interested.") -> tuple[Scene, Suggestion]:
    """Receive a positive reply; gives the scene and what was suggested."""
    scene = a_scene()
    [item] = receive(answer(scene.letter, words))
    return scene, Suggestion.objects.get(item=item)


def test_a_positive_reply_gets_an_answer_suggested_and_nothing_is_sent() -> None:
    scene, suggestion = interested()
    assert (suggestion.state, suggestion.made_by) == ("open", "template")
    assert suggestion.subject == "Re: Your bookings"
    assert suggestion.body.startswith("Hello,\n\n")
    assert suggestion.expires_at == NOW + DAY
    assert Notice.objects.get().item == suggestion.item
    assert not Email.objects.filter(kind="answer").exists()
    del scene


@pytest.mark.parametrize(
    "words",
    [
        "Not interested, thanks.",
        "Please remove me from your list.",
        "I am the wrong person.",
        "Hm.",
    ],
)
def test_no_other_reply_gets_one(words: str) -> None:
    scene = a_scene()
    receive(answer(scene.letter, words))
    assert not Suggestion.objects.exists()
    assert not Notice.objects.exists()


def test_a_question_is_told_but_only_a_person_can_answer_it() -> None:
    scene = a_scene()
    receive(answer(scene.letter, "What does it cost?"))
    assert Notice.objects.exists()
    assert not Suggestion.objects.exists()


def test_the_answer_speaks_the_language_of_the_reply_and_greets_who_wrote() -> None:
    set_switch("booking_link", "https://example.com/meet", BY, NOW)
    set_switch("sender_name", "Ada Lund", BY, NOW)
    scene = a_scene()
    [item] = receive(
        answer(scene.letter, "Das klingt gut, bitte rufen Sie mich an.", f"Nina Berg <{NINA}>")
    )
    body = Suggestion.objects.get(item=item).body
    assert body.startswith("Guten Tag Nina Berg,\n\nvielen Dank")
    assert "https://example.com/meet" in body
    assert body.endswith("Mit freundlichen Grüßen\nAda Lund\n")


def test_approving_plans_one_letter_in_the_thread() -> None:
    scene, suggestion = interested()
    letter = approve(suggestion.public_id, AS_IT_IS, ME, NOW)
    assert (letter.kind, letter.state, letter.rank) == ("answer", "planned", 0)
    assert (letter.to_address, letter.inbox) == (NINA, scene.inbox)
    assert letter.in_reply_to == suggestion.item.message_id
    assert letter.references == f"{scene.letter.message_id} {suggestion.item.message_id}"
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.decided_by, suggestion.email) == (
        "approved",
        "sally",
        letter,
    )
    entry = AuditEntry.objects.get(action="answer.approve")
    assert (entry.actor, entry.after["letter"]) == ("sally", letter.public_id)


def test_an_answer_is_no_bulk_mail() -> None:
    _, suggestion = interested()
    letter = approve(suggestion.public_id, AS_IT_IS, ME, NOW)
    assert letter_of(letter, NOW).list_unsubscribe_mailto is None


def test_what_a_person_changed_is_what_leaves() -> None:
    _, suggestion = interested()
    wording = Wording("Re: Thursday", "Thursday at three it is.")
    letter = approve(suggestion.public_id, wording, ME, NOW)
    assert (letter.subject, letter.body) == ("Re: Thursday", "Thursday at three it is.\n")


def test_the_second_approval_is_told_who_was_first() -> None:
    _, suggestion = interested()
    approve(suggestion.public_id, AS_IT_IS, ME, NOW)
    with pytest.raises(AlreadyDecidedError, match="approved by sally at 12:00 UTC"):
        approve(suggestion.public_id, AS_IT_IS, BY, NOW + timedelta(minutes=1))
    assert Email.objects.filter(kind="answer").count() == 1


def test_after_a_day_it_is_stale() -> None:
    _, suggestion = interested()
    with pytest.raises(AlreadyDecidedError, match="stale"):
        approve(suggestion.public_id, AS_IT_IS, ME, NOW + DAY)
    assert (expire(NOW + DAY), expire(NOW + DAY)) == (1, 0)
    suggestion.refresh_from_db()
    assert suggestion.state == SuggestionState.EXPIRED


def test_declining_sends_nothing_ever() -> None:
    _, suggestion = interested()
    decline(suggestion.public_id, "called her", ME, NOW)
    with pytest.raises(AlreadyDecidedError, match="declined by sally"):
        approve(suggestion.public_id, AS_IT_IS, ME, NOW)
    assert not Email.objects.filter(kind="answer").exists()


def test_nothing_is_approved_that_is_not_there() -> None:
    with pytest.raises(NotFoundError):
        approve("nothing", AS_IT_IS, ME, NOW)


@pytest.mark.parametrize("body", ["", "Hello {{ first_name }}", "Dear None,"])
def test_a_text_that_must_not_leave_is_refused_and_the_suggestion_stays(body: str) -> None:
    _, suggestion = interested()
    with pytest.raises(BadAnswerError):
        approve(suggestion.public_id, Wording(body=body), ME, NOW)
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.decided_by) == ("open", "")


@pytest.mark.parametrize("scope", ["address", "domain"])
def test_a_suppressed_address_is_not_answered(scope: str) -> None:
    _, suggestion = interested()
    suppress(scope, NINA if scope == "address" else "hotel.example", "manual", "", BY, NOW)
    with pytest.raises(AnswerRefusedError, match="suppressed"):
        approve(suggestion.public_id, AS_IT_IS, ME, NOW)


def test_an_alias_of_somebody_suppressed_is_not_answered() -> None:
    scene = a_scene()
    [item] = receive(answer(scene.letter, "Yes, I am interested.", "nina@elsewhere.example"))
    suppress("address", NINA, "opt_out", "", BY, NOW)
    with pytest.raises(AnswerRefusedError, match="suppressed"):
        approve(Suggestion.objects.get(item=item).public_id, AS_IT_IS, ME, NOW)


def test_whoever_writes_again_is_not_answered_on_what_was_said_before() -> None:
    scene, suggestion = interested()
    letter = approve(suggestion.public_id, AS_IT_IS, ME, NOW)
    [second] = receive(answer(scene.letter, "Wait, I am interested in something else.", Date="x"))
    letter.refresh_from_db()
    assert (letter.state, letter.reason_code) == (EmailState.CANCELLED, "written_again")
    assert Suggestion.objects.get(item=second).state == "open"


def test_a_second_reply_withdraws_what_is_still_open() -> None:
    scene, suggestion = interested()
    receive(answer(scene.letter, "Please unsubscribe me."))
    suggestion.refresh_from_db()
    assert suggestion.state == "withdrawn"
    with pytest.raises(AlreadyDecidedError, match="written again"):
        approve(suggestion.public_id, AS_IT_IS, ME, NOW)


def test_reading_a_mail_again_neither_withdraws_nor_suggests_twice() -> None:
    _, suggestion = interested()
    letter = approve(suggestion.public_id, AS_IT_IS, ME, NOW)
    InboxItem.objects.update(state="held")
    reprocess(10, "w", BY, NOW)
    letter.refresh_from_db()
    assert (letter.state, Suggestion.objects.count(), Notice.objects.count()) == ("planned", 1, 1)


def test_a_person_s_reading_suggests_or_withdraws() -> None:
    _, suggestion = interested()
    classify(suggestion.item.public_id, "not_interested", ME, NOW)
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.reason) == (
        "withdrawn",
        "sally reads it as: not interested",
    )


def test_a_person_may_write_instead_of_approving() -> None:
    _, suggestion = interested()
    letter = write(suggestion.item.public_id, Wording(body="Dear Nina, hello."), ME, NOW)
    assert (letter.kind, letter.subject) == ("answer", "Re: Your bookings")
    suggestion.refresh_from_db()
    assert suggestion.state == "declined"
    with pytest.raises(AlreadyAnsweredError):
        write(suggestion.item.public_id, Wording(body="Once more."), ME, NOW)


def test_reply_to_goes_before_from() -> None:
    scene = a_scene()
    raw = answer(scene.letter, "Yes, I am interested.", Reply_To="Office <office@hotel.example>")
    [item] = receive(raw)
    letter = approve(Suggestion.objects.get(item=item).public_id, AS_IT_IS, ME, NOW)
    assert letter.to_address == "office@hotel.example"


def test_a_mail_without_an_address_cannot_be_answered() -> None:
    a_scene()
    [item] = receive(mail("Hello", sender="nobody at all"))
    with pytest.raises(BadAnswerError):
        write(item.public_id, Wording("Re: x", "Hello"), ME, NOW)
