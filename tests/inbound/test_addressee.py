"""To whom an answer goes: Reply-To for whoever has our letter or stays in the domain, From for others."""

import pytest

from inbound.scene import NINA, a_scene, answer, mail, receive
from marketing_agent.inbound.answering import addressee, addressing, say_to
from marketing_agent.inbound.models import InboxItem
from marketing_agent.outbox.actions.answering import BadAnswerError

DESK = b"From: Nina <nina@hotel.example>\r\nReply-To: Desk <desk@agency.example>"


@pytest.mark.parametrize(
    ("match", "reply_to", "to"),
    [
        ("in_reply_to", "Desk <desk@agency.example>", "desk@agency.example"),
        ("plus_tag", "desk@agency.example", "desk@agency.example"),
        ("sender", "desk@agency.example", NINA),
        ("quoted_header", "desk@agency.example", NINA),
        ("", "desk@agency.example", NINA),
        ("", "desk@HOTEL.example", "desk@hotel.example"),
        ("", "desk@sub.hotel.example", NINA),
        ("in_reply_to", "nonsense", NINA),
        ("in_reply_to", "", NINA),
    ],
)
def test_reply_to_decides_only_where_it_may(match: str, reply_to: str, to: str) -> None:
    item = InboxItem(from_address=NINA, match=match)
    found = addressee(item, f"From: {NINA}\r\nReply-To: {reply_to}\r\n".encode())
    assert found is not None
    assert found.envelope == to


def test_a_mail_from_nowhere_goes_nowhere_unless_it_has_our_letter() -> None:
    assert addressee(InboxItem(from_address="", match="sender"), DESK) is None
    known = addressee(InboxItem(from_address="", match="references"), DESK)
    assert known is not None
    assert known.envelope == "desk@agency.example"


def test_only_another_address_is_worth_words() -> None:
    item = InboxItem(from_address="Nina@Hotel.example")
    assert say_to(item, NINA) == ""
    assert "not to Nina@Hotel.example" in say_to(item, "desk@agency.example")
    assert say_to(item, "") == "The mail names no address that can be answered."


@pytest.mark.django_db
def test_the_stored_mail_is_asked_and_only_its_headers() -> None:
    scene = a_scene()
    proven, loose, pasted = receive(
        answer(scene.letter, "Yes, I am interested.", Reply_To="desk@agency.example"),
        mail("Yes, call me.", Reply_To="desk@agency.example"),
        mail("Reply-To: desk@hotel.example\r\n\r\nReply-To: desk@hotel.example", subject="Hm"),
    )
    assert addressing(proven).to.envelope == "desk@agency.example"
    assert (loose.match, addressing(loose).to.envelope) == ("sender", NINA)
    assert addressing(pasted).to.envelope == NINA


@pytest.mark.django_db
def test_nobody_to_answer_is_refused() -> None:
    a_scene()
    [item] = receive(mail("Hello", sender="nobody at all"))
    with pytest.raises(BadAnswerError):
        addressing(item)
