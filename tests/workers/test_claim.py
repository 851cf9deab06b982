import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.db.models.functions import Now

from marketing_agent.accounts.actor import Actor
from marketing_agent.workers.actions import begin_run, finish_run, register, request_run
from marketing_agent.workers.claim import LEASE, Claim, claim_due, claim_now, due_jobs, renew
from marketing_agent.workers.jobs import UnknownJob
from marketing_agent.workers.models import Job, JobRun
from workers.parts import NOW, spec

MINUTE = timedelta(minutes=1)


def claimed(name: str = "note", owner: str = "w1") -> Claim:
    claim = claim_due(name, owner, NOW)
    assert claim is not None
    return claim


def lapse() -> None:
    Job.objects.update(lease_until=Now() - MINUTE)


@pytest.mark.django_db
def test_a_new_job_is_due_at_once_and_then_after_its_interval() -> None:
    register([spec(every_s=60)], NOW)
    claim = claimed()
    finish_run(claim, begin_run(claim, NOW), {}, 0.1, NOW)
    assert due_jobs(NOW + timedelta(seconds=59)) == []
    assert due_jobs(NOW + MINUTE) == ["note"]


@pytest.mark.django_db
def test_a_job_that_is_claimed_is_nobody_elses() -> None:
    register([spec()], NOW)
    claimed()
    assert due_jobs(NOW + MINUTE) == []
    assert claim_due("note", "w2", NOW + MINUTE) is None
    assert claim_now("note", "w2", NOW + MINUTE) is None


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_that_race_one_gets_the_job() -> None:
    register([spec()], NOW)
    won: list[str] = []
    together = threading.Barrier(8)

    def race(worker: str) -> None:
        together.wait()
        if claim_due("note", worker, NOW) is not None:
            won.append(worker)
        connections.close_all()

    threads = [threading.Thread(target=race, args=(f"w{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


@pytest.mark.django_db
def test_the_lease_runs_on_the_databases_clock_whatever_ours_says() -> None:
    register([spec()], NOW)
    claimed()
    assert claim_due("note", "w2", NOW + timedelta(days=365)) is None
    lapse()
    assert claim_due("note", "w2", NOW + MINUTE) is not None


@pytest.mark.django_db
def test_a_dead_workers_run_is_closed_as_abandoned_and_its_late_result_is_refused() -> None:
    register([spec()], NOW)
    first = claimed()
    abandoned = begin_run(first, NOW)
    lapse()
    second = claim_due("note", "w2", NOW + MINUTE)
    assert second is not None
    begin_run(second, NOW + MINUTE)
    abandoned.refresh_from_db()
    assert (abandoned.ok, "Abandoned" in abandoned.error) == (False, True)
    assert not renew(first)
    assert not finish_run(first, abandoned, {"sent": 9}, 1, NOW + MINUTE)
    job = Job.objects.get()
    assert (job.lease_owner, job.last_result, job.runs) == (second.token, {}, 0)


@pytest.mark.django_db
def test_a_renewed_lease_lasts_longer() -> None:
    register([spec()], NOW)
    claim = claimed()
    Job.objects.update(lease_until=Now() + timedelta(seconds=1))
    assert renew(claim)
    later = Job.objects.filter(lease_until__gt=Now() + LEASE - timedelta(seconds=30))
    assert later.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("late_s", "missed"), [(0, 0), (59, 0), (60, 1), (3600, 60)])
def test_runs_that_should_have_begun_are_counted_and_not_made_up_for(
    late_s: int, missed: int
) -> None:
    register([spec(every_s=60)], NOW)
    now = NOW + timedelta(seconds=late_s)
    assert claim_due("note", "w1", now) is not None
    job = Job.objects.get()
    assert (job.missed, job.next_run_at) == (missed, now + MINUTE)


@pytest.mark.django_db
def test_a_run_asked_for_comes_before_its_time_and_once() -> None:
    register([spec("watch", 300)], NOW)
    first = claimed("watch")
    finish_run(first, begin_run(first, NOW), {}, 0, NOW)
    request_run("watch", Actor("ada", "cli"), NOW)
    assert due_jobs(NOW) == ["watch"]
    again = claimed("watch")
    assert (first.trigger, again.trigger) == ("schedule", "manual")
    finish_run(again, begin_run(again, NOW), {}, 0, NOW)
    assert due_jobs(NOW) == []
    with pytest.raises(UnknownJob, match="Known are: send-emails"):
        request_run("sleep", Actor("ada", "cli"), NOW)


@pytest.mark.django_db
def test_a_job_switched_off_runs_only_when_a_person_says_so() -> None:
    register([spec()], NOW)
    Job.objects.update(enabled=False)
    assert due_jobs(NOW) == []
    assert claim_due("note", "w1", NOW) is None
    assert claim_now("note", "ada", NOW) is not None


@pytest.mark.django_db
def test_a_changed_interval_is_taken_over_and_history_is_kept() -> None:
    register([spec(every_s=60)], NOW)
    claim = claimed()
    finish_run(claim, begin_run(claim, NOW), {}, 0, NOW)
    register([spec(every_s=30)], NOW)
    job = Job.objects.get()
    assert (job.every_s, job.runs, job.next_run_at) == (30, 1, NOW)
    assert JobRun.objects.count() == 1
