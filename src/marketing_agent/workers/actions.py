"""What is written here: jobs' schedules and runs, and signs of life."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.workers.claim import Claim
from marketing_agent.workers.jobs import JobSpec, find_job
from marketing_agent.workers.models import Heartbeat, Job, JobRun


@dataclass(frozen=True, slots=True)
class Process:
    """One worker process."""

    worker: str
    host: str
    pid: int
    version: str
    started_at: datetime


def register(specs: Iterable[JobSpec], now: datetime) -> None:
    """Give every job of the registry its row; a new one is due at once.

    So is one that waits for longer than its interval: the clock was set back since it last ran.
    """
    known = {job.name: job for job in Job.objects.only("name", "every_s", "next_run_at")}
    for spec in specs:
        job, latest = known.get(spec.name), now + timedelta(seconds=spec.every_s)
        if job is None:
            Job.objects.get_or_create(
                name=spec.name, defaults={"every_s": spec.every_s, "next_run_at": now}
            )
        elif job.every_s != spec.every_s or job.next_run_at > latest:
            Job.objects.filter(name=spec.name).update(every_s=spec.every_s, next_run_at=now)


@transaction.atomic
def request_run(name: str, by: Actor, now: datetime) -> None:
    """Ask the worker to run a job soon. A hint: the worker looks every other second.

    Raises:
        UnknownJob: when there is no such job.
    """
    register([find_job(name)], now)
    Job.objects.filter(name=name).update(requested_at=now)
    audit(by, "job.request", name, now=now)


def make_due(name: str, now: datetime) -> bool:
    """Let a job's next turn come at once instead of at its time; False when it was due anyway.

    While the job runs this asks for one more run after it.
    """
    later = Job.objects.filter(name=name, next_run_at__gt=now)
    return later.update(next_run_at=now) == 1


@transaction.atomic
def begin_run(claim: Claim, now: datetime) -> JobRun:
    """Open the record of a run; runs that a dead worker left open are closed as abandoned."""
    JobRun.objects.filter(job=claim.job, finished_at=None).update(
        finished_at=now, ok=False, error="Abandoned: its worker died or lost the lease."
    )
    return JobRun.objects.create(job=claim.job, trigger=claim.trigger, started_at=now)


@transaction.atomic
def finish_run(
    claim: Claim, run: JobRun, result: Mapping[str, Any], took_s: float, now: datetime
) -> bool:
    """Record a success and free the job; False when the lease was lost meanwhile."""
    if not _close_run(run, now, ok=True, result=dict(result)):
        return False
    return _free_job(
        claim,
        last_run_at=run.started_at,
        last_success_at=now,
        last_error="",
        last_result=dict(result),
        last_duration_s=took_s,
    )


@transaction.atomic
def fail_run(claim: Claim, run: JobRun, error: str, took_s: float, now: datetime) -> bool:
    """Record a failure and free the job; False when the lease was lost meanwhile."""
    if not _close_run(run, now, ok=False, error=error[:1000]):
        return False
    return _free_job(
        claim,
        last_run_at=run.started_at,
        last_error=error[:1000],
        last_duration_s=took_s,
        failures=F("failures") + 1,
    )


def _close_run(run: JobRun, now: datetime, **columns: object) -> bool:
    still_open = JobRun.objects.filter(pk=run.pk, finished_at=None)
    return still_open.update(finished_at=now, **columns) == 1


def _free_job(claim: Claim, **columns: object) -> bool:
    mine = Job.objects.filter(pk=claim.job.pk, lease_owner=claim.token)
    return mine.update(lease_owner="", lease_until=None, runs=F("runs") + 1, **columns) == 1


def beat(process: Process, doing: str, now: datetime) -> None:
    """Give a sign of life."""
    Heartbeat.objects.update_or_create(
        worker=process.worker,
        defaults={
            "host": process.host,
            "pid": process.pid,
            "version": process.version,
            "started_at": process.started_at,
            "beat_at": now,
            "doing": doing[:80],
        },
    )


def sign_off(process: Process) -> None:
    """Take the sign of life back when a worker ends in order."""
    Heartbeat.objects.filter(worker=process.worker).delete()
