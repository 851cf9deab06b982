"""Second opinions on replies: which readings are doubted, and what of a model's answer is believed.

A refusal is the rules' alone: where they found one nobody is asked, and no answer can undo one. Nor can
an answer make one: a model that reads a refusal brings in a person.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from marketing_agent.engine.intents import Reading
from marketing_agent.engine.values import POSITIVE, Intent, OpinionState

TRANSITIONS: dict[OpinionState, frozenset[OpinionState]] = {
    OpinionState.WAITING: frozenset(
        {OpinionState.ASKING, OpinionState.PERSON, OpinionState.DECIDED}
    ),
    # Back to waiting: nobody could be asked, or the worker that asked died.
    OpinionState.ASKING: frozenset(
        {OpinionState.WAITING, OpinionState.ACCEPTED, OpinionState.PERSON, OpinionState.DECIDED}
    ),
    OpinionState.ACCEPTED: frozenset({OpinionState.DECIDED}),
    OpinionState.PERSON: frozenset({OpinionState.DECIDED}),
    OpinionState.DECIDED: frozenset(),
}

REFUSALS = frozenset({Intent.OPT_OUT, Intent.NOT_INTERESTED})
"""What is never doubted and never asked about."""

ANSWERABLE = POSITIVE | {Intent.QUESTION}
"""What a suggested answer is kept for."""

FARTHEST = timedelta(days=366)


class Heard(StrEnum):
    """What a model may answer; `negative` stands for every refusal, and only a person acts on it."""

    MEETING_REQUEST = "meeting_request"
    INTERESTED = "interested"
    QUESTION = "question"
    REFERRAL = "referral"
    NOT_NOW = "not_now"
    OUT_OF_OFFICE = "out_of_office"
    WRONG_PERSON = "wrong_person"
    NEGATIVE = "negative"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether an opinion is taken, and the sentence for the person who gets it otherwise."""

    intent: Intent | None
    sentence: str


def is_doubtful(reading: Reading, threshold: float) -> bool:
    """Say whether a reading by the rules needs a second opinion; a refusal never does.

    Args:
        reading: what the rules found.
        threshold: confidence (0-1) below which they are doubted.
    """
    if reading.intent in REFUSALS:
        return False
    return reading.intent is Intent.UNCLEAR or reading.confidence < threshold


def rule(heard: Heard, confidence: float, by_rules: Reading, threshold: float) -> Ruling:
    """Decide about a model's answer.

    Args:
        heard: what the model says the person wants.
        confidence: how sure it says it is (0-1).
        by_rules: what the rules find in the same words now.
        threshold: confidence from which on it is believed.
    """
    if by_rules.intent in REFUSALS:
        return Ruling(None, "The rules find a refusal in it.")
    if heard is Heard.NEGATIVE:
        return Ruling(None, "A model reads a refusal in it; only a person or a rule decides that.")
    if heard is Heard.UNCLEAR:
        return Ruling(None, "A model cannot tell either.")
    if not threshold <= confidence <= 1:
        return Ruling(None, f"A model reads it as {heard.replace('_', ' ')} and is not sure.")
    return Ruling(Intent(heard), f"A model reads it as {heard.replace('_', ' ')}.")


def named_day(text: str | None, today: date) -> date | None:
    """Give the day that an answer names as YYYY-MM-DD; None unless it lies within the year ahead."""
    try:
        day = date.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return day if today < day <= today + FARTHEST else None


def fit_to_suggest(text: str | None) -> str:
    """Give a suggested answer, or nothing: one with a link, an address or a template's marks is none.

    The model was told no link and no address, so it has made them up or the person wrote them for it.
    """
    suggestion = (text or "").strip()
    made_up = ("://", "www.", "@", "{{", "{%")
    return "" if any(mark in suggestion.lower() for mark in made_up) else suggestion[:2000]


def stands_in(words: str | None, text: str) -> str:
    """Give words that the person wrote themselves; others are made up and are nothing."""
    found = " ".join((words or "").split())
    return found if found and found.casefold() in " ".join(text.split()).casefold() else ""
