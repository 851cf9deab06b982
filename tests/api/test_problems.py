"""How the API says no: problem documents, ids, and never a 500 for what somebody sent."""

import json

import pytest
from django.db import OperationalError, connection

from api.calls import Call, calls, writes
from api.world import Asker, World
from marketing_agent.api.problems import MEDIA_TYPE
from marketing_agent.api.resources import stats

HOSTILE = {
    "not JSON": b"{",
    "no UTF-8": b'{"key": "\xff"}',
    "NUL": b'{"key": "a\\u0000b", "value": 1, "reason": "\\u0000"}',
    "lone surrogate": b'{"key": "\\ud800", "reason": "\\udc00"}',
    "huge integer": b'{"key": "max_emails_per_run", "value": ' + b"9" * 400 + b"}",
    "longest integer": b'{"value": ' + b"9" * 5000 + b"}",
    "infinite": b'{"key": "max_emails_per_run", "value": 1e999}',
    "NaN": b'{"key": "max_emails_per_run", "value": NaN}',
    "deep": b"[" * 100_000,
    "nested": b'{"value": ' + b"[" * 60 + b"]" * 60 + b"}",
    "a list": b"[]",
    "a text": b'"key"',
    "null": b"null",
    "a number": b"7",
    "wrong types": b'{"key": [], "value": {}, "inbox": 3, "name": {}, "reason": [1], "steps": 1}',
    "unknown fields": b'{"no_such_field": 1}',
    "empty object": b"{}",
}


PATHS = ["x", "%F0%9F%92%A3", "%FF%FE", "a%2Fb", "..", "9" * 400, "%ED%A0%80", "a b", "%25s"]


@pytest.mark.parametrize("call", writes(), ids=str)
def test_nothing_that_is_sent_is_answered_with_500(call: Call, admin: Asker, world: World) -> None:
    for name, body in HOSTILE.items():
        response = admin.ask(call.method, call.url(world), raw=body)
        assert response.status_code < 500, (name, response.content)
        if response.status_code >= 400:
            assert response["Content-Type"] == MEDIA_TYPE


@pytest.mark.parametrize("call", [each for each in calls() if "{" in each.path], ids=str)
def test_nothing_in_a_path_is_answered_with_500(call: Call, admin: Asker) -> None:
    for value in PATHS:
        path = call.path.split("{")[0] + value + call.path.partition("}")[2]
        assert admin.ask(call.method, path, call.body).status_code < 500, value


@pytest.mark.parametrize(
    "query",
    [
        "since=0001-01-01T00:00:00%2B14:00",
        "since=9999-12-31T23:59:59-14:00",
        "since=99999999999999999999",
        "since=now",
        "since=2025-02-30",
        "limit=99999999999999999999999",
        "limit=-1",
        "limit=5&limit=x",
        "cursor=%F0%9F%92%A3",
        "cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTkg",
        "cursor=MSBub3doZXJl",
        "inbox=nobody@example.com",
        "inbox=no-address",
        "prospect=nobody",
        "status=nonsense",
        "status=",
        "order=up",
    ],
)
def test_nothing_in_a_query_is_answered_with_500(query: str, admin: Asker) -> None:
    response = admin.get(f"/api/emails?{query}")
    assert response.status_code == 422, response.content


@pytest.mark.parametrize("query", ["q=%00", "%00=1"])
def test_a_nul_in_the_address_is_refused(query: str, admin: Asker) -> None:
    assert admin.get(f"/api/prospects?{query}").status_code == 400


def test_a_problem_says_what_where_and_whether_to_try_again(admin: Asker) -> None:
    response = admin.post("/api/config", {"key": "max_emails_per_run", "value": "many"})
    assert response.status_code == 422
    found = json.loads(response.content)
    assert found["title"] == "Unprocessable Entity"
    assert found["status"] == 422
    assert found["code"] == "bad_switch_value"
    assert found["retryable"] is False
    assert found["instance"] == "/api/config"
    assert found["request_id"] == response["X-Request-Id"]
    assert "max_emails_per_run" in found["detail"]


def test_validation_names_each_field(admin: Asker) -> None:
    found = json.loads(admin.post("/api/inboxes/update", {"daily_limit": -1}).content)
    assert {each["field"] for each in found["errors"]} == {"inbox", "daily_limit"}


def test_a_wrong_method_is_a_problem_too(admin: Asker) -> None:
    response = admin.ask("DELETE", "/api/stats")
    assert response.status_code == 405
    assert response["Allow"] == "GET"
    assert json.loads(response.content)["code"] == "method_not_allowed"


def test_a_path_that_leads_nowhere_is_a_problem_too(admin: Asker) -> None:
    response = admin.get("/api/nothing")
    assert response.status_code == 404
    assert json.loads(response.content)["code"] == "not_found"


def test_a_body_too_large_is_413(admin: Asker) -> None:
    response = admin.ask("POST", "/api/config", raw=b" " * 3_000_000)
    assert response.status_code == 413


@pytest.mark.parametrize("given", ["abc-1.2_3", "x" * 64])
def test_a_request_id_is_taken_and_returned(given: str, admin: Asker) -> None:
    assert admin.get("/api/stats", X_Request_Id=given)["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "a\tb", "é"])
def test_a_request_id_of_another_form_is_replaced(given: str, admin: Asker) -> None:
    returned = admin.get("/api/stats", X_Request_Id=given)["X-Request-Id"]
    assert returned != given
    assert len(returned) == 24


def test_head_answers_as_get_without_the_body(admin: Asker) -> None:
    response = admin.ask("HEAD", "/api/stats")
    assert response.status_code == 200
    assert response.content == b""


def test_every_answer_carries_the_security_headers(stranger: Asker, admin: Asker) -> None:
    for response in (stranger.get("/api/stats"), admin.get("/api/stats"), stranger.get("/login")):
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/api/stats", "/api/emails", "/metrics"])
def test_a_database_that_does_not_answer_is_503_and_retryable(path: str, admin: Asker) -> None:
    def silent(*_: object) -> None:
        raise OperationalError("the disk is gone")

    with connection.execute_wrapper(silent):
        response = admin.get(path)
        health = admin.get("/health")
    assert response.status_code == 503
    assert json.loads(response.content)["retryable"] is True
    assert health.status_code == 503
    assert json.loads(health.content)["dependencies"]["database"]["status"] == "failing"


def test_the_unforeseen_is_an_error_row_under_the_id_of_the_request(
    admin: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(now: object) -> dict[str, object]:
        raise LookupError(f"a bug at {now}")

    monkeypatch.setattr(stats, "stats", broken)
    response = admin.get("/api/stats", X_Request_Id="call-7")
    assert response.status_code == 500
    assert "bug" not in response.content.decode()
    (row,) = admin.json("GET", "/api/errors?type=request")["errors"]
    assert row["origin"] == "call-7"
    assert "LookupError" in row["message"]
