"""A chat-completions endpoint on a loopback port that answers, fails or dawdles as it is told.

It speaks the wire format of the real ones: what it is sent is looked at, and kept in `calls`.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self

from marketing_agent.sandbox.loop_thread import LoopThread
from marketing_agent.sandbox.model_deeds import Deed, refuse

LOOPBACK = "127.0.0.1"
PATH = "/v1/chat/completions"
_LONGEST = 1_000_000  # bytes of a request


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it came in."""

    key: str
    body: dict[str, Any]

    @property
    def model(self) -> str:
        """The model that was asked for."""
        return str(self.body.get("model", ""))

    @property
    def text(self) -> str:
        """What the user's message says."""
        return "\n".join(each["content"] for each in self._messages() if each["role"] == "user")

    @property
    def schema(self) -> dict[str, Any]:
        """The schema that the answer has to follow."""
        found: dict[str, Any] = self.body["response_format"]["json_schema"]["schema"]
        return found

    def _messages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.body["messages"]
        return found


Decide = Callable[[Asked], Deed]


class ModelServer:
    """Serves PATH on 127.0.0.1; `decide` says what becomes of each call and may be exchanged.

    `key` is the one that it takes; an empty one takes any.
    """

    def __init__(self, decide: Decide, *, key: str = "", port: int = 0) -> None:
        self.decide = decide
        self._key, self._port = key, port
        self._calls: list[Asked] = []
        self._thread = LoopThread("sandbox-model")
        self._listener: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The base URL that a client is given."""
        return f"http://{LOOPBACK}:{self._port}/v1"

    @property
    def calls(self) -> tuple[Asked, ...]:
        """Every question so far, the first one first."""
        return tuple(self._calls)

    def start(self) -> None:
        """Listen; the address is `url`."""
        self._thread.start()
        self._thread.run(self._listen())

    def stop(self) -> None:
        """Stop listening, break off what hangs, and end the thread."""
        if self._listener:
            self._thread.call(self._listener.close)
        self._thread.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    async def _listen(self) -> None:
        self._listener = await asyncio.start_server(self._serve, LOOPBACK, self._port)
        self._port = self._listener.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            deed = self._judge(*await _request(reader))
            await asyncio.sleep(deed.after_s)
            await (reader.read() if deed.hangs else _perform(deed, writer))
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the client went away, or sent no request of HTTP: there is nobody to answer
        finally:
            writer.close()

    def _judge(self, start: str, headers: dict[str, str], body: bytes) -> Deed:
        """Say what becomes of a request: what is wrong with it, or whatever `decide` decides."""
        method, _, rest = start.partition(" ")
        if method != "POST" or rest.partition(" ")[0] != PATH:
            return refuse(HTTPStatus.NOT_FOUND, "not_found", "There is no such endpoint.")
        key = headers.get("authorization", "").removeprefix("Bearer ")
        if not key or (self._key and key != self._key):
            said = f"Incorrect API key provided: {key[:4]}***."
            return refuse(HTTPStatus.UNAUTHORIZED, "invalid_api_key", said)
        asked = Asked(key, json.loads(body))
        self._calls.append(asked)
        return _complaint(asked) or self.decide(asked)


def _complaint(asked: Asked) -> Deed | None:
    """Refuse what the real endpoints refuse: no model, no message, no strict schema."""
    form = asked.body.get("response_format", {})
    strict = form.get("type") == "json_schema" and form["json_schema"].get("strict") is True
    if asked.model and asked.body.get("messages") and strict:
        return None
    return refuse(HTTPStatus.BAD_REQUEST, "invalid_request_error", "The request is not complete.")


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in head[1:] if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    length = min(_LONGEST, int(headers.get("content-length", "0")))
    return head[0], headers, await reader.readexactly(length)


async def _perform(deed: Deed, writer: asyncio.StreamWriter) -> None:
    for piece in _pieces(deed):
        writer.write(piece)
        await writer.drain()
        if deed.drip_s:
            await asyncio.sleep(deed.drip_s)


def _pieces(deed: Deed) -> list[bytes]:
    """Give what is written: all at once, or byte by byte."""
    headers = {
        "Content-Type": "application/json",
        "Content-Length": str(len(deed.body)),
        "Connection": "close",
    } | dict(deed.headers)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    phrase = HTTPStatus(deed.status).phrase
    whole = f"HTTP/1.1 {deed.status} {phrase}\r\n{lines}\r\n".encode() + deed.body
    if deed.breaks_off:
        return [whole[: len(whole) // 2]]
    return [whole[n : n + 1] for n in range(len(whole))] if deed.drip_s else [whole]
