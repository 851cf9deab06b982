"""Running one job: claim it, act, record what came of it."""

import threading
import time
import traceback
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from marketing_agent.operations.actions import record_error
from marketing_agent.operations.errors import OperatorError
from marketing_agent.workers import clock
from marketing_agent.workers.actions import begin_run, fail_run, finish_run, register
from marketing_agent.workers.claim import Claim, claim_now
from marketing_agent.workers.jobs import JobFailed, JobRunning, JobSpec, find_job
from marketing_agent.workers.threads import keeping

_log = structlog.get_logger(__name__)
_LOOK_AGAIN_S = 0.2


def run_job(
    name: str, trigger: str, now: datetime, *, wait_s: float = 0, spec: JobSpec | None = None
) -> dict[str, Any]:
    """Run a job at once in this thread, due or not; gives what it did.

    Args:
        name: the job.
        trigger: who asks, for the lease's owner: cli, api, a request id.
        now: UTC.
        wait_s: how long to wait for a run that is under way.
        spec: the job itself, when it is not in the registry.

    Raises:
        UnknownJob: when there is no such job.
        JobRunning: when somebody still runs it after `wait_s` seconds.
        JobFailed: when it failed; the error is recorded.
    """
    spec = spec or find_job(name)
    register([spec], now)
    claim = _claim_within(spec, trigger, now, wait_s)
    if claim is None:
        raise JobRunning(f"The job {name} runs already. Try again when it is done.")
    return dict(run_claimed(spec, claim, now))


def _claim_within(spec: JobSpec, owner: str, now: datetime, wait_s: float) -> Claim | None:
    give_up_at = time.monotonic() + wait_s
    while True:
        claim = claim_now(spec.name, owner, now)
        if claim is not None or time.monotonic() >= give_up_at:
            return claim
        threading.Event().wait(_LOOK_AGAIN_S)


def run_claimed(spec: JobSpec, claim: Claim, now: datetime) -> Mapping[str, Any]:
    """Run a job that is ours and record its end.

    Raises:
        JobFailed: when it failed; the error is recorded.
    """
    run, started = begin_run(claim, now), time.monotonic()
    try:
        with keeping(claim):
            result = spec.run(now)
    except Exception as error:
        sentence = _sentence(spec, error)
        fail_run(claim, run, sentence, time.monotonic() - started, clock.now())
        record_error(
            "job", sentence, subject=spec.name, origin=spec.name, sample=_trace(error), now=now
        )
        _log.exception("job failed", job=spec.name)
        raise JobFailed(sentence) from error
    took_s = time.monotonic() - started
    kept = finish_run(claim, run, result, took_s, clock.now())
    _log.info("job done", job=spec.name, took_s=round(took_s, 3), result=dict(result), kept=kept)
    return result


def _sentence(spec: JobSpec, error: Exception) -> str:
    if isinstance(error, OperatorError):
        return f"The job {spec.name} was refused: {error}"
    return f"The job {spec.name} failed: {type(error).__name__}: {error}"


def _trace(error: Exception) -> str:
    return "".join(traceback.format_exception(error))
