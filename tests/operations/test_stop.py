import threading

import pytest
from django.db import connections

from marketing_agent.accounts.models import AuditEntry
from marketing_agent.operations.actions import end_stop, set_switch, start_stop
from marketing_agent.operations.config import read
from marketing_agent.operations.models import Stop
from marketing_agent.operations.stop import current_stop
from operations.world import BY, HOUR, NOW


@pytest.mark.django_db
def test_a_stop_is_a_record_of_who_when_and_why() -> None:
    start_stop("letters to the wrong list", BY, NOW)
    stop = current_stop()
    assert stop is not None
    assert (stop.started_by, stop.started_at, stop.reason) == (
        "ada",
        NOW,
        "letters to the wrong list",
    )
    assert read("emergency_stop") is True


@pytest.mark.django_db
def test_stopping_twice_keeps_the_first_stop() -> None:
    first = start_stop("one", BY, NOW)
    assert start_stop("two", BY, NOW + HOUR).pk == first.pk
    assert Stop.objects.count() == 1
    assert AuditEntry.objects.filter(action="stop.start").count() == 1


@pytest.mark.django_db
def test_the_switch_and_the_record_are_one_thing() -> None:
    set_switch("emergency_stop", True, BY, NOW)
    assert current_stop() is not None
    set_switch("emergency_stop", False, BY, NOW + HOUR)
    set_switch("emergency_stop", False, BY, NOW + HOUR)
    assert current_stop() is None
    assert Stop.objects.get().ended_at == NOW + HOUR
    assert AuditEntry.objects.filter(action="stop.end").count() == 1


@pytest.mark.django_db
def test_ending_no_stop_gives_none() -> None:
    assert end_stop(BY, NOW) is None


@pytest.mark.django_db(transaction=True)
def test_many_who_stop_at_once_make_one_stop() -> None:
    found: list[int] = []
    together = threading.Barrier(8)

    def stop() -> None:
        together.wait()
        found.append(start_stop("at once", BY, NOW).pk)
        connections.close_all()

    threads = [threading.Thread(target=stop) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert set(found) == {Stop.objects.get().pk}
