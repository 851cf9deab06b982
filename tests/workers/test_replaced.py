"""A database file that is replaced under a running worker."""

import threading

import pytest
from django.db import connection, connections

from api.world import Asker, token
from marketing_agent.operations.actions import start_stop
from marketing_agent.operations.models import Stop
from marketing_agent.store.replaced import reconnect_if_replaced
from operations.world import BY, NOW
from store_copies import keep_copy, put_back

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_thread_goes_on_with_the_file_that_is_there_now() -> None:
    old = keep_copy()
    start_stop("written after the copy was made", BY, NOW)
    looked, replaced = threading.Event(), threading.Event()
    seen: list[object] = []

    def work() -> None:
        reconnect_if_replaced()
        seen.append(Stop.objects.count())
        if connection.vendor != "sqlite":
            connections.close_all()  # PostgreSQL lets nobody drop a database that is in use
        looked.set()
        replaced.wait(5)
        seen.append(reconnect_if_replaced())
        seen.append(Stop.objects.count())
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    looked.wait(5)
    put_back(old)
    replaced.set()
    thread.join()
    assert seen == [1, connection.vendor == "sqlite", 0]


def test_a_file_that_stays_is_no_reason_to_connect_anew() -> None:
    reconnect_if_replaced()
    assert not reconnect_if_replaced()


def test_a_request_to_a_web_server_that_runs_on_writes_to_the_file_that_is_there_now() -> None:
    bearer = token()
    old = keep_copy()
    asked, replaced = threading.Event(), threading.Event()

    def serve() -> None:
        client = Asker(bearer)
        assert client.get("/api/stop").status_code == 200
        if connection.vendor != "sqlite":
            connections.close_all()  # as above
        asked.set()
        replaced.wait(5)
        client.post("/api/stop", {"reason": "a doubt"})
        connections.close_all()

    thread = threading.Thread(target=serve)
    thread.start()
    asked.wait(5)
    put_back(old)
    replaced.set()
    thread.join()
    assert Stop.objects.get(ended_at=None).reason == "a doubt"
