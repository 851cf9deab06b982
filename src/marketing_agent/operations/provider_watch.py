"""Watching outside services: out of credit, a key that is refused, a day's budget that is spent."""

from collections.abc import Iterator
from datetime import datetime

from marketing_agent.operations.concern import Concern
from marketing_agent.operations.models import ProviderDay, ProviderState
from marketing_agent.providers.books import day_of

_HELP = {
    "no_credit": "Buy credit at {name}, or lower what is asked: it is tried again within the hour.",
    "key": "Put the right key: marketing-agent secret put LLM_{NAME}",
    "forbidden": "Look at the rights of the key at {name}.",
    "unknown_model": "Set MARKETING_AGENT_LLM_{NAME}_MODEL to a model that {name} knows.",
    "redirect": "Set MARKETING_AGENT_LLM_{NAME}_URL to the address where {name} lies now.",
    "address": "Set MARKETING_AGENT_LLM_{NAME}_URL to a public address.",
}
"""What a person does about a refusal that asking again does not change."""


def provider_concerns(now: datetime) -> Iterator[Concern]:
    """Give what is to be watched of each service that was ever asked."""
    today = ProviderDay.objects.filter(day=day_of(now), turned_away__gt=0)
    spent = set(today.values_list("name", flat=True))
    for state in ProviderState.objects.order_by("name"):
        yield _refused(state)
        yield _spent(state.name, so=state.name in spent)


def _refused(state: ProviderState) -> Concern:
    proposal = _HELP.get(state.last_kind, "").format(name=state.name, NAME=state.name.upper())
    return Concern(
        f"provider-refuses:{state.name}",
        bool(proposal),
        "warning",
        f"{state.last_error} Doubtful replies go to a person instead.",
        proposal,
    )


def _spent(name: str, *, so: bool) -> Concern:
    return Concern(
        f"provider-budget:{name}",
        so,
        "warning",
        f"The day's budget for {name} is spent; it is not asked again before midnight (UTC).",
        f"Raise MARKETING_AGENT_LLM_{name.upper()}_BUDGET, or wait.",
    )
