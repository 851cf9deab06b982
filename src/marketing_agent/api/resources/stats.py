"""/api/stats: the figures of today and of the days before."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from marketing_agent.operations.stats import history, stats
from marketing_agent.workers import clock

router = Router(tags=["Figures"])

Days = Annotated[int, Query(ge=1, le=90, description="How many days back, today included.")]


@router.get("", response=dict[str, Any])
def get_stats(request: HttpRequest) -> dict[str, Any]:
    """Give today's and yesterday's figures, each with a flag by the key thresholds."""
    return stats(clock.now())


@router.get("/history", response=dict[str, Any])
def get_history(request: HttpRequest, days: Days = 30) -> dict[str, Any]:
    """Give the daily figures of the last days, oldest first."""
    return history(days, clock.now())
