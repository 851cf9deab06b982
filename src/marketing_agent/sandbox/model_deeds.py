"""What a made-up model does with a question: answer it, or fail in any of the ways that real ones do."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True, slots=True)
class Deed:
    """One answer on the wire, and how slowly or badly it comes.

    Attributes:
        status: of HTTP.
        body: its bytes.
        headers: beyond the usual ones.
        after_s: seconds before the first byte.
        hangs: nothing ever comes.
        drip_s: seconds between two bytes; 0: all at once.
        breaks_off: the connection ends in the middle.
    """

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    after_s: float = 0.0
    hangs: bool = False
    drip_s: float = 0.0
    breaks_off: bool = False


def answer(data: object, *, after_s: float = 0.0, model: str = "sandbox-model") -> Deed:
    """Answer a question with `data` as JSON."""
    return complete(json.dumps(data), model=model, after_s=after_s)


def complete(
    content: str | None,
    *,
    finish: str = "stop",
    refusal: str | None = None,
    tokens: tuple[int, int] = (400, 60),
    model: str = "sandbox-model",
    after_s: float = 0.0,
) -> Deed:
    """Answer with a chat completion of this content."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    body = {
        "id": "chatcmpl-sandbox",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": {
            "prompt_tokens": tokens[0],
            "completion_tokens": tokens[1],
            "total_tokens": sum(tokens),
        },
    }
    return Deed(body=_json(body), after_s=after_s)


def refuse(status: int, code: str, said: str, headers: tuple[tuple[str, str], ...] = ()) -> Deed:
    """Answer with an error as the real endpoints word it."""
    error = {"message": said, "type": code, "param": None, "code": code}
    return Deed(status, _json({"error": error}), headers)


def too_many(retry_after: str = "") -> Deed:
    """Ask to wait."""
    headers = (("Retry-After", retry_after),) if retry_after else ()
    return refuse(HTTPStatus.TOO_MANY_REQUESTS, "rate_limit_exceeded", "Slow down.", headers)


def no_credit(status: int = HTTPStatus.TOO_MANY_REQUESTS) -> Deed:
    """Say that the account is empty, as vendors do by different statuses."""
    return refuse(status, "insufficient_quota", "You have used all available credits.")


def broken(status: int = HTTPStatus.SERVICE_UNAVAILABLE) -> Deed:
    """Fail as a server with trouble of its own."""
    return Deed(status, b"<html>upstream error</html>", (("Content-Type", "text/html"),))


def wrong_key() -> Deed:
    """Refuse the key."""
    said = "Incorrect API key provided."
    return refuse(HTTPStatus.UNAUTHORIZED, "invalid_api_key", said)


def unknown_model() -> Deed:
    """Refuse the model."""
    said = "The model does not exist."
    return refuse(HTTPStatus.NOT_FOUND, "model_not_found", said)


def unwilling() -> Deed:
    """Decline to answer, as a model does."""
    return complete(None, refusal="I cannot help with that.")


def cut_short() -> Deed:
    """Break off in the middle of the JSON, for the tokens are used up."""
    return complete('{"intent": "quest', finish="length")


def _json(data: Any) -> bytes:  # noqa: ANN401  whatever JSON holds
    return json.dumps(data).encode()
