"""The jobs that keep the system in order."""

from datetime import datetime
from typing import Any

from marketing_agent.operations import cleaning, watching
from marketing_agent.outbox import claim


def rescue(now: datetime) -> dict[str, Any]:
    """Settle letters whose worker died."""
    return dict(claim.rescue(now))


def watch(now: datetime) -> dict[str, Any]:
    """Open and close alerts."""
    return dict(watching.watch(now))


def cleanup(now: datetime) -> dict[str, Any]:
    """Remove what is only history."""
    return dict(cleaning.clean_up(now))
