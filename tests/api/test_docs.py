"""The OpenAPI document and its page."""

import contextlib
import re
from typing import Any

import pytest

from api.calls import document
from api.world import Asker

OPERATIONS = [
    (f"{method.upper()} {path}", call)
    for path, methods in document()["paths"].items()
    for method, call in methods.items()
]


def body(response: Any) -> bytes:
    """Read a file that is streamed, and close it."""
    with contextlib.closing(response):
        return b"".join(response.streaming_content)


def test_the_page_loads_nothing_from_elsewhere(admin: Asker, stranger: Asker) -> None:
    response = admin.get("/api/docs")
    page = response.content.decode()
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert links
    assert all(link.startswith("/static/") for link in links)
    assert "//" not in re.sub(r"https?://json-schema.org\S*", "", "".join(links))
    for link in links:
        served = stranger.get(link)
        assert served.status_code == 200
        assert body(served)


def test_the_page_may_run_our_scripts_and_no_others(admin: Asker) -> None:
    response = admin.get("/api/docs")
    assert "script-src 'self';" in response["Content-Security-Policy"]
    inline = re.findall(r"<script(?![^>]*src)([^>]*)>", response.content.decode())
    assert all('type="application/json"' in each for each in inline)


def test_a_file_that_is_known_already_is_not_sent_again(stranger: Asker) -> None:
    first = stranger.get("/static/console/console.css")
    assert first["Content-Type"] == "text/css"
    body(first)
    again = stranger.get("/static/console/console.css", If_Modified_Since=first["Last-Modified"])
    assert again.status_code == 304


@pytest.mark.parametrize(
    "name",
    ["", "ninja", "../settings.py", "%2e%2e/settings.py", "ninja/../../conf.py", "%2Fetc/passwd"],
)
def test_static_serves_nothing_but_static_files(name: str, stranger: Asker) -> None:
    assert stranger.get(f"/static/{name}").status_code == 404


def test_every_call_has_a_name_of_its_own() -> None:
    names = [call["operationId"] for _, call in OPERATIONS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("call", [call for _, call in OPERATIONS], ids=[n for n, _ in OPERATIONS])
def test_every_call_says_what_it_does_and_what_it_asks(call: dict[str, Any]) -> None:
    assert call["description"].endswith(".")
    assert call["tags"]
    assert "default" in call["responses"]
    assert ("security" in call) is (call["operationId"] != "outside_get_health")


def test_the_document_is_served(admin: Asker) -> None:
    found = admin.json("GET", "/api/openapi.json")
    assert found["openapi"].startswith("3.")
    assert set(found["paths"]) == set(document()["paths"])
