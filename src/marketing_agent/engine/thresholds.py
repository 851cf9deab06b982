"""The Key Thresholds table (source-runbooks.md, Quick Reference Card), declared once."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Literal

from marketing_agent.engine.wilson import lower_bound


class Flag(StrEnum):
    """How a figure stands; *unknown* is neither good nor bad."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Threshold:
    """One row of the table.

    Attributes:
        metric: its name in the API and in /metrics.
        warning: passed (strictly) means warning, in the metric's unit; rates are fractions 0-1.
        critical: passed (strictly) means critical.
        direction: whether a figure above or below the line is bad.
        unit: rate, score, items or seconds.
        floor: the sample below which a rate is unknown; 0 where no sample is needed.
        hold: how long the line must stay passed before anybody is woken.
        proof: for rates that lie at small samples, what the Wilson bound must exceed for (warning,
            critical).
    """

    metric: str
    warning: float
    critical: float
    direction: Literal["above", "below"]
    unit: Literal["rate", "score", "items", "seconds"]
    floor: int = 0
    hold: timedelta = timedelta(0)
    proof: tuple[float, float] | None = None


THRESHOLDS: tuple[Threshold, ...] = (
    # A raw 5 % over a few letters pauses healthy inboxes; hence the proof (99 % Wilson lower
    # bound).
    Threshold("bounce_rate", 0.03, 0.05, "above", "rate", floor=20, proof=(0.02, 0.03)),
    # Google's sender guidelines: stay below 0.1 %, never reach 0.3 %.
    Threshold("complaint_rate", 0.001, 0.003, "above", "rate", floor=1000, proof=(0.0, 0.001)),
    Threshold("inbox_health", 80, 50, "below", "score"),
    Threshold("error_rate", 0.01, 0.05, "above", "rate", floor=50, hold=timedelta(minutes=5)),
    Threshold("queue_depth", 100, 500, "above", "items", hold=timedelta(minutes=10)),
    Threshold("response_time", 2, 5, "above", "seconds", hold=timedelta(minutes=5)),
)

_BY_METRIC = {threshold.metric: threshold for threshold in THRESHOLDS}


def threshold(metric: str) -> Threshold:
    """Give one row; raises KeyError for a metric that has no threshold."""
    return _BY_METRIC[metric]


def flag(metric: str, value: float | None) -> Flag:
    """Judge a figure; None (below its floor, or not measured) is *unknown*. Raises KeyError."""
    row = threshold(metric)
    if value is None:
        return Flag.UNKNOWN
    if _past(row, value, row.critical):
        return Flag.CRITICAL
    return Flag.WARNING if _past(row, value, row.warning) else Flag.OK


def flag_rate(metric: str, events: int, sample: int) -> Flag:
    """Judge a rate by its counts: unknown below the floor, no alarm that chance explains.

    Raises KeyError for a metric without a threshold and ValueError for more events than the sample.
    """
    row = threshold(metric)
    if sample < max(1, row.floor):
        return Flag.UNKNOWN
    raw = flag(metric, events / sample)
    proven = _proven(row, events, sample)
    return (
        raw
        if raw is Flag.OK
        else min(raw, proven, key=(Flag.OK, Flag.WARNING, Flag.CRITICAL).index)
    )


def _proven(row: Threshold, events: int, sample: int) -> Flag:
    if row.proof is None:
        return Flag.CRITICAL
    bound, (warning, critical) = lower_bound(events, sample), row.proof
    if bound > critical:
        return Flag.CRITICAL
    return Flag.WARNING if bound > warning else Flag.OK


def _past(row: Threshold, value: float, line: float) -> bool:
    return value > line if row.direction == "above" else value < line
