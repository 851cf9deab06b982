"""/api/logs: what web server and worker wrote down."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router

from marketing_agent.api.parameters import Limit, Listing, Moment
from marketing_agent.operations.log_lines import log_lines
from marketing_agent.workers import clock

router = Router(tags=["Logs"])

LATELY = timedelta(hours=1)

Since = Annotated[Moment | None, Query(description="From this moment on; else the last hour.")]
Level = Literal["debug", "info", "warning", "error", "critical"]


class LogList(Listing):
    """Log lines, oldest first; of too many the newest."""

    logs: list[dict[str, Any]]


@router.get("", response=LogList)
def list_logs(
    request: HttpRequest,
    since: Since = None,
    job: str = "",
    level: Level | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Give the newest log lines, oldest first: one object a line, never a secret in it."""
    found = log_lines(since or clock.now() - LATELY, job=job, level=level or "")
    shown = found[-limit:]
    return {
        "logs": shown,
        "count": len(shown),
        "total": len(found),
        "total_exact": True,
        "next": None,
    }
