"""/api/stop and /api/resume: the emergency stop."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from marketing_agent.api.callers import actor_of
from marketing_agent.api.parameters import Input, Shown
from marketing_agent.operations.actions import end_stop, set_switch, start_stop
from marketing_agent.operations.config import read
from marketing_agent.operations.stop import current_stop
from marketing_agent.workers import clock

router = Router(tags=["Emergency stop"])


class StopRecord(Shown):
    """A stop: why, and since when by whom."""

    reason: str
    started_by: str
    started_at: datetime


class StopState(Shown):
    """Whether sending is stopped, and by which record."""

    emergency_stop: bool
    stop: StopRecord | None
    max_emails_per_run: int | None


class StopOrder(Input):
    """Why sending shall stop."""

    reason: str = Field(default="", max_length=500)


class ResumeOrder(Input):
    """How carefully sending shall go on."""

    max_per_run: int | None = Field(
        default=None, ge=0, description="Sets max_emails_per_run first, for a gradual restart."
    )


@router.get("/stop", response=StopState)
def get_stop(request: HttpRequest) -> dict[str, Any]:
    """Say whether sending is stopped, since when, by whom and why."""
    return _state()


@router.post("/stop", response=StopState)
def stop(request: HttpRequest, body: StopOrder | None = None) -> dict[str, Any]:
    """Stop every sender at once. A stop that is in force already stays as it is."""
    start_stop(body.reason if body else "", actor_of(request), clock.now())
    return _state()


@router.post("/resume", response=StopState)
def resume(request: HttpRequest, body: ResumeOrder | None = None) -> dict[str, Any]:
    """End the stop, after setting max_emails_per_run where asked."""
    by, now = actor_of(request), clock.now()
    with transaction.atomic():
        if body is not None and body.max_per_run is not None:
            set_switch("max_emails_per_run", body.max_per_run, by, now)
        end_stop(by, now)
    return _state()


def _state() -> dict[str, Any]:
    record = current_stop()
    return {
        "emergency_stop": record is not None,
        "stop": record,
        "max_emails_per_run": read("max_emails_per_run"),
    }
