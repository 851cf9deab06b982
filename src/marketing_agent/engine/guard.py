"""Whether the store still remembers all that left from here, and whether what is due has grown stale.

A store that was restored from a backup, or overwritten by an old copy, has forgotten letters that were
sent since; what it takes for due may have been sent already. After a long outage nothing is forgotten,
but what was due then may no longer be wanted. In both cases a person looks before anything is sent.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class GuardCause(StrEnum):
    """Why due work is held for review."""

    RESTORED = "restored"
    ROLLED_BACK = "rolled_back"
    MARK_LOST = "mark_lost"
    DOWNTIME = "downtime"

    @property
    def forgets(self) -> bool:
        """Whether the store may have forgotten letters that left; then nothing at all may leave."""
        return self is not GuardCause.DOWNTIME


@dataclass(frozen=True, slots=True)
class Mark:
    """What the home remembers of the store: its generation, and the highest number of a try at DATA."""

    generation: str
    high: int


UNREADABLE = Mark("unreadable", 0)
"""The mark of a home whose file nobody can understand."""


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What is known of the store when a send cycle begins.

    Attributes:
        home: the mark in the home; None when there is none.
        generation: the store's own, which a restore changes.
        replaced: generations that this store knows to have ended.
        high: the highest number of a try in the store.
        marked_before: whether this store has ever been marked in a home.
        one_home: whether the store can have one home only (SQLite); several machines share PostgreSQL.
        seen_at: when the last cycle began, UTC; None when none ever did.
        longest_outage: how long no cycle may begin before due work is held.
    """

    home: Mark | None
    generation: str
    replaced: frozenset[str]
    high: int
    marked_before: bool
    one_home: bool
    seen_at: datetime | None
    longest_outage: timedelta


def suspect(facts: StoreFacts, now: datetime) -> GuardCause | None:
    """Say what is wrong with the store at `now`, the worst first; None when nothing is."""
    return _about_memory(facts) or _about_time(facts, now)


def may_have_forgotten(cause: GuardCause, facts: StoreFacts) -> bool:
    """Say whether letters that left may be missing from the store, whatever it takes for due."""
    nothing_left = facts.home is not None and facts.home != UNREADABLE and facts.home.high == 0
    return cause.forgets and not nothing_left


def _about_memory(facts: StoreFacts) -> GuardCause | None:
    if facts.home is None:
        lost = facts.one_home and facts.marked_before and facts.high > 0
        return GuardCause.MARK_LOST if lost else None
    if facts.home.generation == facts.generation:
        return GuardCause.ROLLED_BACK if facts.high < facts.home.high else None
    # Another machine has noticed the restore and has held what was due then; this home follows.
    return None if facts.home.generation in facts.replaced else GuardCause.RESTORED


def _about_time(facts: StoreFacts, now: datetime) -> GuardCause | None:
    if facts.seen_at is None or now - facts.seen_at <= facts.longest_outage:
        return None
    return GuardCause.DOWNTIME


def in_words(cause: GuardCause, facts: StoreFacts) -> str:
    """Say in a sentence what was noticed."""
    seen = f"{facts.seen_at:%Y-%m-%d %H:%M} UTC" if facts.seen_at else "an unknown time"
    home = facts.home or Mark("", 0)
    return {
        GuardCause.RESTORED: "The store was restored: it is not the one that was last used from here.",
        GuardCause.ROLLED_BACK: (
            f"The store is older than the letters that left from here: it ends with try {facts.high}, "
            f"and try {home.high} was made."
        ),
        GuardCause.MARK_LOST: (
            "The mark beside the store is gone: the store may be a copy from elsewhere, and the original "
            "may still be sending."
        ),
        GuardCause.DOWNTIME: f"No send cycle had begun since {seen}.",
    }[cause]
