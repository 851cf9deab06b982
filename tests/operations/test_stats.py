from collections.abc import Iterator
from datetime import timedelta

import pytest

from marketing_agent.engine.thresholds import THRESHOLDS
from marketing_agent.engine.values import BounceType, EmailState, ItemState, Outcome
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inboxes.models import HealthReading
from marketing_agent.operations import requests
from marketing_agent.operations.actions import start_stop
from marketing_agent.operations.stats import metrics, stats
from marketing_agent.outbox.models import Attempt, Email
from marketing_agent.workers.models import Job, JobRun
from operations.world import BY, DAY, HOUR, NOW, bounce, inbox, letter, sent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_requests_yet() -> Iterator[None]:
    requests.forget()
    yield
    requests.forget()


def attempts(outcome: Outcome | None, number: int, minutes_ago: int = 5) -> None:
    email = Email.objects.first() or letter()
    at = NOW - timedelta(minutes=minutes_ago)
    Attempt.objects.bulk_create(
        Attempt(email=email, inbox=email.inbox, owner="w", at=at, outcome=outcome)
        for _ in range(number)
    )


def reading(score: float | None, address: str, days_ago: int = 0) -> None:
    at = NOW - days_ago * DAY
    HealthReading.objects.create(inbox=inbox(address), day=at, score=score, band="good", at=at)


def test_an_empty_store_has_no_rates_and_is_alarmed_by_nothing() -> None:
    found = stats(NOW)
    assert found["stats"]["bounce_rate"] is None
    assert (found["error_rate"], found["response_time_p95_s"]) == (None, None)
    assert found["last_cron_run"] is None
    assert found["emails_sent_today"] == 0
    assert set(found["flags"].values()) == {"unknown", "ok"}
    assert found["flags"]["queue_depth"] == "ok"


def test_the_flags_name_every_threshold() -> None:
    assert set(stats(NOW)["flags"]) == {row.metric for row in THRESHOLDS}


def test_few_letters_prove_nothing_and_many_bounces_are_critical() -> None:
    bounce(sent(), BounceType.HARD)
    assert stats(NOW)["flags"]["bounce_rate"] == "unknown"
    for number in range(60):
        email = sent()
        if number % 3 == 0:
            bounce(email, BounceType.HARD)
    assert stats(NOW)["flags"]["bounce_rate"] == "critical"


def test_queue_depth_is_due_work_and_not_the_backlog() -> None:
    letter(EmailState.PLANNED, due_at=NOW)
    letter(EmailState.RETRY, due_at=NOW - HOUR)
    letter(EmailState.RETRY, due_at=NOW + HOUR)
    letter(EmailState.HELD, due_at=None)
    letter(EmailState.CLAIMED, due_at=NOW)
    for state in (ItemState.NEW, ItemState.PROCESSED):
        InboxItem.objects.create(
            inbox=inbox(), folder="INBOX", identity=state, state=state, fetched_at=NOW
        )
    assert stats(NOW)["queue_depth"] == 3


def test_the_error_rate_counts_jobs_letters_and_requests_of_the_last_hour() -> None:
    attempts(Outcome.SENT, 47)
    attempts(Outcome.ACCOUNT, 1)
    attempts(None, 5)
    attempts(Outcome.UNKNOWN, 9, minutes_ago=61)
    job = Job.objects.create(name="send-emails", every_s=60, next_run_at=NOW)
    JobRun.objects.create(job=job, trigger="schedule", started_at=NOW, ok=False)
    JobRun.objects.create(job=job, trigger="schedule", started_at=NOW, ok=None)
    requests.record(0.1, failed=True, now=NOW)
    found = stats(NOW)
    assert found["error_rate"] == 3 / 50
    assert found["flags"]["error_rate"] == "critical"


def test_below_fifty_tries_the_error_rate_is_unknown() -> None:
    attempts(Outcome.ACCOUNT, 49)
    found = stats(NOW)
    assert (found["error_rate"], found["flags"]["error_rate"]) == (None, "unknown")


def test_an_attempt_that_is_written_late_does_not_hide_the_ones_before_it() -> None:
    attempts(Outcome.SENT, 50, minutes_ago=30)
    attempts(Outcome.SENT, 1, minutes_ago=1)
    assert stats(NOW)["error_rate"] == 0.0


def test_the_least_health_is_that_of_the_worst_inboxs_latest_reading() -> None:
    reading(20, "inbox1@example.com", days_ago=1)
    reading(90, "inbox1@example.com")
    reading(70, "inbox2@example.com")
    reading(None, "inbox3@example.com")
    found = stats(NOW)
    assert (found["inbox_health_min"], found["flags"]["inbox_health"]) == (70, "warning")


def test_the_response_time_is_the_95th_percentile_of_five_minutes() -> None:
    for took in range(1, 101):
        requests.record(took / 10, failed=False, now=NOW)
    requests.record(99, failed=False, now=NOW - timedelta(minutes=5))
    found = stats(NOW)
    assert (found["response_time_p95_s"], found["flags"]["response_time"]) == (9.5, "critical")


def test_the_stop_and_what_waits_for_a_person_are_shown() -> None:
    start_stop("test", BY, NOW)
    letter(EmailState.UNKNOWN)
    letter(EmailState.DEAD)
    found = stats(NOW)
    assert found["emergency_stop"] is True
    assert (found["unknown"], found["dead_letters"], found["inbox_held"]) == (1, 1, 0)


def test_metrics_carry_every_thresholds_figure_and_the_sent_counter() -> None:
    sent()
    attempts(Outcome.SENT, 50)
    reading(95, "inbox1@example.com")
    requests.record(0.25, failed=False, now=NOW)
    text = metrics(NOW)
    assert "marketing_agent_sent_total 1.0" in text
    assert "marketing_agent_response_time 0.25" in text
    assert "marketing_agent_inbox_health 95.0" in text
    for row in THRESHOLDS:
        assert f"\n# TYPE marketing_agent_{row.metric} gauge" in text
        assert f'marketing_agent_{row.metric}_threshold{{level="critical"}}' in text


def test_an_unknown_figure_is_left_out_of_the_metrics() -> None:
    assert "\nmarketing_agent_bounce_rate " not in metrics(NOW)
