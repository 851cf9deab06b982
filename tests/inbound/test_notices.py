"""The salesperson hears of a reply: over a real channel on loopback, at least once, and never in silence."""

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from inbound.scene import BY, NINA, NOW, a_scene, answer, receive
from marketing_agent.inbound.actions.notices import WAITS
from marketing_agent.inbound.approvals import suggestion_behind, token_of
from marketing_agent.inbound.models import Notice, Suggestion
from marketing_agent.inbound.notices import tell_waiting, words_of
from marketing_agent.inboxes.actions import put_secret
from marketing_agent.operations.models import Alert
from marketing_agent.providers.messenger import MessengerError, tell
from marketing_agent.settings import settings

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]

SOON = timedelta(minutes=1)


class Channel(HTTPServer):
    """A webhook on loopback that remembers what it was told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.status = 200
        self.told: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        """The channel as Apprise names it, with a token that nobody may see."""
        return f"json://127.0.0.1:{self.server_port}/hook-s3cret"


class _Hook(BaseHTTPRequestHandler):
    server: Channel

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.status == 200:
            self.server.told.append(said)
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Channel]:
    monkeypatch.setenv("MARKETING_AGENT_KEY", "a key of the test")
    settings.cache_clear()
    server = Channel()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
    monkeypatch.undo()
    settings.cache_clear()


def a_positive_reply() -> Notice:
    scene = a_scene()
    receive(answer(scene.letter, "Yes, I am interested.", f"Nina Berg <{NINA}>"))
    return Notice.objects.get()


def test_the_salesperson_gets_the_text_the_suggested_answer_and_the_page(channel: Channel) -> None:
    notice = a_positive_reply()
    put_secret("NOTIFY_SALES", channel.url, BY, NOW)
    assert tell_waiting(tell, "w", NOW) == {"told": 1, "failed": 0, "nobody": 0, "dropped": 0}
    [said] = channel.told
    assert said["title"] == "Interested: Nina Berg"
    assert "> Yes, I am interested." in said["message"]
    suggestion = Suggestion.objects.get()
    assert suggestion.body.strip() in said["message"]
    assert f"/approve/{token_of(suggestion)}" in said["message"]
    notice.refresh_from_db()
    assert (notice.state, notice.told_at, notice.due_at) == ("told", NOW, None)


def test_nobody_is_told_twice(channel: Channel) -> None:
    a_positive_reply()
    put_secret("NOTIFY_SALES", channel.url, BY, NOW)
    tell_waiting(tell, "w", NOW)
    assert tell_waiting(tell, "w", NOW + SOON)["told"] == 0
    assert len(channel.told) == 1


def test_a_channel_that_fails_is_tried_again_and_its_secret_is_never_said(channel: Channel) -> None:
    notice = a_positive_reply()
    put_secret("NOTIFY_SALES", channel.url, BY, NOW)
    channel.status = 500
    assert tell_waiting(tell, "w", NOW)["failed"] == 1
    notice.refresh_from_db()
    assert (notice.state, notice.due_at) == ("waiting", NOW + WAITS[0])
    assert notice.problem == "JSON did not take the message."
    assert tell_waiting(tell, "w", NOW)["failed"] == 0  # not due yet
    channel.status = 200
    assert tell_waiting(tell, "w", NOW + WAITS[0])["told"] == 1


def test_one_channel_that_works_is_enough(channel: Channel) -> None:
    notice = a_positive_reply()
    put_secret("NOTIFY_SALES", f"json://127.0.0.1:1/ {channel.url}", BY, NOW)
    assert tell_waiting(tell, "w", NOW)["told"] == 1
    notice.refresh_from_db()
    assert (notice.state, "did not take" in notice.problem) == ("told", True)


def test_without_a_channel_an_alert_says_that_nobody_is_told(channel: Channel) -> None:
    notice = a_positive_reply()
    assert tell_waiting(tell, "w", NOW)["nobody"] == 1
    notice.refresh_from_db()
    assert notice.state == "nobody"
    assert Alert.objects.get().key == "nobody-is-told"
    del channel


def test_what_fails_for_ever_is_given_up_with_an_alert(channel: Channel) -> None:
    def refuse(url: str, title: str, body: str) -> None:
        raise MessengerError(f"{len(url + title + body)} characters were refused.")

    notice, now = a_positive_reply(), NOW
    put_secret("NOTIFY_SALES", channel.url, BY, NOW)
    for wait in (*WAITS, timedelta(0)):
        assert tell_waiting(refuse, "w", now)["failed"] == 1
        now += wait
    notice.refresh_from_db()
    assert (notice.state, notice.due_at) == ("given_up", None)
    assert Alert.objects.get(key="notices-fail").severity == "critical"


def test_a_worker_that_dies_while_telling_loses_nothing(channel: Channel) -> None:
    class Dead(Exception):  # noqa: N818  it stands for a process that is no more
        pass

    def die(url: str, title: str, body: str) -> None:
        raise Dead(url + title + body)

    notice = a_positive_reply()
    put_secret("NOTIFY_SALES", channel.url, BY, NOW)
    with pytest.raises(Dead):
        tell_waiting(die, "w", NOW)
    assert tell_waiting(tell, "v", NOW)["told"] == 0  # the dead one's lease still runs
    Notice.objects.filter(pk=notice.pk).update(lease_until=NOW)  # long past by the database's clock
    assert tell_waiting(tell, "v", NOW)["told"] == 1


def test_a_link_leads_to_its_answer_and_a_forged_one_nowhere(channel: Channel) -> None:
    a_positive_reply()
    suggestion = Suggestion.objects.get()
    token = token_of(suggestion)
    assert suggestion_behind(token) == suggestion
    assert suggestion_behind(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert suggestion_behind("") is None
    del channel


def test_a_long_reply_is_cut_in_the_notice() -> None:
    scene = a_scene()
    [item] = receive(answer(scene.letter, "Yes, I am interested. " + "Really. " * 1000))
    _, body = words_of(item, NOW)
    assert len(body) < 5000
