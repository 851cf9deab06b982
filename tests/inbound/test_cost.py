"""What working through mail costs the database, and that it hurries nobody else's commits."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from inbound.scene import a_scene, answer, receive
from marketing_agent.store.repeatable import repeatable

ASK = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}
DURABLE = {"sqlite": 2, "postgresql": "on"}
HURRIED = {"sqlite": 1, "postgresql": "off"}


def durability() -> object:
    with connection.cursor() as cursor:
        cursor.execute(ASK[connection.vendor])
        return cursor.fetchone()[0]


@pytest.fixture
def durable() -> object:
    """Let a PostgreSQL of the tests, which forgets for speed, begin as a real one does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit'")
            return cursor.fetchone()[0]
    return DURABLE[connection.vendor]


@pytest.mark.django_db
def test_a_reply_costs_a_handful_of_queries_however_many_come_together() -> None:
    raws = []
    for number in range(20):
        sender = f"nina{number}@hotel{number}.example"
        raws.append(answer(a_scene(sender).letter, "Yes, gladly.", sender=sender))
    with CaptureQueriesContext(connection) as captured:
        items = receive(*raws)
    assert {each.kind for each in items} == {"reply"}
    writes = [each["sql"] for each in captured if each["sql"].startswith(("UPDATE", "INSERT"))]
    assert len(writes) / len(items) < 8
    assert len(captured) / len(items) < 17


@pytest.mark.django_db(transaction=True)
def test_commits_wait_for_the_disk_again_after_repeatable_work(durable: object) -> None:
    with repeatable():
        assert durability() == HURRIED[connection.vendor]
    assert durability() == durable
    with pytest.raises(ValueError, match="a bug"), repeatable():
        raise ValueError("a bug")
    assert durability() == durable


@pytest.mark.django_db(transaction=True)
def test_somebody_else_s_transaction_stays_durable(durable: object) -> None:
    with transaction.atomic(), repeatable():
        assert durability() == durable
