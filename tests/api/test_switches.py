"""Switches, the stop, and jobs run by hand."""

import json

import pytest

from api.world import NOW, Asker
from marketing_agent.api.resources import jobs
from marketing_agent.operations.config import SWITCHES
from marketing_agent.operations.stop import current_stop
from marketing_agent.workers.claim import claim_now

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("value", [True, False])
def test_the_stop_is_answered_exactly(value: bool, admin: Asker) -> None:
    body = json.dumps({"key": "emergency_stop", "value": value}).encode()
    assert admin.ask("POST", "/api/config", raw=body, kind=FORM).status_code == 200
    assert (current_stop() is not None) is value
    response = admin.get("/api/config/emergency_stop")
    expected = b'{"emergency_stop": true}' if value else b'{"emergency_stop": false}'
    assert response.content == expected


def test_every_switch_is_listed(admin: Asker) -> None:
    found = admin.json("GET", "/api/config")
    assert set(found) == set(SWITCHES)
    assert found["emergency_stop"] is False
    assert found["max_emails_per_run"] is None


def test_setting_the_same_value_again_is_no_error(admin: Asker) -> None:
    for _ in range(2):
        found = admin.json("POST", "/api/config", {"key": "max_emails_per_run", "value": 1})
        assert found == {"max_emails_per_run": 1}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("emergency_stop", "false"),
        ("emergency_stop", 0),
        ("emergency_stop", None),
        ("max_emails_per_run", -1),
        ("max_emails_per_run", 1.5),
        ("max_emails_per_run", True),
        ("max_emails_per_run", 2**62),
        ("booking_link", "javascript:alert(1)"),
    ],
)
def test_a_value_of_another_type_is_refused(key: str, value: object, admin: Asker) -> None:
    assert admin.post("/api/config", {"key": key, "value": value}).status_code == 422


def test_an_unknown_switch_is_not_found(admin: Asker) -> None:
    assert admin.get("/api/config/nothing").status_code == 404
    assert admin.post("/api/config", {"key": "nothing", "value": 1}).status_code == 404


def test_stop_and_resume(admin: Asker) -> None:
    found = admin.json("POST", "/api/stop", {"reason": "complaints"})
    assert found["emergency_stop"] is True
    assert found["stop"]["reason"] == "complaints"
    assert found["stop"]["started_by"] == "tester"
    assert found["stop"]["effective_at"] is not None
    assert (found["senders"], found["stop"]["past_data"]) == ({"acknowledged": 0, "expired": 0}, 0)
    found = admin.json("POST", "/api/resume", {"max_per_run": 1})
    assert found == {
        "emergency_stop": False,
        "stop": None,
        "resumption": None,
        "max_emails_per_run": 1,
    }


def test_resuming_gradually_begins_with_one_letter(admin: Asker) -> None:
    admin.json("POST", "/api/stop")
    found = admin.json("POST", "/api/resume", {"gradually": True})
    assert (found["emergency_stop"], found["max_emails_per_run"]) == (False, 1)
    assert (found["resumption"]["step"], found["resumption"]["usual"]) == (0, None)


def test_gradually_and_a_cap_are_one_too_many(admin: Asker) -> None:
    response = admin.post("/api/resume", {"gradually": True, "max_per_run": 3})
    assert response.status_code == 422


def test_stop_and_resume_need_no_body(admin: Asker) -> None:
    assert admin.json("POST", "/api/stop")["emergency_stop"] is True
    assert admin.json("POST", "/api/stop")["emergency_stop"] is True
    assert admin.json("POST", "/api/resume")["emergency_stop"] is False
    assert admin.json("POST", "/api/resume")["emergency_stop"] is False


def test_under_the_stop_a_send_cycle_answers_200_with_everything_refused(admin: Asker) -> None:
    admin.json("POST", "/api/stop")
    found = admin.json("POST", "/cron/send-emails")
    assert found["sent"] == 0
    assert "emergency_stop" in found["refused"]


def test_a_job_that_runs_elsewhere_is_409(admin: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PATIENCE_S", 0.01)
    assert claim_now("rescue", "another worker", NOW) is not None
    response = admin.post("/cron/rescue")
    assert response.status_code == 409
    assert json.loads(response.content)["retryable"] is True


def test_an_unknown_job_is_not_found(admin: Asker) -> None:
    assert admin.post("/cron/nothing").status_code == 404


def test_jobs_show_their_schedule_and_last_run(admin: Asker) -> None:
    admin.json("POST", "/cron/rescue")
    rows = {row["name"]: row for row in admin.json("GET", "/api/jobs")["jobs"]}
    assert rows["rescue"]["runs"] == 1
    assert rows["rescue"]["last_success_at"] is not None
    assert rows["rescue"]["running"] is False
    assert rows["send-emails"]["every_s"] == 60
