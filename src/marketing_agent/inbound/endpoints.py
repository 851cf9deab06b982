"""The models that may be asked, in order: Grok, then a compatible fallback, each once it has a key.

A key is a secret (LLM_GROK, LLM_FALLBACK); all else is a setting. Without a key nobody is asked. This
module touches no store: where the keys come from is its caller's business.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from marketing_agent.providers.addresses import is_this_machine
from marketing_agent.providers.books import Service
from marketing_agent.providers.limiter import limiter_of
from marketing_agent.providers.questions import Endpoint
from marketing_agent.settings import settings

GROK, FALLBACK = "grok", "fallback"
BURST = 5
_DOLLAR = 1_000_000  # in the unit of the books

KeyOf = Callable[[str], str | None]


def endpoints_with(key_of: KeyOf) -> tuple[Endpoint, ...]:
    """Give the endpoints that have a key, the first choice first; `key_of` gives a secret by its name."""
    found = (_endpoint(name, key_of) for name in (GROK, FALLBACK))
    return tuple(each for each in found if each is not None)


def service_of(endpoint: Endpoint) -> Service:
    """Give the budget and the limiter that an endpoint's calls go past."""
    dollars: float = getattr(settings(), f"llm_{endpoint.name}_budget")
    limiter = limiter_of(endpoint.name, settings().llm_per_minute, BURST)
    return Service(endpoint.name, round(dollars * _DOLLAR), limiter, endpoint.setup)


def _endpoint(name: str, key_of: KeyOf) -> Endpoint | None:
    key = (key_of(f"LLM_{name.upper()}") or "").strip()
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
