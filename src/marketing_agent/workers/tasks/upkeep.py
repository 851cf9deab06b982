"""The jobs that keep the system in order."""

from datetime import datetime
from typing import Any

from marketing_agent.operations import cleaning, resuming, watching
from marketing_agent.outbox import claim
from marketing_agent.outbox.actions.leases import remove_abandoned


def rescue(now: datetime) -> dict[str, Any]:
    """Settle letters whose worker died, and forget its lease on the emergency stop."""
    return dict(claim.rescue(now)) | {"leases": remove_abandoned()}


def resume_gradually(now: datetime) -> dict[str, Any]:
    """Raise the cap of a gradual start after a stop, step by step."""
    return resuming.go_on(now)


def watch(now: datetime) -> dict[str, Any]:
    """Open and close alerts."""
    return dict(watching.watch(now))


def cleanup(now: datetime) -> dict[str, Any]:
    """Remove what is only history."""
    return dict(cleaning.clean_up(now))
