"""`marketing-agent mail classify --model`: a second opinion at the shell; no database, no Django.

Keys come from the environment (LLM_GROK, LLM_FALLBACK); the store is not opened. A spent budget counts for
this run alone.
"""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from marketing_agent.engine.intents import Reading
from marketing_agent.engine.opinions import is_doubtful
from marketing_agent.inbound.asking import Advice, Opined, question_about, weigh
from marketing_agent.inbound.endpoints import endpoints_with, service_of
from marketing_agent.providers.books import MemoryBooks
from marketing_agent.providers.chain import Chain, NobodyAnswered
from marketing_agent.providers.llm import LanguageModel
from marketing_agent.providers.questions import Question
from marketing_agent.settings import settings
from marketing_agent.workers import clock

Ask = Callable[[Question[Opined]], Any]

NO_KEY = "No model has a key. Set LLM_GROK or LLM_FALLBACK in the environment."


class NoModelError(Exception):
    """No model can be asked; the message says what to do."""


class SecondOpinion:
    """Asks about doubtful readings, one at a time.

    Raises:
        NoModelError: when no model has a key.
    """

    def __init__(self) -> None:
        asked = endpoints_with(os.environ.get)
        if not asked:
            raise NoModelError(NO_KEY)
        models = [LanguageModel[Opined](each, service_of(each)) for each in asked]
        self._chain = Chain(models, MemoryBooks(), clock.now, clock.wait)
        self._threshold = settings().intent_threshold

    def on(self, reading: Reading, words: str, sent: datetime | None) -> dict[str, Any]:
        """Give what changes by a second opinion; who read it, or why nobody else could.

        Args:
            reading: what the rules found.
            words: the writer's own words.
            sent: when the mail was written.
        """
        if not words.strip() or not is_doubtful(reading, self._threshold):
            return {"intent_by": "rules"}
        today = (sent or clock.now()).astimezone(UTC).date()
        try:
            reply = self._chain.ask(question_about(words, today))
        except NobodyAnswered as error:
            return {"intent_by": "rules", "model": str(error)}
        return self._weighed(reply.answer, reply.by, words, today)

    def _weighed(self, answer: Opined, by: str, words: str, today: date) -> dict[str, Any]:
        advice = weigh(answer, words, self._threshold, today)
        if advice.ruling.intent is None:
            return {"intent_by": "rules", "model": advice.ruling.sentence}
        return _facts(advice) | {"intent_by": f"model:{by}", "model": advice.reason}


def _facts(advice: Advice) -> dict[str, Any]:
    named = advice.contact_name or advice.contact_address
    contact = {"name": advice.contact_name or None, "address": advice.contact_address or None}
    return {
        "intent": advice.ruling.intent,
        "confidence": round(advice.confidence, 2),
        "until": None if advice.until is None else advice.until.isoformat(),
        "contact": contact if named else None,
    }
