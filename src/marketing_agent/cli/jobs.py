"""`marketing-agent jobs`: what runs by itself."""

from typing import Annotated, Any

import typer

from marketing_agent.accounts.actions import audit
from marketing_agent.cli.output import AsJson, emit, new_app, operator, table
from marketing_agent.workers import clock
from marketing_agent.workers.jobs import JOBS, JobSpec, find_job
from marketing_agent.workers.models import Job
from marketing_agent.workers.run import run_job

app = new_app("List jobs and run one now.")

_COLUMNS = (
    "every_s", "next_run_at", "last_run_at", "last_success_at", "last_error", "last_duration_s",
    "last_result", "runs", "failures", "missed",
)  # fmt: skip
_SHOWN = (
    "name",
    "every_s",
    "last_run_at",
    "next_run_at",
    "runs",
    "failures",
    "missed",
    "last_error",
)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List every job with its schedule and its last run."""
    known = {row.name: row for row in Job.objects.all()}
    jobs = [_row(spec, known.get(spec.name)) for spec in JOBS]
    rows = [[job[name] for name in _SHOWN] for job in jobs]
    data = {"jobs": jobs, "count": len(jobs)}
    emit(data, as_json=as_json, text=lambda: table(_SHOWN, rows))


@app.command()
def run(
    name: Annotated[str, typer.Argument(help="The job, such as read-inboxes.")],
    as_json: AsJson = False,
) -> None:
    """Run a job now, in this process, and show what it did."""
    spec, now = find_job(name), clock.now()
    audit(operator(), "job.run", spec.name, now=now)
    emit(run_job(spec.name, "cli", now, wait_s=10), as_json=as_json)


def _row(spec: JobSpec, job: Job | None) -> dict[str, Any]:
    seen = {name: getattr(job, name) if job else None for name in _COLUMNS}
    return {"name": spec.name, "help": spec.help} | seen | {"every_s": spec.every_s}
