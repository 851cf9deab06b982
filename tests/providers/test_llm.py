"""A model over real sockets: every way to fail is typed, bounded in time, and tells no key."""

import time
import traceback
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from pydantic import BaseModel, ConfigDict

from marketing_agent.providers.books import Service
from marketing_agent.providers.errors import (
    ProviderError,
    ProviderNonsense,
    ProviderRefused,
    ProviderUnavailable,
)
from marketing_agent.providers.limiter import Limiter
from marketing_agent.providers.llm import LanguageModel
from marketing_agent.providers.questions import Endpoint, Question
from marketing_agent.sandbox.model_deeds import (
    Deed,
    answer,
    broken,
    complete,
    cut_short,
    no_credit,
    refuse,
    too_many,
    unknown_model,
    unwilling,
    wrong_key,
)
from marketing_agent.sandbox.model_server import ModelServer

pytestmark = pytest.mark.enable_socket

KEY = "xai-very-secret-key"


class Colour(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    colour: str
    sure: float


QUESTION = Question("Name the colour.", "The sky at noon.", "colour", Colour, max_tokens=50)
BLUE = {"colour": "blue", "sure": 0.9}


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(lambda _: answer(BLUE), key=KEY) as running:
        yield running


def model(url: str, *, key: str = KEY, answer_s: float = 5.0) -> LanguageModel[Colour]:
    endpoint = Endpoint(
        "grok", url, "grok-test", key, price_in=1.0, price_out=2.0, answer_s=answer_s
    )
    return LanguageModel(endpoint, Service("grok", None, Limiter(60_000)))


def failure(server: ModelServer, deed: Deed, **how: float) -> ProviderError:
    server.decide = lambda _: deed
    with pytest.raises(ProviderError) as caught:
        model(server.url, **how).ask(QUESTION)
    said = "".join(traceback.format_exception(caught.value))
    assert KEY not in said
    assert "Slow down" not in said
    return caught.value


def test_an_answer_comes_in_the_shape_asked_for_with_its_cost(server: ModelServer) -> None:
    found = model(server.url).ask(QUESTION)
    assert (found.answer, found.cost) == (Colour(colour="blue", sure=0.9), 400 + 2 * 60)


def test_the_question_is_asked_as_the_interface_has_it(server: ModelServer) -> None:
    model(server.url).ask(QUESTION)
    [asked] = server.calls
    assert (asked.key, asked.model, asked.text) == (KEY, "grok-test", "The sky at noon.")
    assert asked.schema["additionalProperties"] is False
    assert asked.schema["required"] == ["colour", "sure"]
    assert (asked.body["temperature"], asked.body["max_completion_tokens"]) == (0.0, 50)
    assert "reasoning_effort" not in asked.body


def test_what_the_environment_says_of_another_service_is_left_out(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "another")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer another")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    model(server.url).ask(QUESTION)
    assert server.calls[0].key == KEY


@pytest.mark.parametrize(
    ("deed", "kind", "wait"),
    [
        (too_many("7"), "rate_limited", 7.0),
        (too_many(), "rate_limited", None),
        (too_many("Wed, 21 Oct 2026 07:28:00 GMT"), "rate_limited", None),
        (too_many("9" * 400), "rate_limited", None),
        (broken(), "server_error", None),
        (broken(HTTPStatus.INTERNAL_SERVER_ERROR), "server_error", None),
        (Deed(breaks_off=True, body=b"{}"), "connection", None),
        (Deed(headers=(("Content-Encoding", "gzip"),), body=b"x"), "connection", None),
        (Deed(body=b" " * 3_000_000), "connection", None),
    ],
)
def test_trouble_of_the_moment_is_temporary(
    server: ModelServer, deed: Deed, kind: str, wait: float | None
) -> None:
    error = failure(server, deed)
    assert isinstance(error, ProviderUnavailable)
    assert (error.kind, error.temporary, error.retry_after_s) == (kind, True, wait)


@pytest.mark.parametrize(
    ("deed", "kind"),
    [
        (wrong_key(), "key"),
        (refuse(400, "invalid-argument", "Incorrect API key provided: xa***."), "key"),
        (no_credit(), "no_credit"),
        (no_credit(HTTPStatus.PAYMENT_REQUIRED), "no_credit"),
        (no_credit(HTTPStatus.FORBIDDEN), "no_credit"),
        (unknown_model(), "unknown_model"),
        (refuse(400, "model_not_found", "The model does not exist."), "unknown_model"),
        (refuse(403, "forbidden", "Your team is blocked."), "forbidden"),
        (refuse(422, "invalid", "A field has a wrong format."), "bad_request"),
        (Deed(307, b"", (("Location", "http://127.0.0.1:9/"),)), "redirect"),
    ],
)
def test_what_a_person_must_mend_is_permanent(server: ModelServer, deed: Deed, kind: str) -> None:
    error = failure(server, deed)
    assert isinstance(error, ProviderRefused)
    assert (error.kind, error.temporary, error.cost) == (kind, False, 0)
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("deed", "kind", "cost"),
    [
        (Deed(body=b"{not json"), "malformed", None),
        (Deed(body=b"[" * 100_000), "malformed", None),
        (Deed(body=b'{"choices": []}'), "empty", None),
        (complete("no json at all"), "malformed", 520),
        (complete('{"colour": "blue"}'), "schema", 520),
        (complete('{"colour": "blue", "sure": "very"}'), "schema", 520),
        (complete('{"colour": "blue", "sure": 1, "send": "now"}'), "schema", 520),
        (cut_short(), "truncated", 520),
        (unwilling(), "refusal", 520),
        (complete("{}", finish="content_filter"), "refusal", 520),
        (refuse(403, "forbidden", "Content violates usage guidelines."), "refusal", 0),
        (complete(""), "empty", 520),
        (complete(None), "empty", 520),
    ],
)
def test_what_is_no_answer_is_nonsense_with_its_cost(
    server: ModelServer, deed: Deed, kind: str, cost: int | None
) -> None:
    error = failure(server, deed)
    assert isinstance(error, ProviderNonsense)
    assert (error.kind, error.cost) == (kind, cost)


@pytest.mark.parametrize("deed", [Deed(hangs=True), Deed(drip_s=0.02, body=b"{}"), Deed(after_s=9)])
def test_a_server_that_hangs_or_drips_is_left_in_time(server: ModelServer, deed: Deed) -> None:
    started = time.monotonic()
    error = failure(server, deed, answer_s=0.4)
    assert time.monotonic() - started < 3
    assert (error.kind, error.temporary, error.cost) == ("time_out", True, None)


def test_reasoning_that_only_the_total_counts_is_paid_for(server: ModelServer) -> None:
    deed = answer(BLUE)
    body = deed.body.replace(b'"total_tokens": 460', b'"total_tokens": 1460')
    server.decide = lambda _: Deed(body=body)
    assert model(server.url).ask(QUESTION).cost == 400 + 2 * 1060


def test_nobody_at_home_costs_nothing() -> None:
    with ModelServer(lambda _: answer(BLUE)) as gone:
        url = gone.url
    with pytest.raises(ProviderUnavailable) as caught:
        model(url).ask(QUESTION)
    assert (caught.value.kind, caught.value.cost) == ("connection", 0)


def test_a_wrong_key_is_not_repeated_in_what_we_say(server: ModelServer) -> None:
    with pytest.raises(ProviderRefused, match="does not take our key") as caught:
        model(server.url, key="xai-mistyped").ask(QUESTION)
    assert "mistyped" not in f"{caught.value!r}"


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com/v1",
        "https://10.0.0.1/v1",
        "https://169.254.169.254/v1",
        "https://[::ffff:192.168.0.1]/v1",
        "https://user:pass@api.example.com/v1",
        "ftp://api.example.com",
        "file:///etc/passwd",
    ],
)
def test_a_key_is_sent_to_no_other_address(url: str) -> None:
    with pytest.raises(ProviderRefused) as caught:
        model(url).ask(QUESTION)
    assert caught.value.kind == "address"


def test_a_name_that_leads_home_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", ("93.184.215.14", 443)), (2, 1, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(
        "marketing_agent.providers.network.socket.getaddrinfo", lambda *_, **__: found
    )
    with pytest.raises(ProviderRefused, match="not public"):
        model("https://api.example.com/v1").ask(QUESTION)


def test_the_key_shows_in_no_repr() -> None:
    assert KEY not in repr(Endpoint("grok", "https://api.example.com", "m", KEY))


def test_the_dearest_answer_is_known_before() -> None:
    asked = model("https://api.example.com").most(QUESTION)
    assert 2 * 50 + 200 < asked < 1000
