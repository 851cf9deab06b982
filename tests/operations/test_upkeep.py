import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from marketing_agent.accounts.models import AuditEntry, RememberedAnswer
from marketing_agent.engine.values import EmailState
from marketing_agent.operations.actions import end_stop, record_error, start_stop
from marketing_agent.operations.backup import BackupFailed, backup_before_migration
from marketing_agent.operations.cleaning import clean_up
from marketing_agent.operations.models import Alert, ErrorGroup
from marketing_agent.operations.watching import watch
from marketing_agent.outbox.actions.inquiries import open_inquiries
from marketing_agent.outbox.actions.resolve import resolve
from marketing_agent.outbox.models import Attempt, Email
from marketing_agent.settings import settings
from marketing_agent.store.selfcheck import check_migrations, check_schema
from marketing_agent.workers.models import Job, JobRun
from operations.world import BY, DAY, HOUR, NOW, enrollment, letter, prospect, sent


def open_keys() -> set[str]:
    return set(Alert.objects.filter(closed_at=None).values_list("key", flat=True))


@pytest.mark.django_db
def test_a_stop_left_on_is_remembered_after_an_hour_and_loudly_after_a_day() -> None:
    start_stop("test", BY, NOW)
    enrollment(prospect(), next_due_at=NOW)
    letter(EmailState.PLANNED, due_at=NOW)
    watch(NOW + HOUR - timedelta(seconds=1))
    assert open_keys() == set()
    watch(NOW + HOUR)
    alert = Alert.objects.get(closed_at=None)
    assert (alert.key, alert.severity) == ("stop-left-on", "warning")
    assert "by ada (test); 1 letter waits and 1 further step does" in alert.summary
    watch(NOW + DAY)
    assert Alert.objects.get(closed_at=None).severity == "critical"
    end_stop(BY, NOW + DAY)
    assert watch(NOW + DAY + HOUR)["closed"] == 1
    assert open_keys() == set()


@pytest.mark.django_db
def test_an_outcome_that_stays_unknown_calls_for_a_person() -> None:
    doubtful = letter(EmailState.UNKNOWN)
    tried = {"email": doubtful, "inbox": doubtful.inbox, "at": NOW, "data_at": NOW}
    Attempt.objects.create(**tried, outcome="unknown")
    open_inquiries(NOW)
    watch(NOW + DAY - timedelta(seconds=1))
    assert open_keys() == set()
    watch(NOW + DAY)
    assert open_keys() == {"outcome-unknown"}
    resolve(doubtful.public_id, sent=True, reason="the log says so", by=BY, now=NOW + DAY)
    watch(NOW + DAY)
    assert open_keys() == set()


@pytest.mark.django_db
def test_days_without_a_letter_are_noticed_only_if_letters_are_due() -> None:
    sent(NOW)
    watch(NOW + 4 * DAY)
    assert open_keys() == set()
    enrollment(prospect(), next_due_at=NOW)
    watch(NOW + 4 * DAY)
    assert open_keys() == {"silence"}
    sent(NOW + 4 * DAY)
    watch(NOW + 4 * DAY)
    assert open_keys() == set()


@pytest.mark.django_db
def test_three_failures_in_a_row_of_a_job_open_an_alert() -> None:
    job = Job.objects.create(name="read-inboxes", every_s=60, next_run_at=NOW)
    for ok in (True, False, False):
        JobRun.objects.create(job=job, trigger="schedule", started_at=NOW, ok=ok)
    watch(NOW)
    assert open_keys() == set()
    JobRun.objects.create(job=job, trigger="schedule", started_at=NOW, ok=False)
    JobRun.objects.create(job=job, trigger="schedule", started_at=NOW, ok=None)
    watch(NOW)
    assert open_keys() == {"job-failing:read-inboxes"}


@pytest.mark.django_db
def test_cleaning_removes_history_and_never_letters_or_the_audit_log() -> None:
    job = Job.objects.create(name="watch", every_s=60, next_run_at=NOW)
    for age in (29, 31):
        JobRun.objects.create(job=job, trigger="schedule", started_at=NOW - age * DAY)
    record_error("old", "old", now=NOW - 15 * DAY)
    record_error("new", "new", now=NOW - 13 * DAY)
    RememberedAnswer.objects.create(key="k", caller="c", fingerprint="f", created_at=NOW - 2 * DAY)
    sent(NOW - 900 * DAY)
    start_stop("long ago", BY, NOW - 900 * DAY)
    assert clean_up(NOW) == {"job_runs": 1, "errors": 1, "remembered_answers": 1, "heartbeats": 0}
    assert ErrorGroup.objects.get().type == "new"
    assert (Email.objects.count(), AuditEntry.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_backup_holds_what_was_committed_a_moment_ago(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MARKETING_AGENT_HOME", str(tmp_path))
    settings.cache_clear()
    record_error("sending", "still in the WAL", now=NOW)
    if connection.vendor != "sqlite":
        monkeypatch.setenv("PATH", "")
        with pytest.raises(BackupFailed, match="pg_dump is needed"):
            backup_before_migration(NOW)
    else:
        made = backup_before_migration(NOW)
        assert made is not None
        assert made.stat().st_mode & 0o777 == 0o600
        with closing(sqlite3.connect(made)) as copy:
            rows = copy.execute("SELECT message FROM operations_errorgroup").fetchall()
        assert rows == [("still in the WAL",)]
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.django_db
def test_the_schema_that_the_migrations_made_is_the_one_the_models_want() -> None:
    assert check_schema() == []


@pytest.mark.django_db
def test_a_lost_migration_a_strange_one_and_a_lost_column_are_each_told() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE operations_alert DROP COLUMN proposal")
        assert check_schema() == [
            "The column operations_alert.proposal is missing. Restore a backup."
        ]
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('workers', '0999_of_tomorrow', '2026-01-01')"
        )
        assert "newer than this program" in check_migrations()[0]
        cursor.execute("DELETE FROM django_migrations WHERE app = 'workers'")
        assert "lacks the migration workers.0001_initial" in check_migrations()[0]
        cursor.execute("DELETE FROM django_migrations")
        assert "marketing-agent init" in check_migrations()[0]
