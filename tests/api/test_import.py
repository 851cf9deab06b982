"""Importing a CSV file over HTTP."""

import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from api.world import Asker, World, letter
from marketing_agent.api import uploads
from marketing_agent.engine.values import EmailState
from marketing_agent.prospects.models import Prospect

CSV = b"email,company,city\nbob@werk.example,Werk,Kiel\nsales@werk.example,Werk,Kiel\n"


@pytest.fixture(autouse=True)
def _sandbox(installed: Callable[..., None]) -> None:
    installed(SANDBOX="1")  # where test domains may enter


def upload(admin: Asker, name: str, content: bytes) -> tuple[int, dict[str, object]]:
    file = SimpleUploadedFile(name, content, "text/csv")
    headers = {"Authorization": f"Bearer {admin.token}", "Host": "127.0.0.1"}
    response = admin.client.post("/api/prospects/import", {"file": file}, headers=headers)
    return response.status_code, json.loads(response.content)


def raw(admin: Asker, content: bytes, kind: str, query: str = "") -> tuple[int, dict[str, object]]:
    path = f"/api/prospects/import{query}"
    response = admin.ask("POST", path, raw=content, kind=kind, Host="127.0.0.1")
    return response.status_code, json.loads(response.content)


@pytest.mark.parametrize("kind", ["text/csv", "application/x-www-form-urlencoded", ""])
def test_a_file_is_taken_as_the_body(kind: str, admin: Asker) -> None:
    status, found = raw(admin, CSV, kind)
    assert status == 200, found
    assert (found["rows"], found["imported"], found["refused"]) == (2, 1, 1)
    assert Prospect.objects.filter(address_key="bob@werk.example").exists()


def test_a_file_is_taken_from_a_form(admin: Asker) -> None:
    status, found = upload(admin, "leads.csv", CSV)
    assert status == 200, found
    assert found["imported"] == 1


def test_the_same_file_again_changes_nothing(admin: Asker) -> None:
    upload(admin, "leads.csv", CSV)
    _, found = upload(admin, "leads.csv", CSV)
    assert (found["imported"], found["duplicates"]) == (0, 1)


def test_a_rehearsal_changes_nothing(admin: Asker) -> None:
    status, found = raw(admin, CSV, "text/csv", "?dry_run=true")
    assert status == 200
    assert (found["imported"], found["run_id"]) == (1, None)
    assert not Prospect.objects.filter(address_key="bob@werk.example").exists()


def test_a_file_too_large_is_refused(admin: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 10)
    assert raw(admin, CSV, "text/csv")[0] == 413
    assert upload(admin, "leads.csv", CSV)[0] == 413


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"a;b\n1;2\n", b"\xff\xfe"])
def test_what_is_no_list_of_prospects_is_refused(content: bytes, admin: Asker) -> None:
    status, found = raw(admin, content, "text/csv")
    assert status == 422, found


def test_a_form_without_a_file_is_refused(admin: Asker) -> None:
    headers = {"Authorization": f"Bearer {admin.token}", "Host": "127.0.0.1"}
    for sent in ({"other": "x"}, {"file": "a text"}):
        response = admin.client.post("/api/prospects/import", sent, headers=headers)
        assert response.status_code == 422
    broken = admin.ask(
        "POST", "/api/prospects/import", raw=b"x", kind="multipart/form-data", Host="127.0.0.1"
    )
    assert broken.status_code == 400


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b.csv", "", "\u202e.csv", "x" * 300])
def test_the_name_of_a_file_leads_nowhere(name: str) -> None:
    safe = uploads.safe_name(name)
    assert "/" not in safe
    assert 0 < len(safe) <= 100
    assert not safe.startswith(".")


def test_a_ban_of_somebody_known_cancels_the_waiting_letter(admin: Asker, world: World) -> None:
    waiting = letter(world.inbox, world.prospect, world.campaign, EmailState.PLANNED, 4)
    status, found = raw(admin, b"email,do_not_contact\nada@firma.example,yes\n", "text/csv")
    assert (status, found["suppressed"]) == (200, 1), found
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason_code) == (EmailState.CANCELLED, "suppressed")
