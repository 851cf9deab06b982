"""What /metrics says, in Prometheus's text format."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from marketing_agent.engine.thresholds import THRESHOLDS
from marketing_agent.operations.days import day_of, figures_of
from marketing_agent.operations.figures import error_rate, inbox_health_min, queue_depth
from marketing_agent.operations.provider_metrics import provider_metrics
from marketing_agent.operations.requests import figures as request_figures
from marketing_agent.operations.stop import current_stop
from marketing_agent.outbox.models import Email
from marketing_agent.workers.models import Heartbeat, Job

_START = "marketing_agent_"


def metrics(now: datetime) -> str:
    """Give every threshold's figure, the letters sent, the jobs and the worker's sign of life."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(now))
    return generate_latest(registry).decode()


class _Figures(Collector):
    """The figures of one moment; an unknown one is left out, for 0 would look like good news."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Give each metric family."""
        yield from self._thresholds()
        yield self._sent()
        yield _gauge(
            "emergency_stop", "1 while the emergency stop is on.", current_stop() is not None
        )
        yield from self._jobs()
        yield self._heartbeat()
        yield from provider_metrics(self._now)

    def _thresholds(self) -> Iterator[Metric]:
        now, today = self._now, figures_of(day_of(self._now))
        values = {
            "bounce_rate": today.bounce_rate,
            "complaint_rate": today.complaints / today.letters if today.letters else None,
            "inbox_health": inbox_health_min(now),
            "error_rate": error_rate(now).value,
            "queue_depth": queue_depth(now),
            "response_time": request_figures(now).p95_s,
        }
        for row in THRESHOLDS:
            yield _gauge(row.metric, f"{row.metric}, in {row.unit}.", values.get(row.metric))
            yield _lines(row.metric, warning=row.warning, critical=row.critical)
        yield _gauge("sent_today", "Letters that servers accepted today.", today.sent)

    def _sent(self) -> Metric:
        family = CounterMetricFamily(f"{_START}sent", "Letters that servers accepted, ever.")
        family.add_metric([], Email.objects.filter(sent_at__lte=self._now).count())
        return family

    def _jobs(self) -> Iterator[Metric]:
        rows = list(Job.objects.order_by("name"))
        for column, text in (
            ("runs", "Runs that ended."),
            ("failures", "Runs that failed."),
            ("missed", "Runs that should have begun and did not."),
        ):
            family = CounterMetricFamily(f"{_START}job_{column}", text, labels=["job"])
            for job in rows:
                family.add_metric([job.name], getattr(job, column))
            yield family

    def _heartbeat(self) -> Metric:
        beat = Heartbeat.objects.order_by("-beat_at").values_list("beat_at", flat=True).first()
        age = None if beat is None else max(0.0, (self._now - beat).total_seconds())
        return _gauge("worker_heartbeat_age_seconds", "Since a worker's last sign of life.", age)


def _gauge(name: str, text: str, value: float | None) -> GaugeMetricFamily:
    family = GaugeMetricFamily(_START + name, text)
    if value is not None:
        family.add_metric([], float(value))
    return family


def _lines(metric: str, **levels: float) -> GaugeMetricFamily:
    name = f"{_START}{metric}_threshold"
    family = GaugeMetricFamily(name, f"Where {metric} becomes a problem.", labels=["level"])
    for level, value in levels.items():
        family.add_metric([level], value)
    return family
