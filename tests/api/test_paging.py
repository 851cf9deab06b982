"""Keyset paging: every row once, however rows come and go; totals that stay cheap."""

from datetime import timedelta
from typing import Any

import pytest

from api.world import NOW, Asker, World, letter
from marketing_agent.accounts.models import AuditEntry
from marketing_agent.api import paging
from marketing_agent.engine.values import EmailState
from marketing_agent.operations.models import ErrorGroup


def walk(admin: Asker, path: str, plural: str) -> list[dict[str, Any]]:
    """Follow `next` to the end."""
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        found = admin.json("GET", f"{path}{cursor}")
        rows += found[plural]
        if found["next"] is None:
            return rows
        assert len(found[plural]) == 2
        cursor = f"&cursor={found['next']}"


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_give_every_row_once_and_in_order(order: str, admin: Asker, world: World) -> None:
    for step in range(4, 8):
        letter(world.inbox, world.prospect, world.campaign, EmailState.CANCELLED, step)
    rows = walk(admin, f"/api/emails?limit=2&order={order}", "emails")
    steps = [row["step"] for row in rows]
    assert steps == sorted(range(1, 8), reverse=order == "desc")


def test_a_row_that_comes_meanwhile_moves_no_other(admin: Asker, world: World) -> None:
    first = admin.json("GET", "/api/emails?limit=2")
    letter(world.inbox, world.prospect, world.campaign, EmailState.CANCELLED, 9)
    second = admin.json("GET", f"/api/emails?limit=2&cursor={first['next']}")
    steps = [row["step"] for row in first["emails"] + second["emails"]]
    assert steps == [3, 2, 1]


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_errors_stand_in_the_order_in_which_they_were_last_seen(order: str, admin: Asker) -> None:
    for number, minutes in enumerate((5, 1, 3, 3, 2)):
        at = NOW + timedelta(minutes=minutes)
        ErrorGroup.objects.create(
            type="t", fingerprint=str(number), message="m", first_seen=at, last_seen=at
        )
    rows = walk(admin, f"/api/errors?type=t&limit=2&order={order}", "errors")
    seen = [row["last_seen"] for row in rows]
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=order == "desc")


def test_a_total_is_exact_while_it_is_small(admin: Asker) -> None:
    found = admin.json("GET", "/api/emails?limit=1")
    assert (found["total"], found["total_exact"]) == (3, True)


def test_a_large_total_is_estimated_without_counting(
    admin: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [AuditEntry(at=NOW, actor="crowd", origin="x", action="x") for _ in range(30)]
    AuditEntry.objects.bulk_create(entries)
    monkeypatch.setattr(paging, "COUNTED", 20)
    unfiltered = admin.json("GET", "/api/audit?limit=1")
    assert unfiltered["total_exact"] is False
    assert unfiltered["total"] == AuditEntry.objects.count()
    filtered = admin.json("GET", "/api/audit?limit=1&actor=crowd")
    assert (filtered["total"], filtered["total_exact"]) == (20, False)


def test_a_cursor_of_another_list_is_refused(admin: Asker, world: World) -> None:
    del world
    cursor = admin.json("GET", "/api/emails?limit=1")["next"]
    assert admin.get(f"/api/errors?cursor={cursor}").status_code == 422
