"""One send cycle, scheduled or by hand: plan, claim, deliver, until nothing more may leave now."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from marketing_agent.campaigns.sender import SenderIdentity, missing, sender_identity
from marketing_agent.engine.values import Outcome
from marketing_agent.operations.config import read
from marketing_agent.outbox.claim import claim, due_letters
from marketing_agent.outbox.deliver import Delivery
from marketing_agent.outbox.models import Email
from marketing_agent.outbox.plan import plan_due
from marketing_agent.outbox.scene import stop_reason
from marketing_agent.outbox.waiting import backlog, put_off_full, put_off_paused
from marketing_agent.settings import settings

CLAIM = 500
"""Letters claimed at a time."""


@dataclass(slots=True)
class CycleResult:
    """What a cycle came to."""

    planned: int = 0
    held: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    note: str = ""

    @property
    def tried(self) -> int:
        """Letters handed to a server, whatever came of it."""
        return self.outcomes.total()

    def as_dict(self) -> dict[str, object]:
        """Give the result as the API and the CLI show it."""
        return {
            "planned": self.planned,
            "sent": self.outcomes[Outcome.SENT],
            "unknown": self.outcomes[Outcome.UNKNOWN],
            "held": self.held,
            "outcomes": dict(self.outcomes),
            "refused": dict(self.refused),
            "note": self.note,
        }


def run_cycle(delivery: Delivery, owner: str, *, limit: int | None = None) -> CycleResult:
    """Run one cycle through every rule; at most `limit` or `max_emails_per_run` letters are tried."""
    now = delivery.now()
    sender = sender_identity()
    result = _barred(sender, now)
    if result is not None:
        return result
    result = CycleResult()
    budget = _budget(limit)
    while (budget is None or result.tried < budget) and _round(
        delivery, owner, sender, result, budget
    ):
        pass
    return result


def rehearse(now: datetime) -> CycleResult:
    """Say what a cycle would plan and refuse at `now`; nothing is written and nothing leaves."""
    sender = sender_identity()
    barred = _barred(sender, now)
    if barred is not None:
        return barred
    with transaction.atomic():
        plan = plan_due(sender, now, limit=_budget(None))
        transaction.set_rollback(True)
    return CycleResult(planned=plan.planned, held=plan.held, refused=plan.refused)


def _barred(sender: SenderIdentity, now: datetime) -> CycleResult | None:
    """Give the result of a cycle in which nothing may leave at all, or None."""
    stop, lacks = stop_reason(), missing(sender)
    if stop:
        note = f"The emergency stop is on: {stop}."
        return CycleResult(refused=Counter(emergency_stop=backlog(now)), note=note)
    if lacks and not settings().sandbox:
        note = "Nothing may leave before these are set (marketing-agent config set): " + ", ".join(
            lacks
        )
        return CycleResult(refused=Counter(sender_identity_missing=backlog(now)), note=note)
    return None


def _budget(limit: int | None) -> int | None:
    caps = [each for each in (limit, read("max_emails_per_run")) if isinstance(each, int)]
    return min(caps, default=None)


def _round(
    delivery: Delivery,
    owner: str,
    sender: SenderIdentity,
    result: CycleResult,
    budget: int | None,
) -> bool:
    """Plan, claim and deliver once; False when there was nothing (more) to deliver."""
    left = None if budget is None else budget - result.tried
    plan = plan_due(sender, delivery.now(), limit=left)
    result.planned += plan.planned
    result.held += plan.held
    result.refused.update(plan.refused)
    letters = _claim(owner, left, result, delivery.now())
    if not letters:
        return False
    tally = delivery.run(letters)
    result.outcomes.update(tally.outcomes)
    result.refused.update(tally.refused)
    return True


def _claim(owner: str, left: int | None, result: CycleResult, now: datetime) -> list[Email]:
    most = CLAIM if left is None else min(CLAIM, left)
    if paused := put_off_paused(now):
        result.refused["campaign_paused"] += paused
    result.refused.update(put_off_full(now))
    return claim(due_letters(most, now), owner)
