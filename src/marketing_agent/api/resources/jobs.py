"""/api/jobs and /cron: what runs by itself, when it last did, and a run by hand."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, Case, Value, When
from django.db.models.functions import Now
from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from marketing_agent.accounts.actions import audit
from marketing_agent.api.callers import actor_of, request_id_of
from marketing_agent.api.paging import whole
from marketing_agent.api.parameters import Listing, Shown
from marketing_agent.workers import clock
from marketing_agent.workers.jobs import JOBS, JobSpec, find_job
from marketing_agent.workers.models import Job
from marketing_agent.workers.run import run_job

router = Router(tags=["Jobs"])
cron = Router(tags=["Jobs"])

PATIENCE_S = 10.0
"""How long a run by hand waits for one that is under way before it answers 409."""


class JobRow(Shown):
    """A job: its schedule, and how its runs went."""

    name: str
    help: str
    every_s: int = Field(description="Seconds between two runs.")
    enabled: bool
    running: bool
    next_run_at: datetime | None = Field(description="Null: no worker has started yet.")
    last_run_at: datetime | None
    last_success_at: datetime | None
    last_error: str
    last_result: dict[str, Any]
    last_duration_s: float | None
    runs: int
    failures: int
    missed: int = Field(description="Runs that should have begun and did not.")


class JobList(Listing):
    """Every registered job."""

    jobs: list[JobRow]


@router.get("", response=JobList)
def list_jobs(request: HttpRequest) -> dict[str, Any]:
    """List the jobs with their schedules and last runs."""
    running = Case(
        When(lease_until__gt=Now(), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    known = {row.name: row for row in Job.objects.annotate(running=running)}
    return whole("jobs", [_row(spec, known.get(spec.name)) for spec in JOBS])


@cron.post("/{job}", response=dict[str, Any])
def run_now(request: HttpRequest, job: str) -> dict[str, Any]:
    """Run a job once, now, through every rule; 409 while it runs elsewhere.

    send-emails answers planned, sent, refused by reason, and unknown; under the emergency stop
    that is 200 with everything refused.
    """
    spec, now = find_job(job), clock.now()
    with transaction.atomic():
        audit(actor_of(request), "job.run", spec.name, now=now)
    return run_job(spec.name, f"api {request_id_of(request)}", now, wait_s=PATIENCE_S)


def _row(spec: JobSpec, row: Job | None) -> JobRow:
    job = row or Job(name=spec.name, every_s=spec.every_s)
    columns = {name: getattr(job, name) for name in _COLUMNS}
    return JobRow(help=spec.help, running=getattr(job, "running", False), **columns)


_COLUMNS = tuple(name for name in JobRow.model_fields if name not in {"help", "running"})
