"""The made-up model speaks the interface, refuses what real ones refuse, and counts its calls."""

import json
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from marketing_agent.sandbox.model_deeds import answer, broken, no_credit, too_many
from marketing_agent.sandbox.model_server import PATH, ModelServer

pytestmark = pytest.mark.enable_socket

ASKED = {
    "model": "m",
    "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}],
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": "n", "strict": True, "schema": {"type": "object"}},
    },
}


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(lambda _: answer({"a": 1}), key="k") as running:
        yield running


def post(
    server: ModelServer, body: object = ASKED, key: str = "k", path: str = PATH
) -> tuple[int, dict[str, str], Any]:
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=5)
    try:
        connection.request("POST", path, json.dumps(body), {"Authorization": f"Bearer {key}"})
        got = connection.getresponse()
        text = got.read()
        kind = got.headers["Content-Type"]
        return got.status, dict(got.headers), json.loads(text) if "json" in kind else text
    finally:
        connection.close()


def test_it_answers_as_the_interface_has_it(server: ModelServer) -> None:
    status, _, body = post(server)
    [choice] = body["choices"]
    assert (status, body["object"], choice["finish_reason"]) == (200, "chat.completion", "stop")
    assert json.loads(choice["message"]["content"]) == {"a": 1}
    assert body["usage"]["total_tokens"] == 460
    [asked] = server.calls
    assert (asked.model, asked.text, asked.schema, asked.key) == ("m", "u", {"type": "object"}, "k")


def test_it_refuses_what_real_ones_refuse(server: ModelServer) -> None:
    assert post(server, key="wrong")[0] == 401
    assert post(server, path="/v1/other")[0] == 404
    assert server.calls == ()
    assert post(server, ASKED | {"model": ""})[0] == 400
    assert post(server, ASKED | {"response_format": {"type": "text"}})[0] == 400


def test_it_fails_as_it_is_told(server: ModelServer) -> None:
    server.decide = lambda _: too_many("9")
    status, headers, body = post(server)
    assert (status, headers["Retry-After"], body["error"]["code"]) == (
        429,
        "9",
        "rate_limit_exceeded",
    )
    server.decide = lambda _: no_credit(402)
    assert (post(server)[0], post(server)[2]["error"]["code"]) == (402, "insufficient_quota")
    server.decide = lambda _: broken(500)
    assert post(server)[0] == 500
    assert len(server.calls) == 4


def test_it_takes_its_time(server: ModelServer) -> None:
    server.decide = lambda _: answer({}, after_s=0.2)
    started = time.monotonic()
    assert post(server)[0] == 200
    assert time.monotonic() - started >= 0.2


def test_what_is_no_request_gets_no_answer(server: ModelServer) -> None:
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=5)
    connection.connect()
    connection.sock.sendall(b"hello\r\n\r\n")
    assert b"404" in connection.sock.recv(100)
    connection.close()
    assert post(server)[0] == 200
