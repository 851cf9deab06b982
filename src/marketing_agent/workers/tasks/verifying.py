"""The job that makes enriched prospects ready."""

from datetime import datetime
from typing import Any

from marketing_agent.campaigns.actions import enroll_after_change, enroll_ready
from marketing_agent.prospects.verify import verify_enriched
from marketing_agent.providers.dns import resolver
from marketing_agent.workers.threads import ThreadLanes

BATCH = 5_000
"""Prospects verified in one run; the next run takes the next ones."""

LOOK_UPS = 16
"""Questions that wait for DNS at the same time."""


def verify_prospects(now: datetime) -> dict[str, Any]:
    """Look mail hosts up, move prospects on, and enroll those that became ready."""
    counts = verify_enriched(
        BATCH, resolver(), now, enroll=enroll_ready, side_by_side=ThreadLanes(LOOK_UPS).map
    )
    return dict(counts) | {"enrolled_late": enroll_after_change(now)}
