"""Taking a job by conditional write, so that two workers never run it at once.

Leases run on the database's clock and are renewed while the job runs; a lapsed one is free again.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from marketing_agent.store.columns import new_public_id
from marketing_agent.workers.models import Job

LEASE = timedelta(minutes=2)
RENEW_EVERY = LEASE / 4


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that is ours until the lease ends; `token` fences every later write."""

    job: Job
    token: str
    trigger: str  # schedule | manual


def this_owner() -> str:
    """Name this process as the owner of leases."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}"


def due_jobs(now: datetime) -> list[str]:
    """Name the jobs that are due or asked for and that nobody runs."""
    return list(_free().filter(_wanted(now)).order_by("next_run_at").values_list("name", flat=True))


def claim_due(name: str, owner: str, now: datetime) -> Claim | None:
    """Take a job if it is due or asked for; None when another worker got there first."""
    return _claim(name, owner, now, _wanted(now))


def claim_now(name: str, owner: str, now: datetime) -> Claim | None:
    """Take a job whether or not it is due; None while somebody runs it."""
    return _claim(name, owner, now, Q())


def renew(claim: Claim) -> bool:
    """Lengthen the lease; False when it was lost to somebody else."""
    mine = Job.objects.filter(pk=claim.job.pk, lease_owner=claim.token)
    return mine.update(lease_until=Now() + LEASE) == 1


def _free() -> QuerySet[Job]:
    return Job.objects.filter(Q(lease_until=None) | Q(lease_until__lt=Now()))


def _wanted(now: datetime) -> Q:
    return Q(enabled=True) & (Q(next_run_at__lte=now) | Q(requested_at__isnull=False))


def _claim(name: str, owner: str, now: datetime, condition: Q) -> Claim | None:
    job = Job.objects.filter(name=name).first()
    if job is None:
        return None
    token = f"{owner[:60]}/{new_public_id()}"
    unchanged = _free().filter(condition, pk=job.pk, next_run_at=job.next_run_at)
    taken = unchanged.update(
        lease_owner=token,
        lease_until=Now() + LEASE,
        requested_at=None,
        next_run_at=now + timedelta(seconds=job.every_s),
        missed=F("missed") + _missed(job, now),
    )
    scheduled = condition and job.requested_at is None and job.next_run_at <= now
    return Claim(job, token, "schedule" if scheduled else "manual") if taken else None


def _missed(job: Job, now: datetime) -> int:
    """Count the runs that should have begun since the one that begins now was due."""
    if not job.enabled or job.next_run_at >= now:
        return 0
    return int((now - job.next_run_at).total_seconds() // max(1, job.every_s))
