"""What is doubted, and what of a model's answer is believed; no refusal ever comes of one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_agent.engine.intents import Reading
from marketing_agent.engine.opinions import (
    FARTHEST,
    REFUSALS,
    TRANSITIONS,
    Heard,
    fit_to_suggest,
    is_doubtful,
    named_day,
    rule,
    stands_in,
)
from marketing_agent.engine.values import Intent, OpinionState

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
    assert named_day(text, TODAY) == day
    assert named_day((TODAY + FARTHEST).isoformat(), TODAY) == TODAY + FARTHEST


@given(st.text())
def test_no_text_harms(text: str) -> None:
    named_day(text, TODAY)
    assert len(fit_to_suggest(text)) <= 2000
    assert stands_in(text, "") == ""


def test_only_words_of_the_person_stand() -> None:
    assert stands_in("Olaf  Ober", "Ask OLAF\nOBER.") == "Olaf Ober"
    assert stands_in("Eve", "Ask Olaf.") == ""
    assert stands_in(None, "Ask Olaf.") == ""


def test_every_state_can_be_left_for_a_person_s_decision() -> None:
    for state, ways in TRANSITIONS.items():
        assert OpinionState.DECIDED in ways or state is OpinionState.DECIDED
