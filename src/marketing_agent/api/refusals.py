"""What went wrong, said in the API's words: exceptions in, problem documents out."""

from collections.abc import Callable

import structlog
from django.core.exceptions import (
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja.errors import HttpError, ValidationError

from marketing_agent.api.callers import request_id_of
from marketing_agent.api.problems import Problem, answer, missing
from marketing_agent.api.reading import UnreadableBody
from marketing_agent.operations.actions import record_error
from marketing_agent.operations.errors import OperatorError
from marketing_agent.workers import clock

_log = structlog.get_logger(__name__)


def read(request: HttpRequest, error: Exception) -> Problem:
    """Say an exception as a problem; one that nobody foresaw is logged and becomes an error row."""
    for kind, say in _KNOWN:
        if isinstance(error, kind):
            return say(error)
    _keep(request, error)
    return Problem(
        500,
        "internal",
        "Something unforeseen happened; it stands in /api/errors under this request_id.",
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a path that leads nowhere (Django's handler404)."""
    del exception
    return answer(request, missing("such path; /api/docs lists them all"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django itself refuses (Django's handler400)."""
    return answer(request, read(request, exception))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what even the middleware could not (Django's handler500)."""
    return answer(request, Problem(500, "internal", "Something unforeseen happened."))


def say(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Answer an exception that a call raised (ninja's handler)."""
    return answer(request, read(request, error() if isinstance(error, type) else error))


def _keep(request: HttpRequest, error: Exception) -> None:
    _log.error("unforeseen", path=request.path, exc_info=error)
    try:
        record_error(
            "request",
            f"{type(error).__name__}: {error}"[:1000],
            subject=f"{request.method} {request.path}"[:300],
            origin=request_id_of(request),
            now=clock.now(),
        )
    except DatabaseError:
        _log.exception("the error could not be stored")


def _validation(error: Exception) -> Problem:
    errors = [_field(each) for each in error.errors] if isinstance(error, ValidationError) else []
    first = errors[0] if errors else {"field": "the request", "message": "is not valid"}
    return Problem(422, "invalid", f"{first['field']}: {first['message']}.", errors=errors)


def _field(error: dict[str, object]) -> dict[str, str]:
    place = error["loc"]
    # ("body", "body", "daily_limit"): where it stood, ninja's own level, the field.
    names = [str(part) for part in place][1:] if isinstance(place, tuple | list) else []
    named = [name for name in names if name not in {"body", "filters"}]
    return {"field": ".".join(named) or "body", "message": str(error["msg"])}


def _http(error: Exception) -> Problem:
    cause = error.__cause__
    if isinstance(cause, UnreadableBody):
        return Problem(400, "unreadable_body", str(cause))
    status = error.status_code if isinstance(error, HttpError) else 400
    return Problem(status, "bad_request", str(error) or "The request cannot be read.")


def _too_big(_error: Exception) -> Problem:
    return Problem(413, "too_large", "The request is larger than this call accepts.")


def _unreadable(_error: Exception) -> Problem:
    return Problem(400, "unreadable_body", "The request cannot be read; it is cut off or broken.")


def _database(_error: Exception) -> Problem:
    return Problem(
        503, "database_unavailable", "The database does not answer; try again.", retryable=True
    )


def _itself(error: Exception) -> Problem:
    return (
        error
        if isinstance(error, Problem)
        else missing("such thing; /api/docs lists what there is")
    )


def _operator(error: Exception) -> Problem:
    if not isinstance(error, OperatorError):
        return Problem(409, "refused", str(error))
    return Problem(error.status, error.code, str(error), retryable=error.retryable)


_KNOWN: tuple[
    tuple[type[Exception] | tuple[type[Exception], ...], Callable[[Exception], Problem]], ...
] = (
    ((Problem, Http404), _itself),
    (OperatorError, _operator),
    (ValidationError, _validation),
    (HttpError, _http),
    ((RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent), _too_big),
    ((UnreadablePostError, MultiPartParserError, SuspiciousOperation), _unreadable),
    ((OperationalError, InterfaceError), _database),
)
