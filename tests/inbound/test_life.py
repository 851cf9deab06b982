"""An inbound mail is processed, held or an error; nothing is lost, whatever it holds."""

import zlib
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.db.models.functions import Now

from inbound.scene import BY, NOW, a_scene, an_inbox, answer, mail, receive
from marketing_agent.inbound import steps
from marketing_agent.inbound.claim import claim, rescue
from marketing_agent.inbound.models import InboxItem, RawMail
from marketing_agent.inbound.steps import process_new, reprocess
from marketing_agent.operations.models import ErrorGroup
from marketing_agent.prospects.models import Prospect

pytestmark = pytest.mark.django_db


def break_one(item_id: int) -> None:
    RawMail.objects.filter(item_id=item_id).update(compressed=b"not zlib")


def stored(*raws: bytes) -> list[InboxItem]:
    items = receive(*raws)
    InboxItem.objects.update(state="new", processed_at=None, tries=0)
    return items


def test_a_poison_mail_is_held_with_its_traceback_and_the_rest_goes_on() -> None:
    an_inbox()
    _, second, _ = stored(mail("a"), mail("b"), mail("c"))
    break_one(second.pk)
    counts = process_new(100, "w", NOW)
    assert (counts["held"], counts["processed"]) == (1, 2)
    held = InboxItem.objects.get(state="held")
    assert held.pk == second.pk
    assert "zlib.error" in held.reason
    group = ErrorGroup.objects.get()
    assert (group.type, group.subject) == ("reply_processing", held.public_id)
    assert "Traceback" in group.sample


def test_a_held_mail_is_taken_up_again_once_the_bug_is_mended() -> None:
    scene = a_scene()
    [item] = stored(answer(scene.letter, "I am interested"))
    break_one(item.pk)
    process_new(100, "w", NOW)
    RawMail.objects.update(compressed=zlib.compress(answer(scene.letter, "I am interested")))
    assert reprocess(100, "w", BY, NOW)["reply"] == 1
    assert scene.sequence().state == "stopped"


def test_what_follows_is_written_together_with_the_mail_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = a_scene()

    def break_late(_: object, __: object) -> str:
        Prospect.objects.update(stage="lost")
        raise RuntimeError("late")

    monkeypatch.setattr("marketing_agent.inbound.actions.verdicts.follow", break_late)
    [item] = receive(answer(scene.letter, "I am interested"))
    assert (item.state, scene.stage()) == ("held", "contacted")


def test_trouble_of_the_database_gives_the_mail_back_three_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    an_inbox()
    [item] = stored(mail("a"))

    def locked(*_: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(steps, "settle", locked)
    states = []
    for _ in range(3):
        process_new(1, "w", NOW)
        states.append(InboxItem.objects.get(pk=item.pk).state)
    assert states == ["new", "new", "error"]


def test_two_workers_never_claim_the_same_mail() -> None:
    an_inbox()
    stored(mail("a"), mail("b"), mail("c"))
    first, second = claim(2, "one"), claim(2, "two")
    assert len(first) == 2
    assert len(second) == 1
    assert not {each.pk for each in first} & {each.pk for each in second}


def test_a_dead_worker_s_mail_is_read_again_and_a_deadly_one_is_held() -> None:
    an_inbox()
    stored(mail("a"))
    for tries in (1, 2, 3):
        [item] = claim(1, "dies")
        assert item.tries == tries
        assert rescue(NOW) == 0
        InboxItem.objects.update(lease_until=Now() - timedelta(seconds=1))
        assert rescue(NOW) == 1
    assert InboxItem.objects.get().state == "held"


def test_a_worker_that_lost_its_claim_writes_nothing() -> None:
    scene = a_scene()
    [item] = stored(answer(scene.letter, "I am interested"))
    Prospect.objects.update(stage="contacted", replied_at=None)
    [mine] = claim(1, "slow")
    InboxItem.objects.update(lease_owner="other/1")
    case = steps._open(mine)
    assert (
        steps._guarded(mine, lambda: steps._take_steps(case, steps.look_up([case]), NOW), NOW)
        is None
    )
    assert (InboxItem.objects.get(pk=item.pk).state, scene.stage()) == ("claimed", "contacted")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"From: a@b\r\nSubject: \x00nul\x00\r\nMessage-ID: <a\x00b@c.example>\r\n\r\n\x00body",
        'Subject: =?utf-8?b?7aCA?=\r\nFrom: "\ud800" <x@y.example>\r\n\r\nhi'.encode(
            "utf-8", "surrogatepass"
        ),
        b"In-Reply-To: <" + b"x" * 5000 + b"@y.example>\r\nSubject: " + b"s" * 5000 + b"\r\n\r\nhi",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n" * 3000,
        b"References: " + b"<a@b.example> " * 5000 + b"\r\n\r\nhi",
    ],
)  # fmt: skip
def test_hostile_mail_is_processed_like_any_other(raw: bytes) -> None:
    an_inbox()
    [item] = receive(raw)
    assert item.state == "processed", item.reason


def test_the_limit_of_a_run_is_kept() -> None:
    an_inbox()
    stored(mail("a"), mail("b"), mail("c"))
    assert process_new(2, "w", NOW)["processed"] == 2
    assert InboxItem.objects.filter(state="new").count() == 1
