"""What is doubted, and what of a model's answer is believed; no refusal ever comes of one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.engine.intents import Reading
from marketing_agent.engine.opinions import (
    FARTHEST,
    REFUSALS,
    Heard,
    fit_to_suggest,
    is_doubtful,
    named_day,
    rule,
    stands_in,
)
from marketing_agent.engine.values import Intent

TODAY = date(2026, 3, 4)
UNCLEAR = Reading(Intent.UNCLEAR, 0.0)


@pytest.mark.parametrize("intent", list(Intent))
def test_refusals_are_never_doubted_and_the_unclear_always(intent: Intent) -> None:
    doubted = is_doubtful(Reading(intent, 0.1), 0.7)
    assert doubted is (intent not in REFUSALS)
    assert is_doubtful(Reading(intent, 0.99), 0.7) is (intent is Intent.UNCLEAR)


@given(st.sampled_from(Heard), st.floats(), st.sampled_from(Intent), st.floats(0, 1))
def test_no_answer_makes_or_undoes_a_refusal(
    heard: Heard, confidence: float, by_rules: Intent, threshold: float
) -> None:
    ruling = rule(heard, confidence, Reading(by_rules, 0.5), threshold)
    assert ruling.intent not in REFUSALS
    assert ruling.intent is None or by_rules not in REFUSALS
    assert ruling.intent is None or threshold <= confidence <= 1
    assert ruling.sentence


def test_a_sure_answer_is_taken() -> None:
    assert rule(Heard.QUESTION, 0.7, UNCLEAR, 0.7).intent is Intent.QUESTION


@pytest.mark.parametrize("heard", [Heard.NEGATIVE, Heard.UNCLEAR])
def test_what_only_a_person_decides_goes_to_one(heard: Heard) -> None:
    assert rule(heard, 1.0, UNCLEAR, 0.5).intent is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-09-01", date(2026, 9, 1)),
        (" 2026-09-01 ", date(2026, 9, 1)),
        ("2026-03-04", None),
        ("1999-01-01", None),
        ("9999-12-31", None),
        ("next month", None),
        ("", None),
        (None, None),
    ],
)
def test_a_day_counts_within_the_year_ahead(text: str | None, day: date | None) -> None:
    assert named_day(text, f"Ask me on {text}.", TODAY) == day
    last = TODAY + FARTHEST
    assert named_day(last.isoformat(), f"Ask me on {last}.", TODAY) == last


@pytest.mark.parametrize(
    ("reply", "named", "kept"),
    [
        ("Ask me again in June.", "2026-06-01", True),
        ("Ask me again in June.", "2026-06-15", False),
        ("Fragen Sie am 9. Juni wieder.", "2026-06-09", True),
        ("Ask me next week.", "2026-03-09", True),
        ("Hm, we shall see about that.", "2026-09-01", False),
        ("", "2026-09-01", False),
    ],
)
def test_a_day_counts_only_where_the_reply_names_it(reply: str, named: str, kept: bool) -> None:
    assert named_day(named, reply, TODAY) == (date.fromisoformat(named) if kept else None)


@pytest.mark.parametrize(
    "text",
    [
        "Please pay at evil-bank.com/pay now.",
        "Please pay at EVIL-BANK.COM",
        "See bit.ly/x",
        "See \u0431\u0430\u043d\u043a.\u0440\u0444",
        "See xn--80ab.xn--p1ai",
        "See evil\u3002com",
        "See evil\u200b.com",
        "See p.es/pay, p.ej.com or z.Hd.com.",
        "See 192.0.2.1/pay",
        "Look at https://evil.example",
        "Write to eve@evil.example",
        "Call 0301234567.",
        "Pay into 5001 0517 5407 3249.",
    ],
)
def test_a_suggestion_with_a_link_or_a_number_is_none(text: str) -> None:
    assert fit_to_suggest(text, "Hm.") == ""


@pytest.mark.parametrize(
    "text",
    [
        "Does Tuesday suit you, e.g. at 10.30 a.m.?",
        "Passt es Ihnen z.B. am 12.05.2026, z.Hd. Frau Meyer?",
        "Por la ma\u00f1ana, p.ej. a las 10.",
        "Am 2026-05-12 um 10.30 Uhr\u2026 oder ...wann Sie m\u00f6gen.",
        "Thank you (see above).\nBest regards",
    ],
)
def test_short_forms_days_and_times_are_no_links(text: str) -> None:
    assert fit_to_suggest(text, "Hm.") == text


def test_a_number_that_the_reply_holds_may_be_repeated_and_a_link_may_not() -> None:
    text = "Shall we call 030 123 456 78?"
    assert fit_to_suggest(text, "Call me at 030 12345678.") == text
    assert fit_to_suggest(text, "Call me at 030 12345679.") == ""
    assert fit_to_suggest("See evil.example.", "Tell them: see evil.example.") == ""


@given(st.text())
def test_no_text_harms(text: str) -> None:
    named_day("2026-06-01", text, TODAY)
    named_day(text, text, TODAY)
    assert len(fit_to_suggest(text, text)) <= 2000
    assert stands_in(text, "") == ""


def test_only_words_of_the_person_stand() -> None:
    assert stands_in("Olaf  Ober", "Ask OLAF\nOBER.") == "Olaf Ober"
    assert stands_in("Eve", "Ask Olaf.") == ""
    assert stands_in(None, "Ask Olaf.") == ""
