"""A prospect's stages and the moves that events may make between them.

Protective facts (bounced, suppressed, engaged and later) are never undone by a later, weaker event:
a reply after the contract is signed does not move a customer back to *engaged*.
"""

from marketing_agent.engine.values import Stage

_UNTOUCHED = frozenset({Stage.NEW, Stage.ENRICHING, Stage.ENRICHED, Stage.READY})

TRANSITIONS: dict[Stage, frozenset[Stage]] = {
    Stage.NEW: frozenset(
        {
            Stage.ENRICHING,
            Stage.ENRICHED,
            Stage.READY,
            Stage.BOUNCED,
            Stage.SUPPRESSED,
            Stage.ARCHIVED,
        }
    ),
    Stage.ENRICHING: frozenset(
        {Stage.NEW, Stage.ENRICHED, Stage.READY, Stage.BOUNCED, Stage.SUPPRESSED, Stage.ARCHIVED}
    ),
    Stage.ENRICHED: frozenset(
        {
            Stage.NEW,
            Stage.READY,
            Stage.CONTACTED,
            Stage.ENGAGED,
            Stage.BOUNCED,
            Stage.SUPPRESSED,
            Stage.ARCHIVED,
        }
    ),
    Stage.READY: frozenset(
        {
            Stage.ENRICHED,
            Stage.CONTACTED,
            Stage.ENGAGED,
            Stage.BOUNCED,
            Stage.SUPPRESSED,
            Stage.ARCHIVED,
        }
    ),
    Stage.CONTACTED: frozenset(
        {
            Stage.ENGAGED,
            Stage.MEETING,
            Stage.WON,
            Stage.LOST,
            Stage.BOUNCED,
            Stage.SUPPRESSED,
            Stage.ARCHIVED,
        }
    ),
    Stage.ENGAGED: frozenset(
        {Stage.MEETING, Stage.WON, Stage.LOST, Stage.BOUNCED, Stage.SUPPRESSED, Stage.ARCHIVED}
    ),
    Stage.MEETING: frozenset(
        {Stage.WON, Stage.LOST, Stage.BOUNCED, Stage.SUPPRESSED, Stage.ARCHIVED}
    ),
    Stage.LOST: frozenset({Stage.MEETING, Stage.WON, Stage.SUPPRESSED, Stage.ARCHIVED}),
    Stage.WON: frozenset(),
    Stage.BOUNCED: frozenset({Stage.SUPPRESSED, Stage.ARCHIVED}),
    Stage.SUPPRESSED: frozenset({Stage.ARCHIVED}),
    Stage.ARCHIVED: frozenset({Stage.SUPPRESSED}),
}

PROTECTIVE = frozenset(
    {
        Stage.BOUNCED,
        Stage.SUPPRESSED,
        Stage.ENGAGED,
        Stage.MEETING,
        Stage.WON,
        Stage.LOST,
        Stage.ARCHIVED,
    }
)
"""Stages in which no outreach and no follow-up may leave."""

SENDABLE = frozenset({Stage.READY, Stage.CONTACTED})
"""Stages in which an outreach (ready) or a follow-up (contacted) may leave."""


REINSTATEMENTS: dict[Stage, frozenset[Stage]] = {
    Stage.BOUNCED: frozenset({Stage.READY, Stage.CONTACTED}),
    Stage.SUPPRESSED: frozenset({Stage.NEW, Stage.ENRICHED, Stage.READY, Stage.CONTACTED}),
    Stage.ARCHIVED: frozenset({Stage.NEW, Stage.ENRICHED, Stage.READY, Stage.CONTACTED}),
}
"""Ways back that only a person opens: lifting a suppression, replaying a dead letter."""


def may_move(current: Stage, wanted: Stage) -> bool:
    """Say whether an event may move a prospect from `current` to `wanted`."""
    return wanted in TRANSITIONS[current]


def sources_of(wanted: Stage) -> tuple[Stage, ...]:
    """Give the stages from which `wanted` can be reached, for a conditional UPDATE."""
    return tuple(stage for stage in Stage if wanted in TRANSITIONS[stage])


def is_untouched(stage: Stage) -> bool:
    """Say whether nothing has been written to the prospect at this stage."""
    return stage in _UNTOUCHED
