"""The models that second opinions come from, with keys from the store and books that all workers share."""

from collections.abc import Callable
from datetime import datetime

from marketing_agent.inbound.endpoints import FALLBACK, GROK, endpoints_with, service_of
from marketing_agent.inboxes.secrets import find_secret
from marketing_agent.operations.actions.books import StoreBooks
from marketing_agent.providers.chain import Chain
from marketing_agent.providers.questions import Endpoint, Question, Shape

__all__ = ["FALLBACK", "GROK", "endpoints", "make_chain"]


def endpoints() -> tuple[Endpoint, ...]:
    """Give the endpoints that can be asked, the first choice first.

    Raises:
        SecretError: when a key is there and does not open.
    """
    return endpoints_with(find_secret)


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

    models = [LanguageModel[Shape](each, service_of(each)) for each in asked]
    return Chain(models, StoreBooks(), now, wait)
