import pytest

from marketing_agent.operations.models import ErrorGroup
from marketing_agent.workers import clock
from marketing_agent.workers.actions import register
from marketing_agent.workers.claim import claim_due
from marketing_agent.workers.jobs import JOBS, JobFailed, JobRunning, UnknownJob
from marketing_agent.workers.models import Job, JobRun
from marketing_agent.workers.run import run_job
from workers import parts
from workers.parts import NOW, spec

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> object:
    before = clock.install(clock.SimulatedClock(NOW))
    yield
    clock.install(before)


def test_a_run_by_hand_needs_no_schedule_and_gives_what_the_job_did() -> None:
    assert run_job("note", "cli", NOW, spec=spec()) == {"ran": 1}
    job, run = Job.objects.get(), JobRun.objects.get()
    assert (job.runs, job.failures, job.last_run_at, job.last_success_at) == (1, 0, NOW, NOW)
    assert (job.last_result, job.lease_owner, job.lease_until) == ({"ran": 1}, "", None)
    assert (run.ok, run.trigger, run.result, run.finished_at) == (True, "manual", {"ran": 1}, NOW)


def test_a_failure_is_recorded_and_the_job_is_free_again() -> None:
    broken = spec("fail", function="fail")
    with pytest.raises(JobFailed, match="RuntimeError: no luck at 11:00"):
        run_job("fail", "cli", NOW, spec=broken)
    job, error = Job.objects.get(), ErrorGroup.objects.get()
    assert (job.runs, job.failures, job.lease_owner) == (1, 1, "")
    assert "no luck" in job.last_error
    assert (error.type, error.subject) == ("job", "fail")
    assert "Traceback" in error.sample
    with pytest.raises(JobFailed):
        run_job("fail", "cli", NOW, spec=broken)
    error.refresh_from_db()
    assert error.count == 2


def test_a_success_clears_the_last_error() -> None:
    with pytest.raises(JobFailed):
        run_job("note", "cli", NOW, spec=spec(function="fail"))
    run_job("note", "cli", NOW, spec=spec())
    assert Job.objects.get().last_error == ""


def test_a_job_that_runs_elsewhere_is_refused_after_the_wait() -> None:
    register([spec()], NOW)
    assert claim_due("note", "w1", NOW) is not None
    with pytest.raises(JobRunning, match="runs already"):
        run_job("note", "cli", NOW, spec=spec(), wait_s=0.3)
    assert parts.ran == []


def test_an_unknown_job_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownJob, match=r"no job 'sleep'.*send-emails"):
        run_job("sleep", "cli", NOW)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_registered_job_runs_on_an_empty_store(job: object) -> None:
    name = getattr(job, "name", "")
    assert isinstance(run_job(name, "cli", NOW), dict)
    assert Job.objects.get(name=name).last_error == ""
