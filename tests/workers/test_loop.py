import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError

from marketing_agent.workers import clock, loop
from marketing_agent.workers.actions import register
from marketing_agent.workers.loop import Worker, this_process
from marketing_agent.workers.models import Heartbeat, Job
from marketing_agent.workers.threads import InlineJobs, JobThreads
from workers import parts
from workers.parts import NOW, spec


@pytest.fixture
def time() -> object:
    simulated = clock.SimulatedClock(NOW)
    before = clock.install(simulated)
    yield simulated
    clock.install(before)


def worker(time: clock.SimulatedClock, *functions: str) -> Worker:
    specs = tuple(spec(each, function=each) for each in functions or ("note",))
    register(specs, time.now())
    return Worker(this_process(time.now()), InlineJobs(), time.now, specs)


@pytest.mark.django_db
def test_each_job_runs_when_due_and_not_before(time: clock.SimulatedClock) -> None:
    one = worker(time)
    for minute in (0, 0.5, 1, 1.5, 2):
        time.move_to(NOW + timedelta(minutes=minute))
        one.turn()
    assert parts.ran == ["11:00", "11:01", "11:02"]


@pytest.mark.django_db
def test_two_workers_share_the_jobs_and_none_runs_twice(time: clock.SimulatedClock) -> None:
    one, two = worker(time), worker(time)
    for minute in range(5):
        time.move_to(NOW + timedelta(minutes=minute))
        one.turn()
        two.turn()
    assert len(parts.ran) == 5
    assert Heartbeat.objects.count() == 2


@pytest.mark.django_db
def test_a_job_that_fails_neither_stops_the_worker_nor_the_others(
    time: clock.SimulatedClock,
) -> None:
    one = worker(time, "fail", "note")
    one.turn()
    time.move_to(NOW + timedelta(minutes=1))
    one.turn()
    assert len(parts.ran) == 2
    assert Job.objects.get(name="fail").failures == 2


@pytest.mark.django_db
def test_after_a_long_sleep_a_job_runs_once(time: clock.SimulatedClock) -> None:
    one = worker(time)
    time.move_to(NOW + timedelta(days=1))
    one.turn()
    one.turn()
    assert len(parts.ran) == 1
    assert Job.objects.get().missed == 1440


@pytest.mark.django_db
def test_the_sign_of_life_comes_every_ten_seconds_and_goes_with_the_worker(
    time: clock.SimulatedClock,
) -> None:
    one = worker(time)
    one.turn()
    for seconds, beat in ((9, 0), (10, 10)):
        time.move_to(NOW + timedelta(seconds=seconds))
        one.turn()
        assert Heartbeat.objects.get().beat_at == NOW + timedelta(seconds=beat)
    one.leave()
    assert not Heartbeat.objects.exists()


@pytest.mark.django_db
def test_a_database_that_goes_away_is_waited_for(
    time: clock.SimulatedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, stopping, real = worker(time), Waits(), loop.due_jobs
    troubles = iter([OperationalError("gone"), OperationalError("gone"), None])

    def due_jobs(_now: object) -> list[str]:
        trouble = next(troubles, None)
        if trouble is not None:
            raise trouble
        stopping.set()
        return real(NOW)

    monkeypatch.setattr(loop, "due_jobs", due_jobs)
    monkeypatch.setattr(loop.connections, "close_all", lambda: None)
    one.run(stopping)
    assert stopping.waited == [4.0, 8.0, 2.0]
    assert len(parts.ran) == 1


class Waits(threading.Event):
    """A signal that is asked to wait and notes how long it was asked to."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout)
        return self.is_set()


def test_jobs_run_side_by_side_and_the_end_waits_for_them() -> None:
    jobs, both = JobThreads(2), threading.Barrier(2, timeout=10)
    done: list[str] = []

    def work(name: str) -> Callable[[], None]:
        def run() -> None:
            both.wait()
            done.append(name)

        return run

    jobs.start("a", work("a"))
    assert jobs.busy() == {"a"}
    jobs.start("b", work("b"))
    jobs.close()
    assert sorted(done) == ["a", "b"]
    assert jobs.busy() == set()
