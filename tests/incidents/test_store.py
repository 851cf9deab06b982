"""What went wrong with databases: locks, memory, and two ways to write a time."""

import re
from datetime import UTC

import pytest
from django.apps import apps
from django.db import connection, models
from pydantic.fields import FieldInfo

from marketing_agent.mail.smtp_wire import PATIENT
from marketing_agent.outbox.claim import LEASE
from marketing_agent.settings import Settings, database_config
from outbox.mailroom import MailRoom
from style.sources import expect_none, product

pytestmark = pytest.mark.django_db
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: what was recorded survives a power cut
    "foreign_keys": 1,
    "mmap_size": 0,  # mapped pages read as gigabytes of our memory
    "cache_size": -8000,  # KiB, for each connection
}
STORED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?")
SCANNING = re.compile(r"__i?(?:startswith|contains|endswith|regex|iexact)\b")
MAY_SCAN = {
    "prospects/finding.py": "PostgreSQL's index on beginnings; a range on SQLite",
    "campaigns/actions/enrolling.py": "among the enrollments of given prospects",
    "outbox/models/letters.py": "a constraint, asked of one row as it is written",
    "inbound/actions/notices.py": "among the notices of a week that nobody was told of",
    "inbound/last_look.py": "among the few mails that nothing has been made of",
}


def test_every_connection_to_sqlite_is_set_up_for_many_writers() -> None:
    options = database_config("sqlite:////agent.sqlite3")["OPTIONS"]
    assert isinstance(options, dict)
    assert options["transaction_mode"] == "IMMEDIATE"
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for name, wanted in PRAGMAS.items():
                assert cursor.execute(f"PRAGMA {name}").fetchone() == (wanted,), name


@pytest.mark.enable_socket
def test_every_time_is_stored_in_one_form(room: MailRoom) -> None:
    room.inbox()
    room.campaign()
    room.people("anna")
    room.cycle()
    room.people("ben")
    room.claimed()
    with connection.cursor() as cursor:
        for column in moments():
            cursor.execute(
                f"SELECT {column.column} FROM {column.model._meta.db_table}"  # noqa: S608  our own names
            )
            expect_none(f"{column}: {at}" for (at,) in cursor.fetchall() if at and not is_one(at))


def moments() -> list[models.Field]:  # type: ignore[type-arg]  # Django's own fields
    """Give every column that holds a time."""
    kinds = [each._meta.local_concrete_fields for each in apps.get_models()]
    return [each for kind in kinds for each in kind if isinstance(each, models.DateTimeField)]


def is_one(at: object) -> bool:
    """Tell whether a column's raw value is a time in UTC in the form that the others have."""
    if connection.vendor == "sqlite":
        return STORED.fullmatch(str(at)) is not None
    return getattr(at, "tzinfo", None) is UTC


def test_a_letter_may_wait_for_its_server_for_less_than_half_its_lease() -> None:
    assert PATIENT.final * 2 < LEASE.total_seconds()


def test_no_setting_lets_a_letter_outlast_its_lease() -> None:
    most = {name: _most(field) for name, field in Settings.model_fields.items()}
    # The answer to DATA, the sending of the letter, the answer to its final dot.
    assert most["smtp_step_s"] + 2 * most["smtp_final_s"] < LEASE.total_seconds()


def _most(field: FieldInfo) -> float:
    return next((each.le for each in field.metadata if hasattr(each, "le")), 0)


def test_no_question_reads_a_whole_table_for_the_beginning_of_a_word() -> None:
    expect_none(
        str(each.path)
        for each in product()
        if SCANNING.search(each.text) and str(each.place) not in MAY_SCAN
    )


def test_nothing_is_served_over_asgi() -> None:
    expect_none(str(each.path) for each in product() if "asgi" in each.text.lower())
