"""One send cycle, scheduled or by hand: what bars it as a whole, its budget, and what it came to."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from marketing_agent.campaigns.sender import SenderIdentity, missing, sender_identity
from marketing_agent.engine.values import Outcome
from marketing_agent.operations.actions import follow_file
from marketing_agent.operations.config import read
from marketing_agent.operations.held import current_guard
from marketing_agent.operations.stop import read_stop
from marketing_agent.outbox.actions.planning import note_stop
from marketing_agent.outbox.deliver import Delivery
from marketing_agent.outbox.guard import held_until, look_at_store
from marketing_agent.outbox.plan import plan_due
from marketing_agent.outbox.scene import review_of_all
from marketing_agent.outbox.steps import Cycle, run_rounds
from marketing_agent.outbox.waiting import backlog
from marketing_agent.settings import settings

LACKING = "sender_identity_missing"
"""The refusal of a whole cycle while letters could not say who writes them."""


@dataclass(slots=True)
class CycleResult:
    """What a cycle came to."""

    planned: int = 0
    held: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    note: str = ""

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
    follow_file(delivery.now())
    guard = look_at_store(delivery.now())
    sender = sender_identity()
    barred = _barred(sender, delivery.now())
    if barred is not None:
        if "emergency_stop" in barred.refused:
            note_stop(barred.note, delivery.now())
        return barred
    cycle = Cycle(delivery, sender, owner, _budget(limit), steps_after=held_until(guard))
    run_rounds(cycle)
    return CycleResult(cycle.planned, cycle.held, cycle.outcomes, cycle.refused)


def rehearse(now: datetime) -> CycleResult:
    """Say what a cycle would plan and refuse at `now`; nothing is written and nothing leaves."""
    sender = sender_identity()
    barred = _barred(sender, now)
    if barred is not None:
        return barred
    with transaction.atomic():
        after = held_until(current_guard())
        plan = plan_due(sender, now, limit=_budget(None), steps_after=after)
        transaction.set_rollback(True)
    return CycleResult(planned=plan.planned, held=plan.held, refused=plan.refused)


def _barred(sender: SenderIdentity, now: datetime) -> CycleResult | None:
    """Give the result of a cycle in which nothing may leave at all, or None."""
    stop, lacks = read_stop().reason, missing(sender)
    if stop:
        note = f"The emergency stop is on: {stop}."
        return CycleResult(refused=Counter(emergency_stop=backlog(now)), note=note)
    review = review_of_all()
    if review:
        note = f"Held for review. {review} Look: marketing-agent outbox show."
        return CycleResult(refused=Counter(review=backlog(now)), note=note)
    if lacks and not settings().sandbox:
        note = "Nothing may leave before these are set (marketing-agent config set): " + ", ".join(
            lacks
        )
        return CycleResult(refused=Counter({LACKING: backlog(now)}), note=note)
    return None


def _budget(limit: int | None) -> int | None:
    caps = [each for each in (limit, read("max_emails_per_run")) if isinstance(each, int)]
    return min(caps, default=None)
