"""Planning: due steps of campaigns become letters, as many as the inboxes have room for now.

Every enrollment looked at is moved on, planned or put off with its reason, so that no prospect at the
head of the queue blocks the one behind it, and the cost does not grow with the table.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from marketing_agent.campaigns.models import Enrollment, Step
from marketing_agent.campaigns.sender import SenderIdentity
from marketing_agent.engine.door import Refusal, refuse_addressee
from marketing_agent.engine.ranks import RANKS
from marketing_agent.engine.values import EmailKind, EmailState
from marketing_agent.operations.stop import NOT_ASKED
from marketing_agent.outbox.actions import planning
from marketing_agent.outbox.draft import Thread, draft_letter, threads_of
from marketing_agent.outbox.models import Email
from marketing_agent.outbox.room import Room, room_now
from marketing_agent.outbox.scene import Scene, is_warm, last_contacts, suppression_causes

BATCH = 200
SCAN = 5_000
"""Enrollments looked at in one cycle at most; the rest is seen in the next one, a minute later."""


@dataclass(slots=True)
class Plan:
    """What a planning run came to: letters planned or held, and refusals by code."""

    planned: int = 0
    held: int = 0
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Batch:
    """Enrollments decided together: the letters they became and the refusals they met."""

    letters: list[tuple[Enrollment, Email]] = field(default_factory=list)
    refusals: list[tuple[Enrollment, Refusal]] = field(default_factory=list)


def plan_due(
    sender: SenderIdentity,
    now: datetime,
    *,
    limit: int | None = None,
    steps_after: datetime | None = None,
) -> Plan:
    """Turn due steps into letters, at most `limit`; hot prospects first, then warm, then cold.

    Steps that were due by `steps_after` are left alone: they are held for review.
    """
    plan, room = Plan(), room_now(now, limit)
    for rank in RANKS:
        _plan_rank(Due(rank, now, steps_after), room, plan, sender)
    return plan


def _plan_rank(due: "Due", room: Room, plan: Plan, sender: SenderIdentity) -> None:
    seen, now = 0, due.now
    while seen < SCAN and room.for_rank(warm=due.rank < RANKS[-1]):
        enrollments = due_enrollments(due)
        seen += len(enrollments)
        batch = _decide(enrollments, room, sender, now)
        if not planning.store(batch.letters, batch.refusals, now):
            return
        _count(batch, plan)
        if len(enrollments) < BATCH:
            return


@dataclass(frozen=True, slots=True)
class Due:
    """Which steps are due: of a rank, at a moment, and none that were due by `after` already."""

    rank: int
    now: datetime
    after: datetime | None = None


def due_enrollments(due: Due) -> list[Enrollment]:
    """Read the next due enrollments along the index made for it."""
    rows = Enrollment.objects.filter(state="active", rank=due.rank, next_due_at__lte=due.now)
    if due.after is not None:
        rows = rows.filter(next_due_at__gt=due.after)
    rows = rows.select_related("prospect", "campaign", "inbox")
    return list(rows.order_by("next_due_at", "id")[:BATCH])


def _decide(
    enrollments: Sequence[Enrollment], room: Room, sender: SenderIdentity, now: datetime
) -> _Batch:
    batch, known = _Batch(), _know(enrollments)
    for each in enrollments:
        if not room.any_left():
            break
        step = known.steps.get((each.campaign_id, each.next_step))
        refusal = _refuse(each, step, known, room, now)
        if refusal is not None or step is None:
            batch.refusals.append((each, refusal or planning.NO_STEP))
            continue
        inbox = room.take(each, warm=is_warm(each.prospect))
        thread = known.threads.get((each.prospect_id, each.campaign_id), Thread())
        batch.letters.append((each, draft_letter(each, step, inbox, thread, sender, now)))
    return batch


@dataclass(frozen=True, slots=True)
class _Known:
    """What one batch of enrollments needs to know, read with one query a kind."""

    scene: Scene
    steps: dict[tuple[int, int], Step]
    threads: dict[tuple[int, int], Thread]
    written: set[tuple[str, int | None, int | None]]


def _refuse(
    enrollment: Enrollment, step: Step | None, known: _Known, room: Room, now: datetime
) -> Refusal | None:
    if step is None:
        return planning.NO_STEP
    prospect = enrollment.prospect
    if (prospect.address_key, enrollment.campaign_id, step.position) in known.written:
        return planning.WRITTEN
    kind = EmailKind.OUTREACH if step.position == 1 else EmailKind.FOLLOW_UP
    to = known.scene.addressee(prospect, kind, prospect.address_key, enrollment.campaign)
    return refuse_addressee(to, now) or room.refuse(enrollment, now, warm=is_warm(prospect))


def _know(enrollments: Sequence[Enrollment]) -> _Known:
    keys = {each.prospect.address_key for each in enrollments}
    campaigns = {each.campaign_id for each in enrollments}
    letters = Email.objects.filter(address_key__in=keys).exclude(state=EmailState.CANCELLED)
    return _Known(
        Scene(NOT_ASKED, suppression_causes(keys), last_contacts(keys), {}),
        {
            (row.campaign_id, row.position): row
            for row in Step.objects.filter(campaign__in=campaigns)
        },
        threads_of(enrollments),
        set(letters.values_list("address_key", "campaign_id", "step")),
    )


def _count(batch: _Batch, plan: Plan) -> None:
    held = sum(email.state == EmailState.HELD for _, email in batch.letters)
    plan.held += held
    plan.planned += len(batch.letters) - held
    plan.refused.update(refusal.code for _, refusal in batch.refusals)
