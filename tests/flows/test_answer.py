"""From a reply to the answer in the thread: told, approved, sent by a real server, and never by itself."""

import pytest

from inbound.scene import answer, receive
from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.values import EmailState
from marketing_agent.inbound.actions.answers import Wording, approve
from marketing_agent.inbound.models import InboxItem, Suggestion
from marketing_agent.mail.parse import parse
from marketing_agent.operations.actions import set_switch
from marketing_agent.outbox.actions.suppress import suppress
from marketing_agent.outbox.models import Email
from outbox.mailroom import BY, MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]

SALLY = Actor("sally", "console")
HOTEL = "hotel@hotel.example"


def replied(room: MailRoom) -> Suggestion:
    """Write to a hotel, which wants to know more."""
    room.inbox()
    room.campaign()
    room.people("hotel")
    room.cycle()
    room.later(hours=1)  # the window is closed by now, and the address was written to just now
    letter = room.letter("hotel")
    [item] = receive(answer(letter, "Yes, I am interested.", HOTEL), now=room.clock.now())
    return Suggestion.objects.get(item=item)


def test_an_approved_answer_leaves_outside_the_window_in_the_thread(room: MailRoom) -> None:
    suggestion = replied(room)
    first = room.letter("hotel")
    assert room.cycle().outcomes.total() == 0  # nothing leaves that nobody approved
    approve(suggestion.public_id, Wording(body="When?"), SALLY, room.clock.now())
    assert room.cycle().as_dict()["sent"] == 1
    assert room.cycle().outcomes.total() == 0  # and not twice
    mail = parse(room.smtp.accepted[-1].raw)
    assert mail.to == (HOTEL,)
    assert mail.subject == "Re: Your bookings"
    assert mail.in_reply_to == suggestion.item.message_id
    assert mail.references == (first.message_id, suggestion.item.message_id)
    assert mail.text.strip() == "When?"
    assert not mail.headers.raw("list-unsubscribe")


def test_the_stop_holds_an_approved_answer(room: MailRoom) -> None:
    suggestion = replied(room)
    approve(suggestion.public_id, Wording(), SALLY, room.clock.now())
    set_switch("emergency_stop", True, BY, room.clock.now())
    assert room.cycle().as_dict()["sent"] == 0
    assert room.letter("hotel").state == EmailState.PLANNED


def test_the_door_turns_an_answer_back_whose_addressee_asked_for_silence(room: MailRoom) -> None:
    suggestion = replied(room)
    InboxItem.objects.update(from_address="alias@elsewhere.example")
    letter = approve(suggestion.public_id, Wording(), SALLY, room.clock.now())
    suppress("address", HOTEL, "opt_out", "by phone", BY, room.clock.now())
    assert room.cycle().as_dict()["sent"] == 0
    letter.refresh_from_db()
    assert (letter.state, letter.reason_code) == (EmailState.CANCELLED, "suppressed")


def test_a_paused_inbox_and_a_full_day_hold_an_answer(room: MailRoom) -> None:
    suggestion = replied(room)
    letter = approve(suggestion.public_id, Wording(), SALLY, room.clock.now())
    room.pause()
    assert room.cycle().as_dict()["sent"] == 0
    letter.refresh_from_db()
    assert letter.reason_code == "inbox_paused"
    assert Email.objects.filter(kind="answer", sent_at=None).count() == 1
