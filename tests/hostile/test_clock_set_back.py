"""A machine's clock that is set back by hours (a wrong battery, a restored snapshot)."""

import threading
from datetime import datetime, timedelta

import pytest

from marketing_agent.workers.actions import register
from marketing_agent.workers.loop import Worker, this_process
from marketing_agent.workers.models import Heartbeat, Job
from marketing_agent.workers.threads import InlineJobs
from workers.parts import NOW, spec

EARLIER = NOW - timedelta(hours=5)


class Times(threading.Event):
    """A worker's clock that is set back after its first turn, and its sign to stop after the second."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.turns = 0

    def wait(self, timeout: float | None = None) -> bool:
        del timeout
        self.now, self.turns = EARLIER, self.turns + 1
        return self.turns == 1 or self.set() is None

    def tell(self) -> datetime:
        return self.now


@pytest.mark.django_db
def test_jobs_and_signs_of_life_go_on_by_the_new_time(monkeypatch: pytest.MonkeyPatch) -> None:
    times = Times()
    worker = Worker(this_process(NOW), InlineJobs(), times.tell, (spec("note"),))
    beats: list[datetime] = []
    monkeypatch.setattr(worker, "leave", lambda: beats.append(Heartbeat.objects.get().beat_at))
    monkeypatch.setattr("marketing_agent.workers.loop.connections.close_all", lambda: None)
    worker.run(times)
    job = Job.objects.get()
    assert (job.runs, job.next_run_at) == (2, EARLIER + timedelta(seconds=60))
    assert beats == [EARLIER]


@pytest.mark.django_db
def test_a_worker_that_starts_afterwards_does_not_wait_for_the_old_time() -> None:
    register([spec("note")], NOW)
    register([spec("note")], EARLIER)
    assert Job.objects.get().next_run_at == EARLIER


@pytest.mark.django_db
def test_a_job_that_waits_for_its_turn_is_left_alone() -> None:
    register([spec("note")], NOW)
    register([spec("note")], NOW - timedelta(seconds=59))
    assert Job.objects.get().next_run_at == NOW
