"""A letter's life, read from top to bottom: plan, put off, claim, deliver, and again until all is done.

What happens to one claimed letter is `passage.LETTER`; what the door asks is `engine.door.DOOR`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from marketing_agent.campaigns.sender import SenderIdentity
from marketing_agent.outbox.claim import claim, due_letters
from marketing_agent.outbox.deliver import Delivery
from marketing_agent.outbox.models import Email
from marketing_agent.outbox.plan import plan_due
from marketing_agent.outbox.waiting import put_off_full, put_off_paused, put_off_unclaimed

CLAIM = 500
"""Letters claimed at a time."""

LONGEST = timedelta(minutes=5)
"""No further round begins after so long: the next cycle looks at store, stop and sender anew."""


@dataclass(slots=True)
class Cycle:
    """A send cycle under way: with what it works, and what it has come to.

    Attributes:
        delivery: how letters are handed over.
        sender: who signs them.
        owner: the name under which letters are claimed.
        budget: letters that may be tried at most; None for no bound.
        steps_after: steps that were due by then are held for review; None: none are.
        claimed: the letters in hand.
    """

    delivery: Delivery
    sender: SenderIdentity
    owner: str
    budget: int | None
    steps_after: datetime | None = None
    planned: int = 0
    held: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    claimed: list[Email] = field(default_factory=list)

    @property
    def left(self) -> int | None:
        """How many letters may still be tried; None for no bound."""
        return None if self.budget is None else self.budget - self.outcomes.total()


def plan(cycle: Cycle) -> None:
    """Turn due steps of campaigns into letters, as many as the inboxes have room for."""
    now = cycle.delivery.now()
    found = plan_due(cycle.sender, now, limit=cycle.left, steps_after=cycle.steps_after)
    cycle.planned += found.planned
    cycle.held += found.held
    cycle.refused.update(found.refused)


def put_off(cycle: Cycle) -> None:
    """Put off the due letters that cannot leave now, so that they block nobody behind them."""
    now = cycle.delivery.now()
    if paused := put_off_paused(now):
        cycle.refused["campaign_paused"] += paused
    cycle.refused.update(put_off_full(now))


def take(cycle: Cycle) -> None:
    """Claim due letters, answers and hot leads first; those without room are put off with the reason."""
    now = cycle.delivery.now()
    due = due_letters(CLAIM if cycle.left is None else min(CLAIM, cycle.left), now)
    cycle.claimed = claim(due, cycle.owner, now)
    cycle.refused.update(put_off_unclaimed(due, cycle.claimed, now))


def deliver(cycle: Cycle) -> None:
    """Hand the claimed letters over; each ends recorded, refused with a reason, or held."""
    tally = cycle.delivery.run(cycle.claimed)
    cycle.outcomes.update(tally.outcomes)
    cycle.refused.update(tally.refused)


ROUND: tuple[Callable[[Cycle], None], ...] = (plan, put_off, take, deliver)


def run_rounds(cycle: Cycle) -> None:
    """Go round until nothing was claimed, budget or time is spent, or somebody stops everything."""
    ends_at = cycle.delivery.now() + LONGEST
    while cycle.left is None or cycle.left > 0:
        for step in ROUND:
            step(cycle)
        over = cycle.delivery.now() >= ends_at
        if over or not cycle.claimed or cycle.refused["emergency_stop"]:
            return
