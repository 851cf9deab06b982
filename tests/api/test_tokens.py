"""Tokens over HTTP."""

from api.world import Asker


def test_a_token_is_shown_once_and_works_at_once(admin: Asker, stranger: Asker) -> None:
    made = admin.json("POST", "/api/tokens", {"name": "reader", "scope": "read"})
    stranger.token = made["token"]
    assert stranger.get("/api/stats").status_code == 200
    assert made["token"].encode() not in admin.get("/api/tokens").content


def test_a_revoked_token_works_no_more(admin: Asker, stranger: Asker) -> None:
    made = admin.json("POST", "/api/tokens", {"name": "reader"})
    stranger.token = made["token"]
    for _ in range(2):
        assert admin.json("DELETE", "/api/tokens/reader")["revoked_at"] is not None
    assert stranger.get("/api/stats").status_code == 401
    assert admin.ask("DELETE", "/api/tokens/nobody").status_code == 404


def test_a_token_that_has_expired_already_is_refused(admin: Asker) -> None:
    body = {"name": "late", "expires_at": "2025-01-01T00:00:00Z"}
    assert admin.post("/api/tokens", body).status_code == 422
