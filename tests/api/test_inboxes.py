"""Inboxes and their credentials over HTTP."""

import json

import pytest

from api.world import SECRET, Asker, World

NEW = {
    "email": "new@example.com",
    "warmup_enabled": True,
    "warmup_start_date": "2025-01-01",
    "daily_limit": 5,
}


def secret(admin: Asker) -> None:
    value = SECRET.format(address="new@example.com")
    admin.json("PUT", "/api/secrets/SMTP_INBOX_4", {"value": value})


def test_an_inbox_shows_what_it_may_do_and_what_bounds_it(admin: Asker) -> None:
    (row,) = admin.json("GET", "/api/inboxes")["inboxes"]
    assert row["address"] == "inbox1@example.com"
    assert row["status"] == "active"
    assert row["pause"] is None
    assert (row["effective_limit"], row["bound_by"], row["warmup_week"]) == (5, "warm_up", 1)
    assert row["sent_today"] == 2
    assert row["health"]["band"] == "unknown"


def test_an_inbox_is_added_from_its_secret(admin: Asker) -> None:
    assert admin.post("/api/inboxes", NEW).status_code == 422
    secret(admin)
    assert admin.post("/api/inboxes", NEW).status_code == 201
    assert admin.post("/api/inboxes", NEW).status_code == 200
    assert admin.post("/api/inboxes", NEW | {"daily_limit": 6}).status_code == 409


def test_an_inbox_is_changed(admin: Asker) -> None:
    body = {"inbox": "inbox1@example.com", "daily_limit": 3}
    for _ in range(2):
        row = admin.json("POST", "/api/inboxes/update", body)
        assert (row["daily_limit"], row["effective_limit"], row["bound_by"]) == (
            3,
            3,
            "daily_limit",
        )


@pytest.mark.parametrize(
    "change",
    [
        {"daily_limit": "10"},
        {"daily_limit": -1},
        {"daily_limit": 2**40},
        {"zone": "Nowhere/Land"},
        {"window_start": "25:00"},
        {"window_days": "9"},
        {"warmup_start_date": "soon"},
        {"address": "other@example.com"},
    ],
)
def test_a_setting_that_cannot_be_is_refused(change: dict[str, object], admin: Asker) -> None:
    body = {"inbox": "inbox1@example.com"} | change
    assert admin.post("/api/inboxes/update", body).status_code == 422


def test_an_inbox_is_paused_and_resumed(admin: Asker) -> None:
    order = {"inbox": "inbox1@example.com", "reason": "a blocklist", "until": "2025-03-10"}
    row = admin.json("POST", "/api/inboxes/pause", order)
    assert row["status"] == "paused"
    assert row["pause"]["reason"] == "a blocklist"
    assert row["pause"]["until"] == "2025-03-10T00:00:00Z"
    assert row["remaining_today"] == 0
    row = admin.json("POST", "/api/inboxes/resume", {"inbox": "inbox1@example.com"})
    assert (row["status"], row["pause"]) == ("active", None)


def test_a_pause_does_not_end_in_the_past(admin: Asker) -> None:
    order = {"inbox": "inbox1@example.com", "reason": "x", "until": "2025-03-01"}
    assert admin.post("/api/inboxes/pause", order).status_code == 422


@pytest.mark.parametrize("verb", ["update", "pause", "resume"])
def test_an_unknown_inbox_is_not_found(verb: str, admin: Asker) -> None:
    body = {"inbox": "nobody@example.com"} | ({"reason": "x"} if verb == "pause" else {})
    assert admin.post(f"/api/inboxes/{verb}", body).status_code == 404


@pytest.mark.enable_socket
def test_a_trial_answers_200_with_a_verdict_for_each_protocol(admin: Asker) -> None:
    for address in ("inbox1@example.com", "nobody@example.com", "no address"):
        found = admin.json("POST", "/api/inboxes/test", {"inbox": address})
        assert found["ok"] is False
        assert found["smtp"]["ok"] is not True
        assert found["smtp"]["said"]
        assert found["imap"]["said"]


def test_health_shows_its_factors(admin: Asker) -> None:
    (row,) = admin.json("GET", "/api/inboxes/health")["inboxes"]
    assert {each["name"] for each in row["factors"]} == {"bounce", "complaint", "reply", "age"}
    assert row["factors"][0]["weight"] == 0.4
    assert row["trend"] == []


def test_reading_that_never_happened_is_shown_as_such(admin: Asker) -> None:
    (row,) = admin.json("GET", "/api/inboxes/imap-status")["inboxes"]
    assert row["connected"] is False
    assert row["last_poll"] is None
    assert row["lag_s"] is None


def test_a_secret_goes_in_and_never_comes_out(admin: Asker, world: World) -> None:
    del world
    secret(admin)
    listed = admin.get("/api/secrets")
    assert b"pass|word" not in listed.content
    rows = {row["name"]: row for row in json.loads(listed.content)["secrets"]}
    assert rows["SMTP_INBOX_4"]["address"] == "new@example.com"
    assert b"pass|word" not in admin.get("/api/audit").content
    assert admin.json("DELETE", "/api/secrets/SMTP_INBOX_4")["changed"] is True
    assert admin.json("DELETE", "/api/secrets/SMTP_INBOX_4")["changed"] is False


@pytest.mark.parametrize("value", ["", "nonsense", "a|b", 7, None])
def test_a_secret_that_cannot_be_used_is_refused(value: object, admin: Asker) -> None:
    response = admin.ask("PUT", "/api/secrets/SMTP_INBOX_4", {"value": value})
    assert response.status_code == 422
