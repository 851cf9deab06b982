"""/health, /metrics and /cron: what monitors and schedulers call, outside of /api."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.responses import Status

from marketing_agent.operations.stats import health, metrics
from marketing_agent.workers import clock

router = Router(tags=["Monitoring"])

_AS_TEXT = {"content": {"text/plain": {"schema": {"type": "string"}}}}
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/health", response={200: dict[str, Any], 503: dict[str, Any]})
def get_health(request: HttpRequest) -> Status[dict[str, Any]]:
    """Say whether the system works: 200 healthy or degraded, 503 unhealthy. Needs no token.

    Opens no connection to the outside; it gives the last measurements with their age.
    """
    found = health(clock.now())
    return Status(503 if found["status"] == "unhealthy" else 200, found)


@router.get("/metrics", openapi_extra={"responses": {200: _AS_TEXT}})
def get_metrics(request: HttpRequest) -> HttpResponse:
    """Give every figure as Prometheus text."""
    return HttpResponse(metrics(clock.now()), content_type=_PROMETHEUS)
