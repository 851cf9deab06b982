from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection

from marketing_agent.engine.values import Outcome
from marketing_agent.inboxes.models import ImapStatus
from marketing_agent.operations.stats import health
from marketing_agent.outbox.models import Attempt
from marketing_agent.workers.models import Heartbeat
from operations.world import HOUR, NOW, inbox, letter

pytestmark = pytest.mark.django_db


def beat(at: datetime, worker: str = "w1") -> None:
    Heartbeat.objects.create(
        worker=worker, host="h", pid=1, version="1", started_at=NOW - HOUR, beat_at=at
    )


def attempt(outcome: Outcome) -> None:
    email = letter()
    Attempt.objects.create(
        email=email,
        inbox=email.inbox,
        owner="w",
        at=NOW - timedelta(minutes=3),
        finished_at=NOW - timedelta(minutes=3) + timedelta(milliseconds=250),
        outcome=outcome,
    )


def poll(address: str, *, connected: bool, at: datetime = NOW) -> None:
    ImapStatus.objects.create(
        inbox=inbox(address), connected=connected, last_poll_at=at, last_error="secret detail"
    )


def test_all_well_is_healthy() -> None:
    beat(NOW - timedelta(seconds=9))
    attempt(Outcome.SENT)
    poll("inbox1@example.com", connected=True)
    found = health(NOW)
    assert found["status"] == "healthy"
    parts = found["dependencies"]
    assert parts["database"]["latency_ms"] > 0
    assert parts["smtp"] == {"status": "ok", "latency_ms": 250.0, "age_s": 179.8}
    assert parts["imap"]["age_s"] == 0
    assert set(parts) == {"database", "worker", "smtp", "imap", "providers"}


@pytest.mark.parametrize(
    ("seconds", "status"), [(60, "ok"), (61, "degraded"), (300, "degraded"), (301, "failing")]
)
def test_a_worker_that_is_silent_is_noticed(seconds: int, status: str) -> None:
    beat(NOW - timedelta(seconds=seconds))
    beat(NOW - HOUR, "w0")
    found = health(NOW)
    assert found["dependencies"]["worker"]["status"] == status
    assert found["status"] == ("healthy" if status == "ok" else "degraded")


def test_no_worker_at_all_is_degraded_and_not_unhealthy() -> None:
    assert health(NOW)["status"] == "degraded"


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ([Outcome.HARD, Outcome.TEMPORARY, Outcome.BLOCK], "ok"),
        ([Outcome.SENT, Outcome.ACCOUNT], "degraded"),
        ([Outcome.ACCOUNT, Outcome.UNKNOWN], "failing"),
    ],
)
def test_smtp_is_judged_by_trouble_of_ours_and_not_of_recipients(
    outcomes: list[Outcome], status: str
) -> None:
    for outcome in outcomes:
        attempt(outcome)
    assert health(NOW)["dependencies"]["smtp"]["status"] == status


def test_imap_says_how_many_fail_and_whether_reading_is_late() -> None:
    poll("inbox1@example.com", connected=True)
    poll("inbox2@example.com", connected=False)
    imap = health(NOW)["dependencies"]["imap"]
    assert (imap["status"], imap["inboxes"], imap["failing"]) == ("degraded", 2, 1)
    later = health(NOW + HOUR)["dependencies"]["imap"]
    assert (later["status"], later["age_s"]) == ("degraded", 3600)


def test_health_names_no_address_and_no_detail_of_an_error() -> None:
    poll("inbox1@example.com", connected=False)
    attempt(Outcome.ACCOUNT)
    assert "example" not in str(health(NOW))
    assert "secret" not in str(health(NOW))


def test_a_database_that_does_not_answer_is_unhealthy(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(connection, "cursor", refuse)
    found = health(NOW)
    assert found["status"] == "unhealthy"
    assert found["dependencies"]["database"]["status"] == "failing"
    assert found["dependencies"]["worker"]["status"] == "unknown"
