"""The status page: what it shows, and who may press its buttons."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.http import HttpResponse
from django.test import Client

from api.world import BY, NOW, Asker, World, token
from marketing_agent.accounts.actions import revoke_token
from marketing_agent.accounts.models import AuditEntry
from marketing_agent.console.templatetags.words import commands
from marketing_agent.inboxes.actions import pause
from marketing_agent.operations import stop_file
from marketing_agent.operations.actions import record_error, start_stop
from marketing_agent.operations.stop import current_stop
from marketing_agent.outbox.models import Attempt, Email
from marketing_agent.workers import clock


class Links(HTMLParser):
    """Collects every address that a page leads to or loads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [value or "" for name, value in attrs if name in {"href", "src", "action"}]


def page(response: HttpResponse) -> str:
    assert response.status_code == 200, response.content
    return str(response.content.decode())


def logged_in(scope: str) -> Client:
    """Log somebody in, with forms checked as in a browser."""
    client = Client(enforce_csrf_checks=True)
    response = press(client, "/login", {"token": token(scope, scope)}, at="/login")
    assert response.status_code == 302
    return client


def press(client: Client, path: str, fields: dict[str, str], at: str = "/") -> HttpResponse:
    """Open a page and send its form."""
    hidden = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page(client.get(at)))
    assert hidden
    response: HttpResponse = client.post(path, fields | {"csrfmiddlewaretoken": hidden[1]})
    return response


def doubtful(world: World) -> Email:
    """Make the outcome of a letter unknown, as a broken line does."""
    letter = Email.objects.filter(state="sent", prospect__isnull=False).latest("id")
    Email.objects.filter(pk=letter.pk).update(state="unknown", sent_at=None)
    letter.attempts.all().delete()
    inbox = letter.inbox
    Attempt.objects.create(email=letter, inbox=inbox, at=NOW, data_at=NOW, outcome="unknown")
    del world
    return letter


def test_the_page_shows_how_things_stand(world: World) -> None:
    pause(world.inbox.pk, cause="manual", reason="holidays", until=None, by=BY, now=NOW)
    shown = page(logged_in("read").get("/"))
    for words in ("Sending is on", "Three letters were blocked.", "inbox1@example.com",
                  "Paused until resumed: holidays", "A mail could not be read.", "send-emails"):  # fmt: skip
        assert words in shown


def test_the_page_loads_nothing_from_elsewhere_and_runs_no_script(guest: Asker) -> None:
    response = guest.get("/")
    links = Links(page(response))
    assert all(link.startswith("/") and not link.startswith("//") for link in links.found)
    assert "script" not in links.tags
    assert "script-src" not in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_what_others_wrote_is_shown_as_text(guest: Asker) -> None:
    record_error("reply_processing", "<script>alert(1)</script>", now=NOW + timedelta(hours=1))
    assert "&lt;script&gt;" in page(guest.get("/"))


class TestLogin:
    def test_without_a_token_the_page_asks_for_one(self, stranger: Asker) -> None:
        response = stranger.get("/")
        assert (response.status_code, response["Location"]) == (302, "/login")
        assert 'type="password"' in page(stranger.get("/login"))

    @pytest.mark.parametrize("word", ["", "nonsense", "ma_", "\x00", "é"])
    def test_what_is_no_token_opens_nothing(self, word: str, stranger: Asker) -> None:
        response = stranger.client.post("/login", {"token": word})
        assert response.status_code == 403
        assert "console" not in response.cookies

    def test_the_cookie_is_kept_from_scripts_and_other_sites(self, admin: Asker) -> None:
        response = admin.client.post("/login", {"token": admin.token})
        cookie = response.cookies["console"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"
        assert cookie["max-age"] == 12 * 3600
        assert admin.token not in cookie.value

    def test_a_forged_cookie_opens_nothing(self, stranger: Asker) -> None:
        for value in ("1", "1:x:y", "", "a" * 5000):
            stranger.client.cookies["console"] = value
            assert stranger.get("/").status_code == 302

    def test_a_revoked_token_shows_nothing_more(self, world: World) -> None:
        del world
        client = logged_in("admin")
        revoke_token("admin", BY, NOW)
        assert client.get("/").status_code == 302

    def test_logging_out_forgets_the_token(self, world: World) -> None:
        del world
        client = logged_in("admin")
        press(client, "/logout", {})
        assert client.get("/").status_code == 302


class TestButtons:
    def test_one_press_stops_and_one_resumes(self, world: World) -> None:
        del world
        client = logged_in("operate")
        assert press(client, "/stop", {"reason": "a complaint\nby phone"}).status_code == 302
        stop = current_stop()
        assert stop is not None
        assert (stop.reason, stop.started_by) == ("a complaint by phone", "operate (console)")
        shown = page(client.get("/"))
        assert "Sending is stopped" in shown
        assert "a complaint by phone" in shown
        press(client, "/resume", {})
        assert current_stop() is None
        assert AuditEntry.objects.filter(actor="operate (console)").count() == 2

    def test_resuming_gradually_says_how_far_it_is(self, world: World) -> None:
        del world
        client = logged_in("operate")
        press(client, "/stop", {})
        press(client, "/resume", {"gradually": "yes"})
        assert current_stop() is None
        shown = page(client.get("/"))
        assert "Sending goes on gradually" in shown
        assert "At most 1 letter a cycle" in shown

    @pytest.mark.parametrize(("sent", "state"), [("yes", "sent"), ("no", "cancelled")])
    def test_a_person_settles_an_unknown_outcome(self, world: World, sent: str, state: str) -> None:
        letter = doubtful(world)
        client = logged_in("operate")
        shown = page(client.get("/"))
        assert "Sent or not?" in shown
        assert f'value="{letter.public_id}"' in shown
        said = {"letter": letter.public_id, "reason": "asked them"}
        assert press(client, "/resolve", said | {"sent": sent}).status_code == 302
        letter.refresh_from_db()
        assert letter.state == state  # its prospect has replied, so it is not planned again
        inquiry = letter.inquiries.get()
        assert (inquiry.finding, inquiry.settled_by) == ("asked them", "operate (console)")
        assert f'value="{letter.public_id}"' not in page(client.get("/"))
        # A second press, from a page that is old by now, changes nothing.
        assert press(client, "/resolve", said | {"sent": "yes"}).status_code == 302
        letter.refresh_from_db()
        assert letter.state == state

    def test_a_verdict_that_says_neither_settles_nothing(self, world: World) -> None:
        letter = doubtful(world)
        said = {"letter": letter.public_id}
        assert press(logged_in("operate"), "/resolve", said | {"sent": "maybe"}).status_code == 400
        assert press(logged_in("read"), "/resolve", said | {"sent": "yes"}).status_code == 403
        letter.refresh_from_db()
        assert letter.state == "unknown"

    @pytest.mark.parametrize("path", ["/stop", "/resume", "/resolve", "/login", "/logout"])
    def test_a_form_from_elsewhere_changes_nothing(self, path: str, world: World) -> None:
        del world
        client = logged_in("admin")
        response = client.post(path, {"reason": "x", "token": "y"})
        assert response.status_code == 403
        assert "Nothing was changed" in response.content.decode()
        assert current_stop() is None

    def test_a_foreign_page_changes_nothing(self, guest: Asker) -> None:
        response = guest.ask("POST", "/stop", Origin="https://evil.example")
        assert response.status_code == 403
        assert current_stop() is None

    def test_a_link_changes_nothing(self, guest: Asker) -> None:
        for path in ("/stop", "/resume", "/logout"):
            assert guest.get(path).status_code == 405

    def test_a_reader_sees_no_button_and_presses_none(self, world: World) -> None:
        del world
        client = logged_in("read")
        assert "Stop all sending" not in page(client.get("/"))
        assert press(client, "/stop", {}).status_code == 403
        assert current_stop() is None

    def test_without_a_token_no_button_works(self, stranger: Asker) -> None:
        response = stranger.client.post("/stop", {"reason": "x"})
        assert (response.status_code, response["Location"]) == (302, "/login")
        assert current_stop() is None

    def test_in_the_demo_the_machine_itself_needs_no_token(self, guest: Asker) -> None:
        assert "Stop all sending" in page(guest.get("/"))
        assert guest.client.post("/stop", {"reason": ""}).status_code == 302
        assert current_stop() is not None


def test_an_empty_installation_has_a_page_too(
    db: None, installed: object, clocked: clock.SimulatedClock
) -> None:
    del db, installed, clocked
    client = logged_in("admin")
    shown = page(client.get("/"))
    assert "marketing-agent inboxes add" in shown
    assert "marketing-agent up" in shown


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        (
            "Look: `outbox show`; then `outbox release`.",
            "Look: <code>outbox show</code>; then <code>outbox release</code>.",
        ),
        ("`<b>` & more", "<code>&lt;b&gt;</code> &amp; more"),
        ("a ` alone <i>", "a ` alone &lt;i&gt;"),
        ("", ""),
    ],
)
def test_commands_in_a_sentence_are_shown_as_such_and_all_is_escaped(
    sentence: str, shown: str
) -> None:
    assert commands(sentence) == shown


@pytest.mark.usefixtures("world")
def test_a_stop_that_only_the_file_orders_is_shown_as_such() -> None:
    stop_file.path().write_text("the wrong list went out")
    shown = page(logged_in("read").get("/"))
    assert "the wrong list went out" in shown
    assert "in the file STOP alone" in shown
    start_stop("the wrong list went out", BY, NOW)
    assert "in the file STOP alone" not in page(logged_in("read").get("/"))
