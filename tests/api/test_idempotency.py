"""Idempotency-Key: the second call changes nothing and is answered as the first."""

import json

import pytest

from api.world import Asker, token
from marketing_agent.accounts.models import AuditEntry, RememberedAnswer
from marketing_agent.operations.stop import current_stop

TOKEN = {"name": "second", "scope": "read"}
LIFT = {"key": "competitor.example", "reason": "a friend now"}


def test_the_same_key_again_gets_the_first_answer(admin: Asker) -> None:
    first = admin.post("/api/suppressions/lift", LIFT, Idempotency_Key="k1")
    again = admin.post("/api/suppressions/lift", LIFT, Idempotency_Key="k1")
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    assert AuditEntry.objects.filter(action="suppression.lift").count() == 1


def test_a_key_on_another_call_is_refused(admin: Asker) -> None:
    admin.post("/api/suppressions/lift", LIFT, Idempotency_Key="k1")
    response = admin.post("/api/suppressions/lift", LIFT | {"reason": "b"}, Idempotency_Key="k1")
    assert response.status_code == 422
    assert json.loads(response.content)["code"] == "idempotency_key_reused"


def test_a_refused_call_may_be_mended_under_its_key(admin: Asker) -> None:
    assert admin.post("/api/config", {"key": "x"}, Idempotency_Key="k1").status_code == 422
    mended = {"key": "max_emails_per_run", "value": 1}
    assert admin.post("/api/config", mended, Idempotency_Key="k1").status_code == 200


def test_callers_do_not_share_their_keys(admin: Asker, stranger: Asker) -> None:
    stranger.token = token("operate", "other")
    cap = {"key": "max_emails_per_run", "value": 1}
    assert admin.post("/api/config", cap, Idempotency_Key="k1").status_code == 200
    cap["value"] = 2
    assert stranger.post("/api/config", cap, Idempotency_Key="k1").status_code == 200


def test_while_the_first_call_runs_the_second_waits_its_turn(admin: Asker) -> None:
    admin.post("/api/suppressions/lift", LIFT, Idempotency_Key="k1")
    RememberedAnswer.objects.update(status=None)
    response = admin.post("/api/suppressions/lift", LIFT, Idempotency_Key="k1")
    assert response.status_code == 409
    assert json.loads(response.content)["retryable"] is True


@pytest.mark.parametrize(
    ("path", "body"),
    [("/api/stop", {"reason": "a"}), ("/api/config", {"key": "emergency_stop", "value": True})],
)
def test_a_stop_is_never_answered_from_memory(
    admin: Asker, path: str, body: dict[str, object]
) -> None:
    admin.post(path, body, Idempotency_Key="halt")
    admin.post("/api/resume")
    assert current_stop() is None
    assert admin.post(path, body, Idempotency_Key="halt").status_code == 200
    assert current_stop() is not None


def test_a_key_of_another_form_is_refused(admin: Asker) -> None:
    for key in ("", "a b", "x" * 201, "é"):
        assert admin.post("/api/stop", Idempotency_Key=key).status_code == 422


def test_the_memory_holds_no_token(admin: Asker) -> None:
    made = json.loads(admin.post("/api/tokens", TOKEN, Idempotency_Key="k1").content)
    again = json.loads(admin.post("/api/tokens", TOKEN, Idempotency_Key="k1").content)
    assert made["token"].startswith("ma_")
    assert again == made | {"token": None}
    assert made["token"] not in RememberedAnswer.objects.get().body
