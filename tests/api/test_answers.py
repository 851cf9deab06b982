"""Answers over the API: listed, approved once, declined, written; every refusal with its sentence."""

import zlib

import pytest

from api.world import NOW, Asker, World
from marketing_agent.inbound.models import Notice, RawMail
from marketing_agent.outbox.models import Email
from marketing_agent.workers.models import Job


def path(world: World, verb: str = "") -> str:
    return f"/api/answers/{world.item.suggestion.public_id}{verb}"


def test_an_open_answer_is_listed_with_the_reply(admin: Asker, world: World) -> None:
    [row] = admin.json("GET", "/api/answers?state=open")["answers"]
    assert (row["said"], row["intent"], row["from_address"]) == (
        "Tell me more.",
        "interested",
        "ada@firma.example",
    )
    assert row["inbox_item"] == world.item.public_id
    assert admin.json("GET", path(world)) == row
    assert admin.json("GET", "/api/answers?state=approved")["answers"] == []


def test_approving_plans_the_letter_and_wakes_the_sender(admin: Asker, world: World) -> None:
    planned = admin.json("POST", path(world, "/approve"), {"body": "Three o'clock?"})
    letter = Email.objects.get(public_id=planned["letter"])
    assert (letter.body, planned["status"]) == ("Three o'clock?\n", "planned")
    assert (
        Job.objects.get(name="send-emails").requested_at
        or Job.objects.get(name="send-emails").next_run_at
    )
    row = admin.json("GET", path(world))
    assert (row["state"], row["letter"]) == ("approved", letter.public_id)


@pytest.mark.parametrize(
    ("verb", "body", "status", "code"),
    [
        ("/approve", {"body": "Hi {{ name }}"}, 422, "bad_answer"),
        ("/approve", {"subject": ""}, 422, "invalid"),
        ("/approve", {"text": "x"}, 422, "invalid"),
    ],
)
def test_what_cannot_be_sent_is_refused(
    verb: str, body: object, status: int, code: str, admin: Asker, world: World
) -> None:
    refused = admin.post(path(world, verb), body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert not Email.objects.filter(kind="answer").exists()


def test_what_was_decided_is_a_conflict(admin: Asker, world: World) -> None:
    admin.json("POST", path(world, "/decline"), {"reason": "called"})
    refused = admin.post(path(world, "/approve"))
    assert (refused.status_code, refused.json()["code"]) == (409, "already_decided")
    assert "declined by tester" in refused.json()["detail"]


def test_one_s_own_words_answer_any_mail_once(admin: Asker, world: World) -> None:
    to = f"/api/answers/to/{world.item.public_id}"
    admin.json("POST", to, {"body": "Shall we talk?"})
    assert admin.post(to, {"body": "Shall we talk?"}).json()["code"] == "already_answered"
    assert admin.post("/api/answers/to/nothing", {"body": "x"}).status_code == 404
    assert admin.post("/api/answers/nothing/approve").status_code == 404


def test_where_an_answer_goes_is_said_before_and_after(admin: Asker, world: World) -> None:
    assert admin.json("GET", path(world))["to"] == "ada@firma.example"
    raw = b"From: ada@firma.example\r\nReply-To: desk@agency.example\r\n\r\nYes"
    RawMail.objects.create(item=world.item, compressed=zlib.compress(raw))
    [row] = admin.json("GET", "/api/answers")["answers"]
    assert row["to"] == "desk@agency.example"
    planned = admin.json("POST", path(world, "/approve"))
    assert planned["to"] == admin.json("GET", path(world))["to"] == "desk@agency.example"


def test_whether_anybody_was_told_stands_with_the_reply(admin: Asker, world: World) -> None:
    one = f"/api/inbox/{world.item.public_id}"
    assert admin.json("GET", one)["notice"] is None
    Notice.objects.create(item=world.item, created_at=NOW, state="nobody", problem="No channel.")
    told = {"state": "nobody", "told_at": None, "problem": "No channel."}
    assert admin.json("GET", one)["notice"] == told
    assert admin.json("GET", "/api/inbox")["items"][0]["notice"] == told
