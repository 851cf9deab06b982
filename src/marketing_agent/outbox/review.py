"""What is held for review: why, how much, of which campaigns and steps, and since when it was due."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from marketing_agent.campaigns.models import Enrollment
from marketing_agent.engine.values import EmailState
from marketing_agent.operations.held import current_guard
from marketing_agent.outbox.actions.guards import CODE
from marketing_agent.outbox.models import Email, Guard

PEOPLE = 50
"""So many addresses are shown; whoever has more to look through has a list of their own."""


@dataclass(frozen=True, slots=True)
class HeldPart:
    """Letters and steps of one campaign's step that are held; `oldest` was due first, UTC."""

    campaign: str
    step: int
    letters: int
    steps: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Review:
    """The guard that stands, whether it keeps back everything, what it holds, and whom first (addresses)."""

    guard: Guard | None
    all_held: bool
    parts: tuple[HeldPart, ...]
    people: tuple[str, ...] = ()


def review() -> Review:
    """Give what is held for review now; nothing is held where no guard stands."""
    guard = current_guard()
    if guard is None:
        return Review(None, all_held=False, parts=())
    return Review(guard, all_held=guard.holds_all, parts=_parts(guard), people=_people(guard))


def _people(guard: Guard) -> tuple[str, ...]:
    letters = Email.objects.filter(state=EmailState.HELD, reason_code=CODE).order_by("id")
    steps = Enrollment.objects.filter(state="active", next_due_at__lte=guard.noticed_at)
    first = [*letters.values_list("to_address", flat=True)[:PEOPLE]]
    first += steps.order_by("next_due_at", "id").values_list("prospect__address", flat=True)[
        :PEOPLE
    ]
    return tuple(dict.fromkeys(each for each in first if each))[:PEOPLE]


def _parts(guard: Guard) -> tuple[HeldPart, ...]:
    letters, steps = _letters(), _steps(guard)
    keys = sorted({*letters, *steps})
    return tuple(
        HeldPart(
            campaign=campaign,
            step=step,
            letters=letters.get((campaign, step), 0),
            steps=steps.get((campaign, step), (0, None))[0],
            oldest=steps.get((campaign, step), (0, None))[1],
        )
        for campaign, step in keys
    )


def _letters() -> dict[tuple[str, int], int]:
    held = Email.objects.filter(state=EmailState.HELD, reason_code=CODE).order_by()
    rows = held.values_list("campaign__name", "step").annotate(n=Count("id"))
    return {(campaign or "", step or 0): count for campaign, step, count in rows}


def _steps(guard: Guard) -> dict[tuple[str, int], tuple[int, datetime | None]]:
    held = Enrollment.objects.filter(state="active", next_due_at__lte=guard.noticed_at).order_by()
    rows = held.values_list("campaign__name", "next_step").annotate(
        n=Count("id"), oldest=Min("next_due_at")
    )
    return {(campaign, step): (count, oldest) for campaign, step, count, oldest in rows}
