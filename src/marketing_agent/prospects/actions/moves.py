"""Moving prospects from stage to stage, with a record of each move."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.stages import REINSTATEMENTS, may_move, sources_of
from marketing_agent.engine.values import Stage
from marketing_agent.prospects.errors import ProspectNotFound, ProspectRefused
from marketing_agent.prospects.models import Prospect, StageChange
from marketing_agent.prospects.portions import portions
from marketing_agent.store.sql import Value, at, locking, marks

_A_QUERY = 2000
_CAUSE = 300

_THOSE = "id IN ({ids}) AND stage IN ({stages})"
_NOTE = """
    INSERT INTO prospects_stagechange (prospect_id, before, after, cause, at)
    SELECT id, stage, %s, %s, %s FROM (
        SELECT id, stage FROM prospects_prospect WHERE {those} ORDER BY id {locking}
    ) AS moving
"""
_MOVE = (
    "UPDATE prospects_prospect SET stage = %s, stage_changed_at = %s, updated_at = %s WHERE {those}"
)


def move(prospect_ids: Collection[int], to: Stage, cause: str, now: datetime) -> int:
    """Move those that may go `to`, and leave the others where they are; gives how many moved."""
    return sum(
        _move(some, sources_of(to), to, cause, now) for some in portions(prospect_ids, _A_QUERY)
    )


def reinstate(prospect_ids: Collection[int], to: Stage, cause: str, now: datetime) -> int:
    """Open the way back out of a protective stage, which is for a person's verbs alone."""
    sources = tuple(stage for stage, targets in REINSTATEMENTS.items() if to in targets)
    return sum(_move(some, sources, to, cause, now) for some in portions(prospect_ids, _A_QUERY))


@transaction.atomic(savepoint=False)
def _move(ids: list[int], sources: Collection[Stage], to: Stage, cause: str, now: datetime) -> int:
    # Locked in order of id: on PostgreSQL two movers queue instead of waiting for one another.
    those = _THOSE.format(ids=marks(ids), stages=marks(sources))
    chosen: list[Value] = [*ids, *map(str, sources)]
    note = _NOTE.format(those=those, locking=locking())
    with connection.cursor() as cursor:
        cursor.execute(note, [str(to), cause[:_CAUSE], at(now), *chosen])
        noted = int(cursor.rowcount)
        if noted:
            cursor.execute(_MOVE.format(those=those), [str(to), at(now), at(now), *chosen])
    return noted


@transaction.atomic(savepoint=False)
def mark_replied(prospect_id: int, now: datetime, cause: str = "a reply came in") -> None:
    """Remember the first reply and move to *engaged*, by `cause`, where that is no step back."""
    Prospect.objects.filter(pk=prospect_id, replied_at=None).update(replied_at=now, updated_at=now)
    move([prospect_id], Stage.ENGAGED, cause, now)


@transaction.atomic
def set_stage(prospect_id: int, to: Stage, reason: str, by: Actor, now: datetime) -> None:
    """Let a person move a prospect; to be where it is already is no error.

    Raises:
        ProspectNotFound: when there is none.
        ProspectRefused: when the stage cannot be reached from where the prospect stands.
    """
    row = locked(prospect_id)
    current = Stage(row.stage)
    if current is to:
        return
    if not may_move(current, to):
        raise ProspectRefused("illegal_move", f"A prospect that is {current} cannot become {to}.")
    move([prospect_id], to, reason or f"by {by.name}", now)
    audit(
        by,
        "prospect.stage",
        row.public_id,
        before={"stage": str(current)},
        after={"stage": str(to)},
        reason=reason,
        now=now,
    )


def locked(prospect_id: int) -> Prospect:
    """Read a prospect for changing it, inside the verb's transaction.

    Raises:
        ProspectNotFound: when there is none.
    """
    row = Prospect.objects.select_for_update().filter(pk=prospect_id).first()
    if row is None:
        raise ProspectNotFound(str(prospect_id))
    return row


def stages_before(prospect_ids: Collection[int]) -> dict[int, Stage]:
    """Tell from which stage each prospect last came to where it stands."""
    rows = StageChange.objects.filter(prospect_id__in=prospect_ids).order_by("id")
    return {pk: Stage(before) for pk, before in rows.values_list("prospect_id", "before")}


def grouped(stages: dict[int, Stage]) -> dict[Stage, list[int]]:
    """Turn prospect → stage into stage → prospects."""
    groups: dict[Stage, list[int]] = defaultdict(list)
    for pk, stage in stages.items():
        groups[stage].append(pk)
    return groups
