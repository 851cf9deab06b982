"""/api/stop and /api/resume: the emergency stop."""

from datetime import datetime
from typing import Any, Self

from django.http import HttpRequest
from ninja import Router
from pydantic import Field, model_validator

from marketing_agent.api.callers import actor_of
from marketing_agent.api.parameters import Input, Shown
from marketing_agent.operations.actions import current_resumption, resume_sending
from marketing_agent.operations.config import read
from marketing_agent.operations.stop import current_stop
from marketing_agent.workers import clock
from marketing_agent.workers.stopping import stop_everything

router = Router(tags=["Emergency stop"])


class StopRecord(Shown):
    """A stop: why, and since when by whom."""

    reason: str
    started_by: str
    started_at: datetime
    effective_at: datetime | None = Field(
        default=None,
        description="From here on surely no letter began; null: it was not waited for.",
    )
    past_data: int | None = Field(
        default=None, description="Letters whose text was under way then; those finish."
    )


class ResumptionRecord(Shown):
    """A gradual start after a stop: whose, since when, and why the next step is not taken yet."""

    started_by: str
    started_at: datetime
    step: int = Field(description="From 0; each step raises max_emails_per_run.")
    step_since: datetime
    waits: str
    usual: int | None = Field(description="max_emails_per_run once all steps are done.")


class StopState(Shown):
    """Whether sending is stopped, and by which record."""

    emergency_stop: bool
    stop: StopRecord | None
    resumption: ResumptionRecord | None
    max_emails_per_run: int | None


class Senders(Shown):
    """The processes that could have begun a letter when the stop came."""

    acknowledged: int = Field(description="Said themselves that they begin no letter any more.")
    expired: int = Field(description="Said nothing; what they knew of the stop has run out.")


class StopDone(StopState):
    """A stop that has taken effect."""

    recorded: bool = Field(
        description="False: the store could not be written, and the file STOP stops this home alone."
    )
    took_s: float = Field(description="Seconds until surely no letter could begin.")
    senders: Senders


class StopOrder(Input):
    """Why sending shall stop."""

    reason: str = Field(default="", max_length=500)


class ResumeOrder(Input):
    """How carefully sending shall go on."""

    max_per_run: int | None = Field(
        default=None, ge=0, description="Sets max_emails_per_run first, for a careful restart."
    )
    gradually: bool = Field(
        default=False,
        description="One letter a cycle, then 5, then as before, an hour for each step, by itself.",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.gradually and self.max_per_run is not None:
            raise ValueError("give gradually or max_per_run, not both")
        return self


@router.get("/stop", response=StopState)
def get_stop(request: HttpRequest) -> dict[str, Any]:
    """Say whether sending is stopped, since when, by whom and why."""
    return _state()


@router.post("/stop", response=StopDone)
def stop(request: HttpRequest, body: StopOrder | None = None) -> dict[str, Any]:
    """Stop every sender at once. A stop that is in force already stays as it is.

    Answers once surely no letter can begin anywhere: after little more than half a second at most, and a
    second later where somebody holds the lock of the store.
    """
    done = stop_everything(body.reason if body else "", actor_of(request))
    senders = {"acknowledged": done.acknowledged, "expired": done.expired}
    took_s = round(done.took_s, 3)
    return _state() | {"recorded": done.recorded, "took_s": took_s, "senders": senders}


@router.post("/resume", response=StopState)
def resume(request: HttpRequest, body: ResumeOrder | None = None) -> dict[str, Any]:
    """End the stop, after setting max_emails_per_run where asked, once or step by step."""
    order = body or ResumeOrder()
    resume_sending(
        actor_of(request),
        clock.now(),
        max_per_run=order.max_per_run,
        gradually=order.gradually,
    )
    return _state()


def _state() -> dict[str, Any]:
    record = current_stop()
    return {
        "emergency_stop": record is not None,
        "stop": record,
        "resumption": current_resumption(),
        "max_emails_per_run": read("max_emails_per_run"),
    }
