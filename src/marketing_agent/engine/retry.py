"""When a refused letter may be tried again, and how long a block quietens a provider."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LADDER = (timedelta(hours=24), timedelta(hours=48), timedelta(hours=96))
"""Waits after the first three recipient-side failures; the fourth makes a dead letter."""

GREYLIST_WAIT = timedelta(minutes=30)
"""A greylisting server lets the second try through after some minutes (RFC 6647 section 4.5)."""

BLOCK_HOLD = timedelta(hours=48)
"""How long the blocked letter itself is held."""

HALVED_FOR = timedelta(days=7)
"""How long the half limit lasts once blocks repeat."""

BLOCK_PAUSES = (timedelta(hours=24), timedelta(hours=48))
BLOCKS_A_DAY_FOR_ALERT = 3

BLOCKS_A_LETTER = 3
"""Blocks of one letter after which it waits for a person."""

RECONNECT_WAITS = tuple(timedelta(minutes=each) for each in (15, 60, 240, 1440))
"""Waits after a connection broke before DATA, which says nothing of the recipient; the last one stays."""


@dataclass(frozen=True, slots=True)
class BlockPenalty:
    """How long inbox x provider is paused, and whether half the limit follows for a week."""

    pause: timedelta
    halve_after: bool


def next_attempt(failures: int, greylisted: bool, now: datetime) -> datetime | None:  # noqa: FBT001  two facts of one try
    """Say when a letter is tried again after its `failures`-th failure; None: it is dead.

    Only the first failure has the short greylisting wait: a server that still defers afterwards is
    not greylisting. Raises ValueError for a count below one.
    """
    if failures < 1:
        raise ValueError("A retry follows at least one failure.")
    if failures > len(LADDER):
        return None
    if greylisted and failures == 1:
        return now + GREYLIST_WAIT
    return now + LADDER[failures - 1]


def reconnect_wait(breaks: int) -> timedelta:
    """Give the wait after a letter's `breaks`-th broken connection, from 1: 15 min, growing to a day."""
    return RECONNECT_WAITS[min(max(1, breaks), len(RECONNECT_WAITS)) - 1]


def block_pause(previous_blocks_in_week: int) -> BlockPenalty:
    """Answer a block: 24 h of silence, then 48 h, then 48 h with half the limit for the week after.

    `previous_blocks_in_week` counts the penalties for the same inbox and provider in the last seven
    days.
    """
    step = min(max(0, previous_blocks_in_week), len(BLOCK_PAUSES))
    pause = BLOCK_PAUSES[min(step, len(BLOCK_PAUSES) - 1)]
    return BlockPenalty(pause, halve_after=step == len(BLOCK_PAUSES))
