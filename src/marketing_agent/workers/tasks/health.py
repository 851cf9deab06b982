"""The job that judges every inbox's health."""

from datetime import datetime
from typing import Any

from marketing_agent.inboxes.actions import apply_health


def inbox_health(now: datetime) -> dict[str, Any]:
    """Take the day's readings and pause what has to be paused."""
    return dict(apply_health(now))
