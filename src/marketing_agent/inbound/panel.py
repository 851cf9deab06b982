"""The models that may be asked, in order: Grok, then a compatible fallback, each once it has a key.

A key is a secret (LLM_GROK, LLM_FALLBACK); all else is a setting. Without a key nobody is asked.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from marketing_agent.inboxes.secrets import find_secret
from marketing_agent.operations.actions.books import StoreBooks
from marketing_agent.providers.addresses import is_this_machine
from marketing_agent.providers.books import Service
from marketing_agent.providers.chain import Chain
from marketing_agent.providers.limiter import limiter_of
from marketing_agent.providers.questions import Endpoint, Question, Shape
from marketing_agent.settings import settings

GROK, FALLBACK = "grok", "fallback"
BURST = 5
_DOLLAR = 1_000_000  # in the unit of the books


def endpoints() -> tuple[Endpoint, ...]:
    """Give the endpoints that can be asked, the first choice first.

    Raises:
        SecretError: when a key is there and does not open.
    """
    found = (_endpoint(name) for name in (GROK, FALLBACK))
    return tuple(each for each in found if each is not None)


def make_chain(
    asked: tuple[Endpoint, ...], now: Callable[[], datetime], wait: Callable[[float], object]
) -> Chain[Question[Shape], Shape]:
    """Give the chain of these endpoints; loads the client that asks them.

    Args:
        asked: as `endpoints` gives them.
        now: the clock.
        wait: waits so many seconds for a turn.
    """
    from marketing_agent.providers.llm import LanguageModel  # noqa: PLC0415  it takes half a second

    models = [LanguageModel[Shape](each, _service(each)) for each in asked]
    return Chain(models, StoreBooks(), now, wait)


def _endpoint(name: str) -> Endpoint | None:
    key = (find_secret(f"LLM_{name.upper()}") or "").strip()
    facts: dict[str, Any] = dict(_facts(name))
    if not (key and facts["url"] and facts["model"]) or not _may_be_reached(facts["url"]):
        return None
    known = settings()
    return Endpoint(
        name=name,
        key=key,
        connect_s=known.llm_connect_s,
        answer_s=known.llm_answer_s,
        ca_file=known.ca_file,
        **facts,
    )


def _facts(name: str) -> Iterator[tuple[str, object]]:
    for fact in ("url", "model", "price_in", "price_out", "reasoning"):
        yield fact, getattr(settings(), f"llm_{name}_{fact}")


def _may_be_reached(url: str) -> bool:
    """Say whether we may connect there: in the sandbox to this machine alone."""
    return not settings().sandbox or is_this_machine(urlsplit(url).hostname or "")


def _service(endpoint: Endpoint) -> Service:
    dollars: float = getattr(settings(), f"llm_{endpoint.name}_budget")
    limiter = limiter_of(endpoint.name, settings().llm_per_minute, BURST)
    return Service(endpoint.name, round(dollars * _DOLLAR), limiter, endpoint.setup)
