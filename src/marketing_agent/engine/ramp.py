"""How sending goes on after an emergency stop: one letter a run, then five, then as many as before.

A step is taken when the one before was watched for an hour, letters did leave, and nothing went wrong
(source-runbooks.md, runbook 8: "Monitor closely for 1 hour").
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

STEPS = (1, 5)
"""Most letters a run, step by step; after the last one the cap is what it was before the stop."""

WATCHED = timedelta(hours=1)
"""How long each step is watched, and how far back trouble counts."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen since a step began: whether letters left, and troubles, each as half a sentence."""

    sent: bool
    troubles: tuple[str, ...] = ()


def keeps_waiting(since: datetime, seen: Seen, now: datetime) -> str:
    """Say why the next step is not taken yet, as a sentence; empty when it may be taken."""
    if seen.troubles:
        return f"It waits, because within the last hour {' and '.join(seen.troubles)}."
    if now - since < WATCHED:
        return f"It is watched until {since + WATCHED:%H:%M} UTC."
    if not seen.sent:
        return "It waits for the first letter to leave at this pace."
    return ""


def cap_of(step: int) -> int | None:
    """Give the most letters a run at a step (from 0); None once all steps are done."""
    return STEPS[step] if step < len(STEPS) else None
