"""Every call answers, in the shape that the contract promises."""

import json

import pytest

from api.calls import ELSEWHERE, Call, calls, lists, reads, writes
from api.world import Asker, World

PLURALS = {"/api/retry-queue": "emails", "/api/bounces/recent": "bounces", "/api/inbox": "items"}
PLURALS |= {"/api/audit": "entries"}
PLAIN_TEXT = {"/metrics"}


def plural(path: str) -> str:
    return PLURALS.get(path, path.rpartition("/")[2])


@pytest.mark.parametrize("call", reads(), ids=str)
def test_every_read_answers(call: Call, admin: Asker, world: World) -> None:
    response = admin.get(call.url(world))
    assert response.status_code == 200, response.content
    assert response["Cache-Control"] == "no-store"
    if call.path not in PLAIN_TEXT:
        assert response["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", ""])
@pytest.mark.parametrize(
    "call", [each for each in writes() if (each.method, each.path) not in ELSEWHERE], ids=str
)
def test_every_write_answers_whatever_its_content_type_says(
    call: Call, kind: str, admin: Asker, world: World
) -> None:
    response = admin.ask(call.method, call.url(world), call.body, kind=kind)
    assert response.status_code in {200, 201}, response.content


@pytest.mark.parametrize("call", lists(), ids=str)
def test_a_list_has_its_rows_under_their_plural(call: Call, admin: Asker, world: World) -> None:
    found = admin.json("GET", call.url(world))
    rows = found[plural(call.path)]
    assert rows, "the world holds one of each"
    assert found["count"] == len(rows)
    assert found["total"] == found["count"]
    assert found["next"] is None


@pytest.mark.parametrize("call", lists(), ids=str)
@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "cursor=nonsense", "cursor="])
def test_a_list_refuses_bounds_beyond_its_own(
    call: Call, query: str, admin: Asker, world: World
) -> None:
    assert admin.get(f"{call.url(world)}?{query}").status_code == 422


@pytest.mark.parametrize("call", reads(), ids=str)
def test_a_filter_that_is_not_known_is_refused(call: Call, admin: Asker, world: World) -> None:
    url = call.url(world)
    response = admin.get(f"{url}{'&' if '?' in url else '?'}stagee=ready")
    assert response.status_code == 422
    found = json.loads(response.content)
    assert found["code"] == "unknown_parameter"
    assert "stagee" in found["detail"]


def test_what_is_left_to_other_tests_exists() -> None:
    assert set(ELSEWHERE) <= {(each.method, each.path) for each in calls()}
