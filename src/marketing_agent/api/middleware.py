"""What every request passes on its way in and out: its id, its headers, the gate, its memory."""

import re
import secrets
import time
from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from marketing_agent.api import headers, idempotency, refusals
from marketing_agent.api.callers import request_id_of, set_request_id
from marketing_agent.api.gate import pass_gate
from marketing_agent.api.origins import origin_of
from marketing_agent.api.problems import Problem, answer
from marketing_agent.operations.requests import record
from marketing_agent.settings import settings
from marketing_agent.store.replaced import reconnect_if_replaced
from marketing_agent.workers import clock

Next = Callable[[HttpRequest], HttpResponseBase]

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_NOT_ALLOWED = 405
_SERVER_ERROR = 500
_log = structlog.get_logger(__name__)


class Envelope:
    """Outermost: gives each request an id, each answer its headers, each log line its figures."""

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request."""
        begun = time.monotonic()
        reconnect_if_replaced()
        head = _as_get(request)
        set_request_id(request, _request_id(request))
        with structlog.contextvars.bound_contextvars(request_id=request_id_of(request)):
            response = _as_problem(request, self._get_response(request))
            _report(request, response, time.monotonic() - begun, clock.now())
        secure = origin_of(request, settings().trusted_proxies).secure
        headers.protect(response, request.path, secure=secure)
        response.headers["X-Request-Id"] = request_id_of(request)
        return _without_body(response) if head else response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase:
        """Turn what nobody caught into a problem document (Django's hook)."""
        return answer(request, refusals.read(request, error))


class Gate:
    """Lets in who may come in; says to everybody else what to do."""

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request, or refuse it."""
        try:
            pass_gate(request, settings(), clock.now())
        except (Problem, DatabaseError) as error:
            return refusals.say(request, error)
        return self._get_response(request)


class Memory:
    """Answers a repeated Idempotency-Key with what was answered before."""

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request, or repeat the answer that it had before."""
        try:
            return idempotency.once(request, self._get_response, clock.now())
        except (Problem, DatabaseError) as error:
            return refusals.say(request, error)


def _as_get(request: HttpRequest) -> bool:
    if request.method != "HEAD":
        return False
    request.method = "GET"
    return True


def _without_body(response: HttpResponseBase) -> HttpResponseBase:
    if isinstance(response, HttpResponse):
        response.headers.setdefault("Content-Length", str(len(response.content)))
        response.content = b""
    return response


def _request_id(request: HttpRequest) -> str:
    given = str(request.META.get("HTTP_X_REQUEST_ID", ""))
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(12)


def _as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code != _NOT_ALLOWED:
        return response
    allowed = response.headers.get("Allow", "")
    return answer(
        request,
        Problem(
            _NOT_ALLOWED,
            "method_not_allowed",
            f"This path answers {allowed or 'other methods'} only.",
            headers={"Allow": allowed},
        ),
    )


def _told_path(path: str) -> str:
    """Leave out of a log what proves who was told of an answer."""
    return "/approve/…" if path.startswith("/approve/") else path


def _report(
    request: HttpRequest, response: HttpResponseBase, seconds: float, now: datetime
) -> None:
    failed = response.status_code >= _SERVER_ERROR
    if request.path.startswith("/api/"):
        record(seconds, failed, now)
    # The path without its query: filters hold addresses, and logs are kept.
    log = _log.warning if failed else _log.info
    log(
        "request",
        method=request.method,
        path=_told_path(request.path),
        status=response.status_code,
        duration_ms=round(seconds * 1000, 1),
    )
