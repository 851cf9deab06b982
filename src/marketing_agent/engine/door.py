"""The last question before a letter leaves: may it, and if not, why and when may it be tried again?

`DOOR` is the list of the rules in the order in which they are asked; the first that refuses decides.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from marketing_agent.engine.stages import SENDABLE
from marketing_agent.engine.values import EmailKind, Stage

CONTACT_GAP = timedelta(hours=24)
"""No address is written to twice within this time, whoever it belongs to."""

LATER = timedelta(hours=1)


class Fate(StrEnum):
    """What becomes of a refused letter."""

    WAIT = "wait"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a letter may not leave: a code for machines, a sentence for people, and what follows."""

    code: str
    sentence: str
    fate: Fate = Fate.WAIT
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True)
class Addressee:
    """What is known of whom a letter goes to."""

    kind: EmailKind
    stage: Stage
    replied: bool
    warm: bool
    suppressed: str = ""
    moved: bool = False
    campaign_paused: bool = False
    last_data_at: datetime | None = None

    @property
    def approved(self) -> bool:
        """Whether a person approved this very letter: an answer, exempt from some rules."""
        return self.kind is EmailKind.ANSWER


@dataclass(frozen=True, slots=True)
class Sender:
    """What is known of the inbox that a letter leaves from."""

    open: bool
    opens_at: datetime
    resets_at: datetime
    left_today: int
    bound: str
    warm_only: bool
    paused: str = ""
    pause_until: datetime | None = None
    provider_paused: str = ""
    provider_pause_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A letter at the door: whom it goes to, from where, what stops everything, and when.

    `stop` is the emergency stop's reason, `review` what holds all for review; empty for none.
    """

    to: Addressee
    sender: Sender
    stop: str
    now: datetime
    review: str = ""


Rule = Callable[[Case], Refusal | None]


def refuse_stopped(case: Case) -> Refusal | None:
    """Refuse everything while the emergency stop is on."""
    return stopped(case.stop, case.now) if case.stop else None


def stopped(reason: str, now: datetime) -> Refusal:
    """Give the refusal of a letter under an emergency stop with this reason."""
    return Refusal("emergency_stop", f"The emergency stop is on: {reason}.", next_try=now)


def refuse_review(case: Case) -> Refusal | None:
    """Refuse everything while the store may have forgotten letters that left."""
    if not case.review:
        return None
    return Refusal("review", f"Held for review. {case.review}", next_try=case.now + LATER)


def refuse_suppressed(case: Case) -> Refusal | None:
    """Refuse an address that must not be written to, or whose domain must not."""
    if not case.to.suppressed:
        return None
    sentence = f"The address is suppressed: {case.to.suppressed}."
    return Refusal("suppressed", sentence, Fate.CANCEL)


def refuse_moved(case: Case) -> Refusal | None:
    """Refuse a letter to an address that its prospect no longer has."""
    if not case.to.moved:
        return None
    return Refusal("address_changed", "The prospect has another address now.", Fate.CANCEL)


def refuse_replied(case: Case) -> Refusal | None:
    """Refuse to follow up on somebody who has answered."""
    if case.to.approved or not case.to.replied:
        return None
    return Refusal("replied", "The prospect has replied; a person takes over.", Fate.CANCEL)


def refuse_stage(case: Case) -> Refusal | None:
    """Refuse prospects whose stage is not one that is written to."""
    if case.to.approved or case.to.stage in SENDABLE:
        return None
    sentence = f"The prospect's stage is {case.to.stage}; nobody writes to it."
    return Refusal("stage", sentence, Fate.CANCEL)


def refuse_campaign_paused(case: Case) -> Refusal | None:
    """Refuse letters of a paused campaign, those too that were planned before somebody paused it."""
    if case.to.approved or not case.to.campaign_paused:
        return None
    return Refusal("campaign_paused", "The campaign is paused.", next_try=case.now + LATER)


def refuse_too_soon(case: Case) -> Refusal | None:
    """Refuse a second letter to an address within 24 hours."""
    last = case.to.last_data_at
    if case.to.approved or last is None or case.now - last >= CONTACT_GAP:
        return None
    sentence = "The address was written to less than 24 h ago."
    return Refusal("too_soon", sentence, next_try=last + CONTACT_GAP)


def refuse_paused(case: Case) -> Refusal | None:
    """Refuse an inbox that is paused as a whole."""
    if not case.sender.paused:
        return None
    until = case.sender.pause_until or case.now + LATER
    return Refusal("inbox_paused", f"The inbox is paused: {case.sender.paused}.", next_try=until)


def refuse_provider_paused(case: Case) -> Refusal | None:
    """Refuse a provider that this inbox must leave in peace after a block."""
    if not case.sender.provider_paused:
        return None
    until = case.sender.provider_pause_until or case.now + LATER
    sentence = f"The inbox may not write to this provider now: {case.sender.provider_paused}."
    return Refusal("provider_paused", sentence, next_try=until)


def refuse_cold(case: Case) -> Refusal | None:
    """Refuse a cold prospect where the inbox's health allows warm leads only."""
    if case.to.approved or case.to.warm or not case.sender.warm_only:
        return None
    sentence = "The inbox's health allows letters to warm leads only, and this one is cold."
    return Refusal("warm_leads_only", sentence, next_try=case.now + CONTACT_GAP)


def refuse_over_limit(case: Case) -> Refusal | None:
    """Refuse once the inbox has sent what it may on its local day; answers count too."""
    if case.sender.left_today > 0:
        return None
    sentence = f"The inbox has reached its limit for today ({case.sender.bound})."
    return Refusal("limit_reached", sentence, next_try=case.sender.resets_at)


def refuse_outside_window(case: Case) -> Refusal | None:
    """Refuse outside of the inbox's sending window."""
    if case.to.approved or case.sender.open:
        return None
    sentence = "The inbox's sending window is closed."
    return Refusal("window_closed", sentence, next_try=case.sender.opens_at)


WHOM: tuple[Rule, ...] = (
    refuse_suppressed,
    refuse_moved,
    refuse_replied,
    refuse_stage,
    refuse_campaign_paused,
    refuse_too_soon,
)
"""The rules about the addressee; the planner asks them too, so as not to write in vain."""

DOOR: tuple[Rule, ...] = (
    refuse_stopped,
    refuse_review,
    *WHOM,
    refuse_paused,
    refuse_provider_paused,
    refuse_cold,
    refuse_over_limit,
    refuse_outside_window,
)
"""Every rule, in order. An approved answer is exempt from reply, stage, 24 h, warmth and window."""


def refuse(
    to: Addressee, sender: Sender, stop: str, now: datetime, *, review: str = ""
) -> Refusal | None:
    """Give the first reason why a letter may not leave at `now`, or None when it may.

    `stop` is the reason of the emergency stop in force, `review` what holds all for review; each is
    empty when there is none.
    """
    return _first(DOOR, Case(to, sender, stop, now, review))


def refuse_addressee(to: Addressee, now: datetime) -> Refusal | None:
    """Give the first reason on the addressee's side alone, whatever the inbox."""
    willing = Sender(
        open=True, opens_at=now, resets_at=now, left_today=1, bound="", warm_only=False
    )
    return _first(WHOM, Case(to, willing, "", now))


def _first(rules: tuple[Rule, ...], case: Case) -> Refusal | None:
    refusals = (rule(case) for rule in rules)
    return next((refusal for refusal in refusals if refusal is not None), None)
