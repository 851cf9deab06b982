"""Who may come in, and what the others hear."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from api.calls import Call, calls
from api.world import BY, NOW, Asker, World, token
from marketing_agent.accounts.actions import create_token, revoke_token
from marketing_agent.operations.stop import current_stop
from marketing_agent.workers import clock

OPEN = {"/health"}
STOP = {"key": "emergency_stop", "value": True}
ADMIN_ONLY = {"/api/tokens", "/api/tokens/{name_or_prefix}"}


@pytest.mark.parametrize("call", [each for each in calls() if each.path not in OPEN], ids=str)
def test_without_a_token_every_call_says_how_to_get_in(
    call: Call, stranger: Asker, world: World
) -> None:
    response = stranger.ask(call.method, call.url(world), call.body)
    assert response.status_code == 401
    assert "Bearer" in response["WWW-Authenticate"]
    assert "marketing-agent env" in json.loads(response.content)["detail"]


@pytest.mark.parametrize("path", ["/api/nothing", "/nothing", "/api/docs", "/api/openapi.json"])
def test_without_a_token_nobody_learns_what_there_is(path: str, stranger: Asker) -> None:
    assert stranger.get(path).status_code == 401


def test_health_needs_no_token(stranger: Asker) -> None:
    assert stranger.get("/health").status_code == 200


def test_a_reverse_proxy_on_the_same_host_opens_nothing(stranger: Asker) -> None:
    assert stranger.get("/api/stats", Host="127.0.0.1:8787").status_code == 401


@pytest.mark.parametrize("user", ["", "anybody", "a:b"[:1]])
def test_a_token_is_taken_as_a_basic_password(user: str, stranger: Asker) -> None:
    word = base64.b64encode(f"{user}:{token('read')}".encode()).decode()
    assert stranger.get("/api/stats", Authorization=f"Basic {word}").status_code == 200


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic",
        "Basic !!!",
        "Basic eDp5",
        "Basic /w==",
        "Digest a",
    ],
)
def test_what_is_no_token_is_refused(value: str, stranger: Asker) -> None:
    assert stranger.get("/api/stats", Authorization=value).status_code == 401


def test_an_expired_token_is_refused(stranger: Asker, clocked: clock.SimulatedClock) -> None:
    stranger.token = create_token("short", "read", NOW + timedelta(hours=1), BY, NOW)[1]
    assert stranger.get("/api/stats").status_code == 200
    clocked.move_to(NOW + timedelta(hours=1))
    assert stranger.get("/api/stats").status_code == 401


def test_a_revoked_token_is_refused(stranger: Asker) -> None:
    stranger.token = token("read", "gone")
    revoke_token("gone", BY, NOW)
    assert stranger.get("/api/stats").status_code == 401


@pytest.mark.parametrize("call", list(calls()), ids=str)
def test_a_reader_changes_nothing(call: Call, stranger: Asker, world: World) -> None:
    stranger.token = token("read")
    status = stranger.ask(call.method, call.url(world), call.body).status_code
    reads = call.method == "GET" and call.path not in ADMIN_ONLY
    assert (status == 403) is not reads


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/tokens"), ("POST", "/api/tokens"), ("PUT", "/api/secrets/A")]
)
def test_an_operator_handles_no_keys(method: str, path: str, stranger: Asker) -> None:
    stranger.token = token("operate")
    response = stranger.ask(method, path, {"name": "x"})
    assert response.status_code == 403
    assert json.loads(response.content)["code"] == "scope_too_small"
    assert stranger.post("/api/stop").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_a_foreign_page_changes_nothing_with_a_password_that_the_browser_holds(
    headers: dict[str, str], admin: Asker
) -> None:
    assert admin.post("/api/config", STOP, **headers).status_code == 403
    assert current_stop() is None


def test_our_own_page_may_change_things(admin: Asker) -> None:
    own = {"Host": "agent.example", "Origin": "https://agent.example"}
    assert admin.post("/api/config", STOP, **own, Sec_Fetch_Site="same-origin").status_code == 200


def test_the_api_takes_no_cookie(admin: Asker, stranger: Asker) -> None:
    stranger.client.post("/login", {"token": admin.token})
    assert stranger.client.get("/").status_code == 200
    assert stranger.get("/api/stats").status_code == 401
    assert stranger.post("/api/config", STOP).status_code == 401


class TestSandbox:
    def test_the_machine_itself_needs_no_token(self, guest: Asker) -> None:
        assert guest.get("/api/stats").status_code == 200
        assert guest.post("/api/config", STOP).status_code == 200

    @pytest.mark.parametrize("host", ["localhost", "localhost:8787", "[::1]:8787", "127.0.0.1"])
    def test_it_answers_under_every_name_of_the_machine(self, host: str, guest: Asker) -> None:
        assert guest.get("/api/stats", Host=host).status_code == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {"Host": "evil.example"},
            {"Host": "127.0.0.1.evil.example"},
            {"Host": "[127.0.0.1"},
            {"Host": ""},
            {"Origin": "http://evil.example"},
            {"Origin": "http://127.0.0.1:9999"},
            {"Origin": "http://[::1"},
            {"Sec_Fetch_Site": "cross-site"},
            {"Sec_Fetch_Site": "same-site"},
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_foreign_pages_are_refused(
        self, method: str, headers: dict[str, str], guest: Asker
    ) -> None:
        assert guest.ask(method, "/api/stop", **headers).status_code == 403
        assert current_stop() is None

    def test_another_machine_needs_a_token(self, guest: Asker) -> None:
        guest.client.defaults["REMOTE_ADDR"] = "192.0.2.7"
        assert guest.get("/api/stats").status_code == 401

    @pytest.mark.parametrize("header", ["X_Forwarded_For", "Forwarded", "X_Real_IP"])
    def test_what_came_through_a_proxy_needs_a_token(self, header: str, guest: Asker) -> None:
        assert guest.get("/api/stats", **{header: "127.0.0.1"}).status_code == 401


class TestProxies:
    def test_forwarded_headers_of_strangers_do_not_count(self, admin: Asker) -> None:
        admin.post("/api/stop", X_Forwarded_For="192.0.2.66")
        assert _stopped_from(admin) == "127.0.0.1"

    @pytest.mark.parametrize(
        ("chain", "client"),
        [
            ("192.0.2.66", "192.0.2.66"),
            ("203.0.113.9, 192.0.2.66", "192.0.2.66"),
            ("192.0.2.66, 10.1.2.3", "192.0.2.66"),
            ("192.0.2.66, nonsense", "127.0.0.1"),
            ("", "127.0.0.1"),
        ],
    )
    def test_a_configured_proxy_says_who_asked(
        self, chain: str, client: str, admin: Asker, installed: Callable[..., None]
    ) -> None:
        installed(TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/8, nonsense")
        admin.post("/api/stop", X_Forwarded_For=chain)
        assert _stopped_from(admin) == client


def _stopped_from(admin: Asker) -> str:
    found = admin.json("GET", "/api/audit?action=stop.start")
    return str(found["entries"][0]["origin"])
