"""Prospects over HTTP."""

import pytest

from api.world import NOW, Asker, World
from marketing_agent.campaigns.actions import enroll_ready
from marketing_agent.campaigns.models import Enrollment
from marketing_agent.prospects.models import Prospect

SKIP = "skip-enrichment"


def test_a_prospect_shows_what_happened_to_it(admin: Asker, world: World) -> None:
    found = admin.json("GET", f"/api/prospects/{world.prospect.public_id}")
    assert found["address"] == "ada@firma.example"
    assert found["stage"] == "enriched"
    assert found["suppression"] is None
    assert [each["status"] for each in found["history"]["emails"]] == ["unknown", "dead", "sent"]
    assert [each["intent"] for each in found["history"]["inbox"]] == ["interested"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("stage=enriched&limit=5", 1),
        ("stage=ready&limit=5", 0),
        ("stage=new&has_website=false", 0),
        ("has_website=false", 1),
        ("has_website=true", 0),
        ("tier=cold", 1),
        ("tier=hot", 0),
        ("q=ada@fir", 1),
        ("q=ADA@firma.example", 1),
        ("q=bob@", 0),
        ("q=firm", 1),
        ("q=100%25", 0),
        ("inbox=inbox1@example.com", 0),
    ],
)
def test_prospects_are_filtered(query: str, count: int, admin: Asker) -> None:
    assert admin.json("GET", f"/api/prospects?{query}")["count"] == count


@pytest.mark.parametrize("query", ["stage=nowhere", "has_website=maybe", "tier=lukewarm", "q="])
def test_a_filter_without_sense_is_refused(query: str, admin: Asker) -> None:
    assert admin.get(f"/api/prospects?{query}").status_code == 422


def test_a_prospect_is_created_by_the_rules_of_the_import(admin: Asker) -> None:
    body = {"company": "Neu", "city": "Bonn", "tier": "hot", "extra": {"rooms": "12"}}
    found = admin.json("POST", "/api/prospects", body)
    assert (found["company"], found["tier"], found["stage"]) == ("Neu", "hot", "new")
    assert found["extra"] == {"rooms": "12"}
    assert admin.post("/api/prospects", body).status_code == 422
    assert admin.post("/api/prospects", {"address": "info@firma.de"}).status_code == 422
    assert admin.post("/api/prospects", {}).status_code == 422


def test_a_ban_comes_in_with_the_prospect(admin: Asker) -> None:
    body = {"address": "carl@werk.de", "do_not_contact": True}
    found = admin.json("POST", "/api/prospects", body)
    assert found["stage"] == "suppressed"
    assert found["suppression"]["cause"] == "do_not_contact"


def test_a_prospect_is_edited(admin: Asker, world: World) -> None:
    path = f"/api/prospects/{world.prospect.public_id}"
    found = admin.json("PATCH", path, {"first_name": "Ada", "city": "Kiel", "tier": "warm"})
    assert (found["first_name"], found["city"], found["tier"]) == ("Ada", "Kiel", "warm")
    assert admin.json("PATCH", path, {"first_name": None})["first_name"] == ""
    assert admin.ask("PATCH", path, {"stage": "won"}).status_code == 422
    assert admin.ask("PATCH", path, {"public_id": "x"}).status_code == 422


def test_enrichment_is_skipped_in_any_stage_and_taken_up_again(admin: Asker, world: World) -> None:
    path = f"/api/prospects/{world.prospect.public_id}/{SKIP}"
    for _ in range(2):
        assert admin.json("POST", path)["enrichment_skipped_at"] == "2025-03-03T10:00:00Z"
    for _ in range(2):
        assert admin.json("DELETE", path)["enrichment_skipped_at"] is None


def test_a_prospect_is_archived(admin: Asker, world: World) -> None:
    path = f"/api/prospects/{world.prospect.public_id}/archive"
    for _ in range(2):
        assert admin.json("POST", path, {"reason": "closed down"})["stage"] == "archived"


def test_a_suppression_is_added_once_and_lifted_with_a_reason(admin: Asker, world: World) -> None:
    body = {"key": "Ada@FIRMA.example", "evidence": "by phone"}
    first = admin.json("POST", "/api/suppressions", body)
    assert (first["scope"], first["key"], first["cause"]) == (
        "address",
        "ada@firma.example",
        "manual",
    )
    assert admin.json("POST", "/api/suppressions", body) == first
    found = admin.json("GET", f"/api/prospects/{world.prospect.public_id}")
    assert found["stage"] == "suppressed"
    assert admin.post("/api/suppressions/lift", {"key": first["key"]}).status_code == 422
    lifted = admin.json("POST", "/api/suppressions/lift", {"key": first["key"], "reason": "asked"})
    assert lifted["lifted_by"] == "tester"
    listed = admin.json("GET", "/api/suppressions?state=lifted")
    assert [row["key"] for row in listed["suppressions"]] == ["ada@firma.example"]


def test_lifting_lets_the_sequence_go_on(admin: Asker, world: World) -> None:
    Prospect.objects.update(stage="ready")
    enroll_ready([world.prospect.pk], NOW)
    body = {"key": world.prospect.address, "reason": "by phone"}
    admin.json("POST", "/api/suppressions", {"key": body["key"]})
    assert Enrollment.objects.get().state == "stopped"
    admin.json("POST", "/api/suppressions/lift", body)
    assert Enrollment.objects.get().state == "active"


def test_a_campaign_reads_as_its_prospect_will_read_it(admin: Asker, world: World) -> None:
    path = f"/api/campaigns/{world.campaign.public_id}/preview"
    (letter,) = admin.json("GET", f"{path}?prospect={world.prospect.public_id}")["letters"]
    assert letter["subject"] == "For Firma"
    assert "Good day Firma," in letter["body"]
    assert any("postal address" in each for each in letter["problems"])
    admin.json("PATCH", f"/api/prospects/{world.prospect.public_id}", {"company": ""})
    (letter,) = admin.json("GET", f"{path}?prospect={world.prospect.public_id}")["letters"]
    assert letter["body"] == ""
    assert "company" in letter["problems"][0]


def test_a_campaign_is_paused_and_resumed(admin: Asker, world: World) -> None:
    path = f"/api/campaigns/{world.campaign.public_id}"
    assert admin.json("POST", f"{path}/pause")["state"] == "paused"
    assert admin.json("POST", f"{path}/resume")["state"] == "active"


def test_why_answers_in_sentences(admin: Asker, world: World) -> None:
    for subject in (world.prospect.public_id, world.dead.public_id, "ada@firma.example"):
        sentences = admin.json("GET", f"/api/why/{subject}")["sentences"]
        assert sentences
        assert all(sentence.endswith(".") for sentence in sentences)
    assert admin.get("/api/why/nobody").status_code == 404
