"""What /metrics says of outside services: calls, failures by kind, seconds, money, breakers."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from marketing_agent.operations.actions.books import breaker_of
from marketing_agent.operations.models import ProviderDay, ProviderFailures, ProviderState
from marketing_agent.providers.books import day_of
from marketing_agent.providers.breaker import Position

_START = "marketing_agent_provider_"
_POSITIONS = {Position.CLOSED: 0, Position.HALF_OPEN: 1, Position.OPEN: 2}

Rows = Iterable[tuple[list[str], float]]


def provider_metrics(now: datetime) -> Iterator[Metric]:
    """Give the figures of every service that was ever asked; a service's unit is its own."""
    states = list(ProviderState.objects.order_by("name"))
    spent = dict(ProviderDay.objects.filter(day=day_of(now)).values_list("name", "spent"))
    failures = ProviderFailures.objects.order_by("name", "kind")
    kinds = [([each.name, each.kind], each.count) for each in failures]
    yield _count("calls", "Calls that ended.", [([s.name], s.calls) for s in states])
    yield _count("failures", "Calls that failed, by kind.", kinds, "kind")
    yield _count("seconds", "Seconds that calls took.", [([s.name], s.seconds) for s in states])
    day = [([s.name], spent.get(s.name, 0)) for s in states]
    yield _gauge("spent_today", "Spent today (UTC); models: millionths of a dollar.", day)
    limits = [([s.name], s.budget) for s in states if s.budget is not None]
    yield _gauge("budget", "What a day may cost, in the same unit.", limits)
    breakers = [([s.name], _POSITIONS[breaker_of(s).position(now)]) for s in states]
    yield _gauge("breaker", "0 closed, 1 half open, 2 open.", breakers)


def _count(name: str, text: str, rows: Rows, *more: str) -> Metric:
    family = CounterMetricFamily(_START + name, text, labels=["provider", *more])
    for labels, value in rows:
        family.add_metric(labels, value)
    return family


def _gauge(name: str, text: str, rows: Rows) -> Metric:
    family = GaugeMetricFamily(_START + name, text, labels=["provider"])
    for labels, value in rows:
        family.add_metric(labels, value)
    return family
