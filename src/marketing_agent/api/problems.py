"""Problem documents (RFC 9457): the one shape in which this program says no over HTTP."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from marketing_agent.api.callers import request_id_of

MEDIA_TYPE = "application/problem+json"

Errors = list[dict[str, Any]]


class Problem(Exception):  # noqa: N818  the RFC's own word
    """A refusal that the caller can act on: status, a stable code, and a sentence."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        retryable: bool = False,
        errors: Errors | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.retryable = retryable
        self.errors = errors
        self.headers = dict(headers or {})


def missing(what: str) -> Problem:
    """Give the 404 for something that does not exist (here: not to be seen by this caller)."""
    return Problem(404, "not_found", f"There is no {what}.")


def unprocessable(field: str, sentence: str, *, code: str = "invalid") -> Problem:
    """Give the 422 for one field whose value cannot be used."""
    return Problem(422, code, sentence, errors=[{"field": field, "message": sentence}])


def conflict(code: str, sentence: str, *, retryable: bool = False) -> Problem:
    """Give the 409 for something that what exists already forbids."""
    return Problem(409, code, sentence, retryable=retryable)


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Write `problem` as a response: the RFC's members, then code, retryable and request_id."""
    body: dict[str, Any] = {
        "type": f"urn:marketing-agent:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.path,
        "code": problem.code,
        "retryable": problem.retryable,
        "request_id": request_id_of(request),
    }
    if problem.errors is not None:
        body["errors"] = problem.errors
    response = HttpResponse(json.dumps(body), status=problem.status, content_type=MEDIA_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    return response
