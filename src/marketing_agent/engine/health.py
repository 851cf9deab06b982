"""An inbox's health: a score out of four rates, and what follows from it.

The evidence covers a rolling 28 days. A factor below its floor is *unknown*, which is neither good
nor bad: its weight is shared among the known ones. A served pause closes its evidence, so the
caller counts only letters sent after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from marketing_agent.engine.thresholds import Flag, flag_rate, threshold
from marketing_agent.engine.wilson import lower_bound

EVIDENCE_WINDOW = timedelta(days=28)
PAUSE = timedelta(days=7)
"""How long a poor inbox rests (source-runbooks.md, runbook 3)."""

POOR_BELOW, GOOD_FROM = 50, 80
REPLY_FLOOR = 50
HARD_IN_LAST_TEN = 3
COMPLAINTS_TO_WARN, COMPLAINTS_TO_PAUSE = 2, 3
"""Below the complaint floor complaints are counted, not rated."""

PROBATION_START = 5
PROBATION_END = 40
"""Probation doubles weekly from the start and ends where it would reach the full limit."""

_Curve = tuple[tuple[float, float], ...]
_BOUNCE: _Curve = ((0, 100), (0.03, 80), (0.05, 50), (0.10, 0))
_COMPLAINT: _Curve = ((0, 100), (0.001, 80), (0.003, 50), (0.01, 0))
_REPLY: _Curve = ((0, 60), (0.01, 80), (0.03, 100))
_AGE: _Curve = ((0, 60), (28, 80), (90, 100))


class Band(StrEnum):
    """The score in a word."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """What the inbox's health asks for; both halving and probation write to warm leads only."""

    NONE = "none"
    HALVE = "halve"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Distinct letters of the last 28 days (soft bounces left out), and the inbox's age.

    Attributes:
        sent: letters sent.
        hard_bounces: letters whose address does not exist.
        block_bounces: letters refused for policy or reputation.
        complaints: letters reported as spam.
        replies: letters answered by a person.
        age_days: days since the inbox's start; None when nobody knows.
        last_ten_hard: hard bounces among the last ten letters.
    """

    sent: int
    hard_bounces: int
    block_bounces: int
    complaints: int
    replies: int
    age_days: int | None
    last_ten_hard: int

    @property
    def bounces(self) -> int:
        """Bounces that count; never more than the letters, should a count arrive late."""
        return min(self.sent, self.hard_bounces + self.block_bounces)


@dataclass(frozen=True, slots=True)
class Factor:
    """One part of the score.

    Attributes:
        name: bounce, complaint, reply or age.
        weight: its share of the score, as a fraction.
        effective_weight: its share once unknown weight is shared out; 0 when unknown.
        rate: the raw rate (a fraction 0-1; days for age), None when unknown.
        points: 0-100, None when unknown.
        sample: letters (days for age) that the rate stands on.
        known: whether the sample reaches the floor.
    """

    name: str
    weight: float
    effective_weight: float
    rate: float | None
    points: float | None
    sample: int
    known: bool


@dataclass(frozen=True, slots=True)
class Health:
    """What `assess` found: the score (0-100 or None), its parts, and what to do and why."""

    score: float | None
    band: Band
    factors: tuple[Factor, ...]
    verdict: Verdict
    reason: str
    warnings: tuple[str, ...] = ()


def assess(evidence: Evidence) -> Health:
    """Score an inbox and say whether it goes on, at half its limit, or rests for seven days."""
    factors = _share(_measure(evidence))
    score = _score(factors)
    verdict, reason = _judge(evidence, score)
    return Health(score, band(score), factors, verdict, reason, tuple(_warnings(evidence)))


def band(score: float | None) -> Band:
    """Name a score: below 50 poor, from 80 good, between them fair; None is unknown."""
    if score is None:
        return Band.UNKNOWN
    if score < POOR_BELOW:
        return Band.POOR
    return Band.GOOD if score >= GOOD_FROM else Band.FAIR


def probation_limit(ended: datetime, now: datetime, clean: bool) -> int | None:  # noqa: FBT001  one fact of the week
    """Give the letters a day after a served pause: 5, doubling weekly; None once it is over.

    `ended` is when the pause ended. `clean` is false while anything since then speaks against the
    inbox; the limit then stays at its first step.
    """
    if not clean:
        return PROBATION_START
    limit = PROBATION_START * 2 ** min(10, max(0, (now - ended).days // 7))
    return limit if limit < PROBATION_END else None


def points(curve: _Curve, value: float) -> float:
    """Read a curve of (value, points): linear between its corners, flat beyond its ends."""
    if value <= curve[0][0]:
        return curve[0][1]
    for (left, low), (right, high) in pairwise(curve):
        if value <= right:
            return low + (high - low) * (value - left) / (right - left)
    return curve[-1][1]


def _measure(evidence: Evidence) -> tuple[Factor, ...]:
    bounce, complaint = threshold("bounce_rate").floor, threshold("complaint_rate").floor
    return (
        _rate("bounce", 0.4, _BOUNCE, evidence.bounces, evidence.sent, bounce),
        _rate("complaint", 0.3, _COMPLAINT, evidence.complaints, evidence.sent, complaint),
        _rate("reply", 0.2, _REPLY, evidence.replies, evidence.sent, REPLY_FLOOR),
        _age(evidence.age_days),
    )


def _rate(name: str, weight: float, curve: _Curve, events: int, sent: int, floor: int) -> Factor:
    if sent < floor:
        return Factor(name, weight, 0.0, None, None, sent, known=False)
    rate = min(1.0, events / sent)
    return Factor(name, weight, 0.0, rate, points(curve, rate), sent, known=True)


def _age(days: int | None) -> Factor:
    if days is None:
        return Factor("age", 0.1, 0.0, None, None, 0, known=False)
    return Factor("age", 0.1, 0.0, float(days), points(_AGE, days), days, known=True)


def _share(factors: tuple[Factor, ...]) -> tuple[Factor, ...]:
    known = sum(factor.weight for factor in factors if factor.known)
    return tuple(_weighted(factor, known) for factor in factors)


def _weighted(factor: Factor, known: float) -> Factor:
    effective = factor.weight / known if factor.known else 0.0
    return Factor(
        factor.name,
        factor.weight,
        effective,
        factor.rate,
        factor.points,
        factor.sample,
        factor.known,
    )


def _score(factors: tuple[Factor, ...]) -> float | None:
    # Replies and age alone say nothing about the harm that an inbox does.
    if not any(factor.known for factor in factors if factor.name in {"bounce", "complaint"}):
        return None
    total = sum(factor.effective_weight * (factor.points or 0.0) for factor in factors)
    return round(min(100.0, max(0.0, total)), 1)


def _judge(evidence: Evidence, score: float | None) -> tuple[Verdict, str]:
    for reason in _pausing(evidence):
        return Verdict.PAUSE, reason
    if score is None:
        return Verdict.NONE, "Too few letters to judge by."
    if score >= GOOD_FROM:
        return Verdict.NONE, f"The score of {score:g} is good."
    if score >= POOR_BELOW:
        return Verdict.HALVE, f"The score of {score:g} lies between {POOR_BELOW} and {GOOD_FROM}."
    if _is_proven(evidence):
        return Verdict.PAUSE, f"The score of {score:g} is below {POOR_BELOW}."
    return Verdict.HALVE, f"The score of {score:g} is below {POOR_BELOW}, but it may be chance."


def _pausing(evidence: Evidence) -> Iterator[str]:
    """Yield the rules that pause whatever the score."""
    if evidence.last_ten_hard >= HARD_IN_LAST_TEN:
        yield f"{evidence.last_ten_hard} of the last ten letters bounced hard."
    if _below_complaint_floor(evidence) and evidence.complaints >= COMPLAINTS_TO_PAUSE:
        yield f"{evidence.complaints} complaints in {evidence.sent} letters."
    for name, metric, events in _rated(evidence):
        if flag_rate(metric, events, evidence.sent) is Flag.CRITICAL:
            yield f"The {name} rate is {events / evidence.sent:.2%} of {evidence.sent} letters."


def _warnings(evidence: Evidence) -> Iterator[str]:
    """Yield what an operator should hear of although it changes no limit by itself."""
    if _below_complaint_floor(evidence) and evidence.complaints >= COMPLAINTS_TO_WARN:
        yield f"{evidence.complaints} complaints in only {evidence.sent} letters."
    for name, metric, events in _rated(evidence):
        if flag_rate(metric, events, evidence.sent) in {Flag.WARNING, Flag.CRITICAL}:
            yield f"The {name} rate is {events / evidence.sent:.2%} of {evidence.sent} letters."


def _is_proven(evidence: Evidence) -> bool:
    """Say whether a rate behind a poor score is more than chance, as pausing requires.

    A rate between its two lines can make the score poor without being critical; its bound must
    still lie above the warning threshold.
    """
    return any(
        _exceeds_warning(metric, events, evidence.sent) for _, metric, events in _rated(evidence)
    )


def _exceeds_warning(metric: str, events: int, sent: int) -> bool:
    row = threshold(metric)
    return sent >= row.floor and lower_bound(events, sent) > row.warning


def _rated(evidence: Evidence) -> tuple[tuple[str, str, int], ...]:
    return (
        ("bounce", "bounce_rate", evidence.bounces),
        ("complaint", "complaint_rate", min(evidence.sent, evidence.complaints)),
    )


def _below_complaint_floor(evidence: Evidence) -> bool:
    return evidence.sent < threshold("complaint_rate").floor
