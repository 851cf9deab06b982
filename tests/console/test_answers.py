"""The page of a suggested answer: opening it changes nothing, its button works once, with login or link."""

import json
import logging
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from django.http import HttpResponse
from django.test import Client
from structlog.testing import capture_logs

from api.world import BY, NOW, World
from console.test_pages import Links, logged_in, page, press
from marketing_agent.accounts.models import AuditEntry
from marketing_agent.engine.answers import GOOD_FOR
from marketing_agent.engine.values import Intent, ItemKind, ItemState
from marketing_agent.inbound.actions.answers import decline, suggest
from marketing_agent.inbound.approvals import token_of
from marketing_agent.inbound.models import InboxItem, RawMail, Suggestion
from marketing_agent.outbox.models import Email
from marketing_agent.workers import logs

SAID = "Yes, call me. <script>alert(1)</script>"


@pytest.fixture
def suggestion(world: World) -> Suggestion:
    Suggestion.objects.all().delete()  # this one alone is looked at
    item = InboxItem.objects.create(
        inbox=world.inbox,
        identity="reply-1",
        message_id="reply-1@hotel.example",
        from_address="nina@hotel.example",
        from_name="Nina Berg",
        subject="Re: Your bookings",
        kind=ItemKind.REPLY,
        intent=Intent.INTERESTED,
        state=ItemState.PROCESSED,
        text=SAID,
        fetched_at=NOW,
    )
    found = suggest(item, "Hello Nina,\n\nwhen shall we talk?\n", "template", NOW)
    assert found is not None
    return found


def link(suggestion: Suggestion) -> str:
    return f"/approve/{token_of(suggestion)}"


def anybody() -> Client:
    return Client(enforce_csrf_checks=True)


def answers() -> int:
    return Email.objects.filter(kind="answer").count()


def approve_by_link(client: Client, path: str, **fields: str) -> HttpResponse:
    return press(client, path, {"decision": "approve"} | fields, at=path)


def test_the_link_shows_the_reply_and_the_answer_and_changes_nothing(
    suggestion: Suggestion,
) -> None:
    for _ in range(3):  # mail scanners open links
        shown = page(anybody().get(link(suggestion)))
    assert "when shall we talk?" in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "script" not in Links(shown).tags
    suggestion.refresh_from_db()
    assert (suggestion.state, answers()) == ("open", 0)


def test_a_press_without_the_page_s_own_mark_is_refused(suggestion: Suggestion) -> None:
    assert anybody().post(link(suggestion), {"decision": "approve"}).status_code == 403
    assert answers() == 0


def test_the_button_sends_what_the_page_says_once(suggestion: Suggestion) -> None:
    client, path = anybody(), link(suggestion)
    done = approve_by_link(client, path, subject="Re: Thursday", body="Three\r\no'clock.")
    assert "Approved: it leaves with the next cycle" in page(done)
    letter = Email.objects.get(kind="answer")
    assert (letter.subject, letter.body) == ("Re: Thursday", "Three\no'clock.\n")
    entry = AuditEntry.objects.get(action="answer.approve")
    assert (entry.actor, entry.origin) == ("whoever had the link", "127.0.0.1")
    assert "approved by whoever had the link" in page(client.get(path))
    assert answers() == 1


def test_of_two_open_pages_the_second_is_told(suggestion: Suggestion) -> None:
    path = link(suggestion)
    first, second = anybody(), anybody()
    mark = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page(second.get(path)))
    assert mark
    approve_by_link(first, path)
    late = second.post(path, {"decision": "approve", "csrfmiddlewaretoken": mark[1]})
    assert (late.status_code, answers()) == (409, 1)
    assert "approved by whoever had the link" in late.content.decode()


def test_a_text_that_must_not_leave_stays_on_the_page_with_the_reason(
    suggestion: Suggestion,
) -> None:
    refused = approve_by_link(anybody(), link(suggestion), body="Hello {{ first_name }}")
    assert refused.status_code == 409
    shown = refused.content.decode()
    assert "A placeholder is left" in shown
    assert "Hello {{ first_name }}" in shown
    assert answers() == 0


def test_a_declined_answer_is_not_sent(suggestion: Suggestion) -> None:
    path = link(suggestion)
    assert "Declined" in page(press(anybody(), path, {"decision": "decline"}, at=path))
    assert answers() == 0


def test_a_link_that_is_not_whole_leads_nowhere(suggestion: Suggestion) -> None:
    for path in ("/approve/x", f"/approve/{suggestion.public_id}", link(suggestion)[:-3]):
        assert anybody().get(path).status_code == 404
    assert logged_in("read").get("/answers/nothing").status_code == 404


def test_after_a_day_the_page_offers_no_button(suggestion: Suggestion) -> None:
    Suggestion.objects.update(expires_at=NOW)
    shown = page(anybody().get(link(suggestion)))
    assert "is stale now" in shown
    assert "<button" not in shown
    assert GOOD_FOR.days == 1


def test_the_console_lists_it_and_only_an_operator_may_decide(suggestion: Suggestion) -> None:
    path = f"/answers/{suggestion.public_id}"
    assert path in page(logged_in("read").get("/"))
    assert "<textarea" not in page(logged_in("read").get(path))
    assert anybody().get(path).status_code == 302
    done = press(logged_in("operate"), path, {"decision": "approve"}, at=path)
    assert (done.status_code, answers()) == (200, 1)


def test_what_is_decided_is_no_longer_listed(suggestion: Suggestion) -> None:
    decline(suggestion.public_id, "", BY, NOW)
    assert "Answers to approve" not in page(logged_in("read").get("/"))


def test_the_link_s_proof_stands_in_no_log_line(suggestion: Suggestion) -> None:
    with capture_logs() as lines:
        page(anybody().get(link(suggestion)))
    told = [line for line in lines if line["event"] == "request"]
    assert [line["path"] for line in told] == ["/approve/…"]
    assert token_of(suggestion) not in str(lines)


def test_the_page_says_where_the_answer_goes(suggestion: Suggestion) -> None:
    shown = page(anybody().get(link(suggestion)))
    assert "<p>To nina@hotel.example</p>" in shown
    assert "from which they wrote" not in shown


def test_the_page_says_when_the_answer_goes_elsewhere(suggestion: Suggestion) -> None:
    raw = b"From: nina@hotel.example\r\nReply-To: desk@agency.example\r\n\r\nYes"
    RawMail.objects.create(item=suggestion.item, compressed=zlib.compress(raw))
    InboxItem.objects.filter(pk=suggestion.item_id).update(match="in_reply_to")
    shown = page(anybody().get(link(suggestion)))
    assert "<p>To desk@agency.example</p>" in shown
    assert "goes to desk@agency.example, not to nina@hotel.example" in shown
    approve_by_link(anybody(), link(suggestion))
    assert Email.objects.get(kind="answer").to_address == "desk@agency.example"


@pytest.mark.parametrize("decision", ["approve", "decline"])
def test_the_link_shows_nobody_s_words_once_it_is_decided(
    suggestion: Suggestion, decision: str
) -> None:
    path = link(suggestion)
    press(anybody(), path, {"decision": decision}, at=path)
    shown = page(anybody().get(path))
    assert "by whoever had the link at" in shown
    for words in (
        "Yes, call me",
        "when shall we talk",
        "Nina",
        "nina@hotel.example",
        "Your bookings",
    ):
        assert words not in shown
    whole = page(logged_in("read").get(f"/answers/{suggestion.public_id}"))
    assert "Yes, call me" in whole
    assert ("when shall we talk" in whole) is (decision == "approve")


def test_a_stale_link_shows_nobody_s_words(suggestion: Suggestion) -> None:
    Suggestion.objects.update(expires_at=NOW)
    shown = page(anybody().get(link(suggestion)))
    assert "Yes, call me" not in shown
    assert "Nina" not in shown


@pytest.fixture
def log(tmp_path: Path, installed: Callable[..., None]) -> Iterator[Path]:
    """Log as the web server does, and give its file."""
    installed(HOME=str(tmp_path))
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    logs.configure("web")
    yield tmp_path / "logs" / "web.log"
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def test_django_s_own_loggers_say_no_link_either(
    suggestion: Suggestion, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = link(suggestion)
    assert anybody().post(path, {"decision": "approve"}).status_code == 403
    refused = approve_by_link(anybody(), path, body="Hello {{ first_name }}")
    assert refused.status_code == 409
    assert anybody().get(f"{path}/more").status_code == 404
    assert anybody().get(f"{path}x").status_code == 404
    lines = log.read_text()
    loggers = {json.loads(line)["logger"] for line in lines.splitlines()}
    assert {"django.request", "django.security.csrf"} <= loggers
    for status in ("Forbidden", "Conflict", "Not Found"):
        assert f"{status}: /approve/…" in lines or f"{status} (" in lines
    assert token_of(suggestion) not in lines + capsys.readouterr().err
