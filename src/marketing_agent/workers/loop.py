"""The worker: claim what is due, act, record, wait. A wake-up is a hint; the poll is the truth."""

import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.metadata import version
from types import FrameType

import structlog
from django.db import connections

from marketing_agent.operations.actions import follow_file
from marketing_agent.store.columns import new_public_id
from marketing_agent.store.replaced import reconnect_if_replaced
from marketing_agent.workers.actions import Process, beat, register, sign_off
from marketing_agent.workers.claim import Claim, claim_due, due_jobs
from marketing_agent.workers.jobs import JOBS, JobFailed, JobSpec
from marketing_agent.workers.run import run_claimed
from marketing_agent.workers.threads import JobRunner

POLL_S = 2.0
BEAT_EVERY = timedelta(seconds=10)
_LONGEST_WAIT_S = 60.0

_log = structlog.get_logger(__name__)


def this_process(now: datetime) -> Process:
    """Describe the process that we are, under a name that no other process has."""
    host = socket.gethostname()
    return Process(
        worker=f"{host[:40]}:{os.getpid()}:{new_public_id()[:6]}",
        host=host,
        pid=os.getpid(),
        version=version("marketing-agent"),
        started_at=now,
    )


def stop_on_signals() -> threading.Event:
    """Give an event that SIGTERM and SIGINT set from here on."""
    stopping = threading.Event()

    def stop(number: int, _frame: FrameType | None) -> None:
        _log.info("stopping", signal=signal.Signals(number).name)
        stopping.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
    return stopping


class Worker:
    """One worker process's loop."""

    def __init__(
        self,
        process: Process,
        jobs: JobRunner,
        now: Callable[[], datetime],
        specs: tuple[JobSpec, ...] = JOBS,
    ) -> None:
        self._process = process
        self._jobs = jobs
        self._now = now
        self._specs = {spec.name: spec for spec in specs}
        self._beaten_at: datetime | None = None

    def run(self, stopping: threading.Event) -> None:
        """Turn until `stopping` is set; then finish the jobs that run, and sign off."""
        troubles = 0
        while not stopping.is_set():
            troubles = 0 if self._turn_safely() else troubles + 1
            stopping.wait(min(POLL_S * 2**troubles, _LONGEST_WAIT_S))
        self.leave()
        connections.close_all()

    def turn(self) -> None:
        """Beat, then start every job that is due and that nobody else takes first."""
        now = self._now()
        reconnect_if_replaced()
        self._beat(now)
        follow_file(now)
        for name in due_jobs(now):
            if name in self._specs and name not in self._jobs.busy():
                self._start(self._specs[name])

    def leave(self) -> None:
        """Wait for the running jobs, then take the sign of life back."""
        self._jobs.close()
        sign_off(self._process)

    def _turn_safely(self) -> bool:
        try:
            if self._beaten_at is None or self._now() < self._beaten_at:
                register(self._specs.values(), self._now())
                self._beaten_at = None  # at the start, and after the clock was set back
            self.turn()
        except Exception:  # noqa: BLE001  the outermost loop: a database that is away comes back
            _log.exception("the worker's turn failed")
            connections.close_all()
            return False
        return True

    def _beat(self, now: datetime) -> None:
        if self._beaten_at is None or now - self._beaten_at >= BEAT_EVERY:
            beat(self._process, ", ".join(sorted(self._jobs.busy())), now)
            self._beaten_at = now

    def _start(self, spec: JobSpec) -> None:
        def work() -> None:
            now = self._now()
            claim = claim_due(spec.name, self._process.worker, now)
            if claim is not None:
                _run_quietly(spec, claim, now)

        self._jobs.start(spec.name, work)


def _run_quietly(spec: JobSpec, claim: Claim, now: datetime) -> None:
    try:
        run_claimed(spec, claim, now)
    except JobFailed:
        pass  # recorded and logged where it happened
    except Exception:  # noqa: BLE001  could not be recorded: the lease lapses, the job runs again
        _log.exception("job could not be recorded", job=spec.name)
