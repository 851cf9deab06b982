"""Second opinions: doubtful replies are read by a model, one at a time, and else by a person.

A job of its own does this: reading mail never waits for a model. No refusal is ever asked about, an answer
can only choose among a few intents, and nothing is sent because of one.
"""

import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from marketing_agent.engine.intents import Reading, read_intent
from marketing_agent.engine.opinions import REFUSALS, is_doubtful
from marketing_agent.engine.values import Intent, ItemState, OpinionState
from marketing_agent.inbound.actions.opinions import (
    MOST_TRIES,
    accept,
    claim_opinion,
    give_to_person,
    hand_over,
    note_decided,
    open_opinions,
    put_off,
    rescue_opinions,
)
from marketing_agent.inbound.asking import Advice, Opined, question_about, weigh
from marketing_agent.inbound.case import RULES
from marketing_agent.inbound.claim import LeaseLostError
from marketing_agent.inbound.models import InboxItem, Opinion
from marketing_agent.inbound.panel import endpoints, make_chain
from marketing_agent.operations.actions import record_error
from marketing_agent.operations.errors import last_words
from marketing_agent.providers.books import OVER_BUDGET
from marketing_agent.providers.chain import Chain, NobodyAnswered, Reply, in_words
from marketing_agent.providers.questions import Endpoint, Question
from marketing_agent.settings import settings

NO_MODEL = "No model is configured."
HOW_TO = "Put a key: marketing-agent secret put LLM_GROK"
PATIENCE = timedelta(hours=1)
"""A reply that no model could be asked about for so long goes to a person."""

FIRST_WAIT = timedelta(minutes=1)
TURNED_AWAY = "nobody_asked"

Panel = Chain[Question[Opined], Opined]


@dataclass(frozen=True, slots=True)
class Round:
    """What one run needs: whom to ask, the clock, and from which confidence on an answer counts."""

    chain: Panel
    models: dict[str, str]
    now: Callable[[], datetime]
    threshold: float


def give_opinions(
    limit: int, owner: str, now: Callable[[], datetime], wait: Callable[[float], object]
) -> dict[str, Any]:
    """Get a second opinion on at most `limit` doubtful replies; gives counts by what came of them.

    Without a model each of them goes to a person, and the answer says so.
    """
    rescued = rescue_opinions(now())
    counts = {"rescued": rescued, "opened": open_opinions(settings().intent_threshold, now())}
    asked = endpoints()
    if not asked:
        handed = hand_over(NO_MODEL, now())
        return counts | {"person": handed, "said": f"{NO_MODEL} {HOW_TO}"}
    late = hand_over("No model could be asked for an hour.", now(), now() - PATIENCE)
    came = _rounds(asked, limit, owner, now, wait)
    return counts | {"accepted": 0, "later": 0} | came | {"person": came["person"] + late}


def _rounds(
    asked: tuple[Endpoint, ...],
    limit: int,
    owner: str,
    now: Callable[[], datetime],
    wait: Callable[[float], object],
) -> Counter[str]:
    counts: Counter[str] = Counter()
    this: Round | None = None  # made when there is something to ask, for it loads a large library
    for _ in range(limit):
        opinion = claim_opinion(owner, now())
        if opinion is None:
            break
        this = this or _round(asked, now, wait)
        came = _guarded(opinion, this)
        counts[came] += 1
        if came == TURNED_AWAY:  # the next one would fare no better
            break
    return counts


def _round(
    asked: tuple[Endpoint, ...], now: Callable[[], datetime], wait: Callable[[float], object]
) -> Round:
    chain: Panel = make_chain(asked, now, wait)
    models = {each.name: each.model for each in asked}
    return Round(chain, models, now, settings().intent_threshold)


def _guarded(opinion: Opinion, this: Round) -> str:
    """Ask about one reply; a bug gives it to a person with its traceback, and the others go on."""
    try:
        return _one(opinion, this)
    except LeaseLostError:
        return "lost"  # whoever has it now writes what becomes of it
    except Exception:  # noqa: BLE001  one reply must neither be lost nor stop the others
        return _hold(opinion, traceback.format_exc(), this.now())


def _one(opinion: Opinion, this: Round) -> str:
    item = opinion.item
    if item.state != ItemState.PROCESSED:  # it is being read again
        put_off(opinion, "It is read once more.", this.now() + FIRST_WAIT, asked=False)
        return "later"
    if not _in_doubt(item, this.threshold):
        note_decided(opinion, this.now())
        return str(OpinionState.DECIDED)
    why_not = _not_for_models(item)
    return _to_person(opinion, why_not, this) if why_not else _ask(opinion, this)


def _in_doubt(item: InboxItem, threshold: float) -> bool:
    """Say whether the rules, and they alone, have read the reply and are in doubt."""
    written = Reading(Intent(item.intent), item.intent_confidence or 0.0) if item.intent else None
    return item.intent_by == RULES and written is not None and is_doubtful(written, threshold)


def _not_for_models(item: InboxItem) -> str:
    """Say why no model is asked about this reply; empty when one is."""
    if not item.text.strip():
        return "It holds no words of the person's own."
    refusal = read_intent(item.text).intent in REFUSALS
    return "The rules find a refusal in it." if refusal else ""


def _ask(opinion: Opinion, this: Round) -> str:
    item = opinion.item
    try:
        reply = this.chain.ask(question_about(item.text, item.fetched_at.date()))
    except NobodyAnswered as nobody:
        return _unanswered(opinion, nobody, this)
    return _answered(opinion, reply, this)


def _answered(opinion: Opinion, reply: Reply[Opined], this: Round) -> str:
    item = opinion.item
    advice = weigh(reply.answer, item.text, this.threshold, item.fetched_at.date())
    facts = _facts(advice, reply, this.models[reply.by])
    if advice.ruling.intent is None:
        return _to_person(opinion, advice.ruling.sentence, this, facts)
    return str(accept(opinion, advice, reply.by, facts, this.now()))


def _facts(advice: Advice, reply: Reply[Opined], model: str) -> dict[str, object]:
    return {
        "provider": reply.by,
        "model": model[:100],
        "heard": advice.heard,
        "confidence": advice.confidence,
        "reason": advice.reason,
        "until": advice.until,
        "contact_name": advice.contact_name,
        "contact_address": advice.contact_address,
        "suggestion": advice.suggestion,
        "cost": reply.cost,
    }


def _unanswered(opinion: Opinion, nobody: NobodyAnswered, this: Round) -> str:
    """Wait where waiting may help; a spent budget, a refusal and the last try go to a person."""
    spent = all(each.error.kind == OVER_BUDGET for each in nobody.said)
    hopeless = spent or not nobody.temporary or (nobody.asked and opinion.tries >= MOST_TRIES)
    if hopeless:
        return _to_person(opinion, in_words(nobody.said), this)
    own = FIRST_WAIT * 2**opinion.tries if nobody.asked else timedelta(0)
    theirs = timedelta(seconds=nobody.retry_after_s or 0)
    until = this.now() + max(own, theirs)
    put_off(opinion, in_words(nobody.said), until, asked=nobody.asked)
    return "later" if nobody.asked else TURNED_AWAY


def _to_person(
    opinion: Opinion, finding: str, this: Round, facts: dict[str, object] | None = None
) -> str:
    give_to_person(opinion, finding, this.now(), facts)
    return str(OpinionState.PERSON)


def _hold(opinion: Opinion, trace: str, now: datetime) -> str:
    last_line = last_words(trace)
    record_error("second_opinion", last_line, subject=opinion.item.public_id, sample=trace, now=now)
    give_to_person(opinion, f"An error in the program: {last_line}", now)
    return str(OpinionState.PERSON)
