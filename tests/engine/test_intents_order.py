"""The order of decision: minds that change, questions that only ask about an absence, and doubt."""

import pytest

from marketing_agent.engine.intents import read_intent
from marketing_agent.engine.values import Intent

POSITIVE = {Intent.MEETING_REQUEST, Intent.INTERESTED}


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Not convinced yet. But show me on our own data, Monday at 10 suits.", "meeting_request"),
        ("No need for a demo. But do send the price list and a quotation.", "interested"),
        ("Friday at 9 is fine, but please come to the side entrance.", "meeting_request"),
        ("Does it still work while the hotel is closed for the winter?", "question"),
        ("Funktioniert das auch, wenn wir im Urlaub sind?", "question"),
        ("Why would we pay for that? It's a pass from us.", "not_interested"),
        ("Call me once more and I'll sue.", "opt_out"),
        ("Please stop by our office on Monday at 10.", "meeting_request"),
        ("Kindly stop.", "opt_out"),
        ("Does your tool let our guests unsubscribe from our newsletter?", "question"),
        ("Can you unsubscribe me?", "opt_out"),
        ("Wir sind gut aufgehoben. Von einem Angebot bitte ich abzusehen.", "not_interested"),
        ("Only interested in being removed.", "opt_out"),
        ("Dieses Postfach ist nicht für Werbung gedacht.", "opt_out"),
        ("Dit adres is enkel voor klanten, niet voor verkooppraatjes.", "opt_out"),
    ],
)
def test_what_decides(text: str, intent: str) -> None:
    assert read_intent(text).intent == intent


@pytest.mark.parametrize(
    "text",
    [
        "It sounds interesting, but we simply have no use for it.",
        "No need for it, but it sounds good and looks great.",
        "Not interested, but good luck with the demo on Monday.",
        "We had a call with somebody else on Tuesday and signed with them, but thanks.",
        "Klingt spannend, aber wir haben dafür keine Verwendung.",
        "Het klinkt goed, maar wij hebben er geen budget voor.",
        "I can't see us needing this. But we'll call you on a Monday if that changes.",
    ],
)
def test_praise_before_or_behind_a_refusal_is_no_yes(text: str) -> None:
    assert read_intent(text).intent not in POSITIVE


def test_sentences_that_stand_in_every_mail_say_nothing() -> None:
    text = "If you received this email in error, please delete it from your system."
    assert read_intent(text).intent is Intent.UNCLEAR


def test_one_agreeing_phrase_within_a_story_decides_nothing() -> None:
    story = (
        "In our kitchen the orders are called out, the cook sings, the waiter answers and the guests "
        "laugh about it; the radio sounds good, the soup is hot, and that is what people come back for "
        "year after year, as it has been since my grandmother opened this house."
    )
    assert read_intent(story).intent == Intent.UNCLEAR
    assert read_intent("Your offer sounds good.").intent == Intent.INTERESTED
