"""Letters: what is shown of them, and what a person decides."""

import pytest

from api.world import Asker, World
from marketing_agent.accounts.models import AuditEntry
from marketing_agent.engine.values import EmailState, Stage
from marketing_agent.prospects.models import Prospect


@pytest.fixture(autouse=True)
def _written_to(world: World) -> None:
    Prospect.objects.filter(pk=world.prospect.pk).update(stage=Stage.CONTACTED)


def test_a_letter_shows_its_text_tries_and_bounces(admin: Asker, world: World) -> None:
    found = admin.json("GET", f"/api/emails/{world.dead.public_id}")
    assert found["status"] == "dead"
    assert found["address"] == "ada@firma.example"
    assert found["inbox"] == "inbox1@example.com"
    assert found["prospect"] == world.prospect.public_id
    assert found["body"] == "Good day"
    assert found["created_at"] == "2025-03-03T10:02:00Z"
    assert [each["outcome"] for each in found["attempts"]] == ["temporary"]
    assert [each["type"] for each in found["bounces"]] == ["soft"]


@pytest.mark.parametrize(
    ("query", "steps"),
    [
        ("status=sent", [1]),
        ("status=bounced&limit=20", []),
        ("inbox=inbox1@example.com&limit=50", [3, 2, 1]),
        ("inbox=%20INBOX1@Example.com", [3, 2, 1]),
        ("limit=50&order=desc", [3, 2, 1]),
        ("limit=50&order=asc", [1, 2, 3]),
        ("since=2025-03-03T10:02:00Z", [3, 2]),
        ("since=2025-03-03T11:02:00%2B01:00&until=2025-03-03T10:03:00", [2]),
        ("until=2025-03-03", []),
    ],
)
def test_letters_are_filtered(query: str, steps: list[int], admin: Asker) -> None:
    found = admin.json("GET", f"/api/emails?{query}")
    assert [row["step"] for row in found["emails"]] == steps


@pytest.mark.parametrize(("sent", "state"), [(True, "sent"), (False, "planned")])
def test_a_person_resolves_an_unknown_outcome(
    sent: bool, state: str, admin: Asker, world: World
) -> None:
    path = f"/api/emails/{world.unknown.public_id}/resolve"
    found = admin.json("POST", path, {"sent": sent, "reason": "asked by phone"})
    assert found["status"] == state
    again = admin.post(path, {"sent": sent})
    assert again.status_code == 409


def test_only_an_unknown_letter_is_resolved(admin: Asker, world: World) -> None:
    known = admin.post(f"/api/emails/{world.sent.public_id}/resolve", {"sent": True})
    assert known.status_code == 409
    assert admin.post("/api/emails/nobody/resolve", {"sent": True}).status_code == 404


@pytest.mark.parametrize(("verb", "state"), [("replay", "planned"), ("discard", "cancelled")])
def test_a_dead_letter_is_replayed_or_discarded(
    verb: str, state: str, admin: Asker, world: World
) -> None:
    path = f"/api/retry-queue/{world.dead.public_id}/{verb}"
    assert admin.json("POST", path)["status"] == state
    assert admin.post(path).status_code == 409
    world.dead.refresh_from_db()
    assert world.dead.state == EmailState(state)


def test_the_retry_queue_in_figures(admin: Asker) -> None:
    found = admin.json("GET", "/api/retry-queue/stats")
    assert (found["total"], found["pending"], found["dead"]) == (1, 0, 1)
    assert found["by_type"] == {"mailbox_full": 1}
    assert found["oldest"] == "2025-03-03T10:02:00Z"
    assert found["next_retry_at"] is None
    assert [each["code"] for each in found["recent_failures"]] == [452]


def test_what_a_call_changes_is_audited_with_its_id_and_address(admin: Asker, world: World) -> None:
    path = f"/api/retry-queue/{world.dead.public_id}/discard"
    response = admin.post(path, X_Request_Id="call-7")
    assert response.status_code == 200
    entry = AuditEntry.objects.latest("pk")
    assert (entry.actor, entry.origin, entry.request_id) == ("tester", "127.0.0.1", "call-7")
