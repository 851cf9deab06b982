"""Inbound mail over HTTP."""

import zlib

import pytest

from api.world import Asker, World
from marketing_agent.inbound.models import InboxItem, Opinion, RawMail
from operations.world import NOW

REPLY = b"""From: Ada <ada@firma.example>
To: inbox1@example.com
Subject: Re: Letter 1
Message-ID: <reply@firma.example>

I am interested. Tell me more, please.
"""


@pytest.fixture
def held(world: World) -> InboxItem:
    """A reply that could not be read so far."""
    RawMail.objects.create(item=world.item, compressed=zlib.compress(REPLY))
    InboxItem.objects.filter(pk=world.item.pk).update(
        state="held", reason="a bug", kind="", intent="", email=None, prospect=None, match=""
    )
    return world.item


def test_mails_are_filtered(admin: Asker) -> None:
    for query, count in [
        ("limit=20", 1),
        ("state=processed", 1),
        ("state=held", 0),
        ("kind=bounce", 0),
    ]:
        assert admin.json("GET", f"/api/inbox?{query}")["count"] == count


def test_a_held_mail_shows_why(admin: Asker, held: InboxItem) -> None:
    found = admin.json("GET", f"/api/inbox/{held.public_id}")
    assert (found["state"], found["reason"]) == ("held", "a bug")
    assert (found["kind"], found["intent"], found["email"]) == (None, None, None)


def test_held_mail_is_read_once_more(admin: Asker, held: InboxItem, world: World) -> None:
    assert admin.json("POST", "/api/inbox/reprocess")["released"] == 1
    assert admin.json("POST", "/api/inbox/reprocess")["released"] == 0
    found = admin.json("GET", f"/api/inbox/{held.public_id}")
    assert (found["state"], found["kind"], found["intent"]) == ("processed", "reply", "interested")
    assert found["prospect"] == world.prospect.public_id


def test_a_person_says_what_a_mail_wants(admin: Asker, held: InboxItem) -> None:
    path = f"/api/inbox/{held.public_id}/classify"
    found = admin.json("POST", path, {"intent": "meeting_request"})
    assert (found["state"], found["intent"]) == ("processed", "meeting_request")
    assert found["intent_by"] == "tester"
    assert admin.post(path, {"intent": "nonsense"}).status_code == 422


def test_without_a_word_the_rules_read_it_again_at_once(admin: Asker, held: InboxItem) -> None:
    for _ in range(2):
        found = admin.json("POST", f"/api/inbox/{held.public_id}/classify")
        assert (found["state"], found["intent"]) == ("processed", "interested")


@pytest.fixture
def undecided(world: World) -> InboxItem:
    """A reply that a model was not sure about either."""
    Opinion.objects.create(
        item=world.item, state="person", finding="A model cannot tell either.", opened_at=NOW
    )
    return world.item


def test_what_needs_a_person_is_listed_and_says_why(admin: Asker, undecided: InboxItem) -> None:
    assert admin.json("GET", "/api/stats")["inbox_undecided"] == 1
    [found] = admin.json("GET", "/api/inbox?needs_person=true")["items"]
    assert (found["id"], found["needs_person"]) == (undecided.public_id, True)
    assert found["opinion"]["finding"] == "A model cannot tell either."
    assert admin.json("GET", "/api/inbox?needs_person=false")["count"] == 0


def test_a_person_s_word_ends_that_need(admin: Asker, undecided: InboxItem) -> None:
    path = f"/api/inbox/{undecided.public_id}/classify"
    found = admin.json("POST", path, {"intent": "question"})
    assert (found["needs_person"], found["opinion"]["state"]) == (False, "decided")
    assert admin.json("GET", "/api/inbox?needs_person=true")["count"] == 0
    assert admin.json("GET", "/api/stats")["inbox_undecided"] == 0


def test_a_mail_without_an_opinion_needs_nobody(admin: Asker, world: World) -> None:
    found = admin.json("GET", f"/api/inbox/{world.item.public_id}")
    assert (found["needs_person"], found["opinion"]) == (False, None)
    assert admin.json("GET", "/api/inbox?needs_person=false")["count"] == 1


def test_a_mail_that_is_not_there_is_not_found(admin: Asker) -> None:
    assert admin.get("/api/inbox/123").status_code == 404
    assert admin.post("/api/inbox/123/classify").status_code == 404
