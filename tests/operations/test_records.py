import threading

import pytest
from django.db import connections

from marketing_agent.operations.actions import close_alert, open_alert, record_error
from marketing_agent.operations.errors import last_words
from marketing_agent.operations.models import Alert, ErrorGroup
from operations.world import HOUR, NOW


@pytest.mark.django_db
def test_errors_that_differ_in_numbers_and_ids_are_one_group() -> None:
    record_error("reply_processing", "item 17 at 0xdeadbeef failed", subject="17", now=NOW)
    again = record_error(
        "reply_processing", "item 18 at 0xcafebabe failed", subject="18", now=NOW + HOUR
    )
    assert (again.count, again.first_seen, again.last_seen) == (2, NOW, NOW + HOUR)
    assert (again.subject, again.message) == ("18", "item 18 at 0xcafebabe failed")


@pytest.mark.django_db
def test_errors_of_another_type_or_kind_stay_apart() -> None:
    record_error("reply_processing", "failed", now=NOW)
    record_error("enrichment", "failed", now=NOW)
    record_error("reply_processing", "failed otherwise", now=NOW)
    assert ErrorGroup.objects.count() == 3


@pytest.mark.django_db
def test_an_error_of_any_length_fits() -> None:
    group = record_error("t" * 99, "m" * 9999, subject="s" * 999, sample="x" * 99_999, now=NOW)
    group.refresh_from_db()
    assert (len(group.message), len(group.subject), len(group.sample)) == (1000, 300, 20_000)


@pytest.mark.django_db(transaction=True)
def test_no_error_is_lost_when_many_record_it_at_once() -> None:
    together = threading.Barrier(6)

    def record() -> None:
        together.wait()
        record_error("sending", "the same", now=NOW)
        connections.close_all()

    threads = [threading.Thread(target=record) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ErrorGroup.objects.get().count == 6


def test_the_last_words_of_a_traceback_name_the_exception() -> None:
    trace = (
        'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    raise X from other\n'
        "psycopg.errors.DiskFull: the disk is full\nDETAIL:  of letters\nCONTEXT:  a function\n"
    )
    assert last_words(trace) == "psycopg.errors.DiskFull: the disk is full"
    assert last_words('Traceback\n  File "a.py"\n    g()\nKeyError\n') == "KeyError"
    assert last_words("no traceback at all\n") == "no traceback at all"


@pytest.mark.django_db
def test_an_alert_is_open_once_and_may_open_again_after_it_closed() -> None:
    first = open_alert("blocks", "warning", "two blocks", evidence={"blocks": 2}, now=NOW)
    same = open_alert("blocks", "critical", "three blocks", now=NOW + HOUR)
    assert same.pk == first.pk
    assert (same.severity, same.opened_at, same.last_seen_at) == ("critical", NOW, NOW + HOUR)
    assert close_alert("blocks", NOW + HOUR)
    assert not close_alert("blocks", NOW + HOUR)
    assert open_alert("blocks", "warning", "again", now=NOW + 2 * HOUR).pk != first.pk
    assert Alert.objects.count() == 2
