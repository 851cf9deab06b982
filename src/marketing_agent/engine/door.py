"""The last question before a letter leaves: may it, and if not, why and when may it be tried again?"""

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
    last_data_at: datetime | None = None


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


def refuse(to: Addressee, sender: Sender, stop: str, now: datetime) -> Refusal | None:
    """Give the first reason why a letter may not leave at `now`, or None when it may.

    An answer that a person approved is exempt from the stage, 24 h, window and warm-lead rules, and
    from nothing else.
    """
    return (
        refuse_stopped(stop, now)
        or _refuse_suppressed(to)
        or _refuse_moved(to)
        or _refuse_addressee(to, now)
        or _refuse_sender(to, sender, now)
    )


def refuse_stopped(stop: str, now: datetime) -> Refusal | None:
    """Refuse everything while the emergency stop is on; `stop` is its reason, empty when it is off."""
    if not stop:
        return None
    return Refusal("emergency_stop", f"The emergency stop is on: {stop}.", next_try=now)


def refuse_addressee(to: Addressee, now: datetime) -> Refusal | None:
    """Give the first reason on the addressee's side; the planner asks this before it writes a letter."""
    return _refuse_suppressed(to) or _refuse_addressee(to, now)


def _refuse_moved(to: Addressee) -> Refusal | None:
    if to.moved:
        return Refusal("address_changed", "The prospect has another address now.", Fate.CANCEL)
    return None


def _refuse_suppressed(to: Addressee) -> Refusal | None:
    if to.suppressed:
        return Refusal("suppressed", f"The address is suppressed: {to.suppressed}.", Fate.CANCEL)
    return None


def _refuse_addressee(to: Addressee, now: datetime) -> Refusal | None:
    if to.kind is EmailKind.ANSWER:
        return None
    return _refuse_replied(to) or _refuse_stage(to) or _refuse_too_soon(to, now)


def _refuse_replied(to: Addressee) -> Refusal | None:
    if to.replied:
        return Refusal("replied", "The prospect has replied; a person takes over.", Fate.CANCEL)
    return None


def _refuse_stage(to: Addressee) -> Refusal | None:
    if to.stage in SENDABLE:
        return None
    return Refusal(
        "stage", f"The prospect's stage is {to.stage}; nobody writes to it.", Fate.CANCEL
    )


def _refuse_too_soon(to: Addressee, now: datetime) -> Refusal | None:
    if to.last_data_at is None or now - to.last_data_at >= CONTACT_GAP:
        return None
    free_at = to.last_data_at + CONTACT_GAP
    return Refusal("too_soon", "The address was written to less than 24 h ago.", next_try=free_at)


def _refuse_sender(to: Addressee, sender: Sender, now: datetime) -> Refusal | None:
    return (
        _refuse_paused(sender, now)
        or _refuse_cold(to, sender, now)
        or _refuse_limit(sender)
        or _refuse_window(to, sender)
    )


def _refuse_paused(sender: Sender, now: datetime) -> Refusal | None:
    if sender.paused:
        until = sender.pause_until or now + LATER
        return Refusal("inbox_paused", f"The inbox is paused: {sender.paused}.", next_try=until)
    if sender.provider_paused:
        until = sender.provider_pause_until or now + LATER
        sentence = f"The inbox may not write to this provider now: {sender.provider_paused}."
        return Refusal("provider_paused", sentence, next_try=until)
    return None


def _refuse_cold(to: Addressee, sender: Sender, now: datetime) -> Refusal | None:
    if not sender.warm_only or to.warm or to.kind is EmailKind.ANSWER:
        return None
    sentence = "The inbox's health allows letters to warm leads only, and this one is cold."
    return Refusal("warm_leads_only", sentence, next_try=now + CONTACT_GAP)


def _refuse_limit(sender: Sender) -> Refusal | None:
    if sender.left_today > 0:
        return None
    sentence = f"The inbox has reached its limit for today ({sender.bound})."
    return Refusal("limit_reached", sentence, next_try=sender.resets_at)


def _refuse_window(to: Addressee, sender: Sender) -> Refusal | None:
    if sender.open or to.kind is EmailKind.ANSWER:
        return None
    sentence = "The inbox's sending window is closed."
    return Refusal("window_closed", sentence, next_try=sender.opens_at)
