"""Idempotency-Key: a call repeated with its key changes nothing and gets the first answer again."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from marketing_agent.accounts.claim import claim_answer, forget_answer, keep_answer
from marketing_agent.accounts.models import RememberedAnswer
from marketing_agent.api.callers import caller_of
from marketing_agent.api.problems import conflict, unprocessable
from marketing_agent.api.scopes import SAFE_METHODS

Next = Callable[[HttpRequest], HttpResponseBase]

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_FOLDERS = ("/api/", "/cron/")
# Too large to read twice; importing is idempotent by itself.
_UPLOADS = frozenset({"/api/prospects/import", "/api/suppressions/import"})
_SUCCESS = range(200, 300)
# A token is shown once: what we remember of its making is everything but the token.
_SHOWN_ONCE = {"/api/tokens": "token"}


def once(request: HttpRequest, carry_out: Next, now: datetime) -> HttpResponseBase:
    """Carry out a call, or answer as before when its Idempotency-Key is known.

    Raises:
        Problem: 422 for a key that cannot be used or that stood on another call, 409 while the
            first call with this key is still running.
    """
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None or request.method in SAFE_METHODS or not request.path.startswith(_FOLDERS):
        return carry_out(request)
    if not _KEY.fullmatch(key):
        raise unprocessable("Idempotency-Key", "A key is 1 to 200 visible ASCII characters.")
    if _is_about_the_stop(request):
        return carry_out(request)
    mine, row = claim_answer(caller_of(request).name, key, _fingerprint(request), now)
    return _first_time(request, carry_out, row) if mine else _again(request, row)


def _is_about_the_stop(request: HttpRequest) -> bool:
    """Say whether a call may stop everything: it is idempotent by itself, and never answered from memory.

    A remembered *stopped* could be of a stop that has ended; and the memory waits for the store's lock.
    """
    by_switch = request.path == "/api/config" and b"emergency_stop" in request.body
    return by_switch or request.path == "/api/stop"


def _first_time(request: HttpRequest, carry_out: Next, row: RememberedAnswer) -> HttpResponseBase:
    response = carry_out(request)
    if response.status_code in _SUCCESS and isinstance(response, HttpResponse):
        keep_answer(row.pk, response.status_code, _rememberable(request, response))
    else:
        forget_answer(row.pk)  # nothing was changed; the caller may mend the call and repeat it
    return response


def _again(request: HttpRequest, row: RememberedAnswer) -> HttpResponse:
    if row.fingerprint != _fingerprint(request):
        raise unprocessable(
            "Idempotency-Key",
            "This key stood on another call; give each call a key of its own.",
            code="idempotency_key_reused",
        )
    if row.status is None:
        raise conflict(
            "still_running",
            "The first call with this key has not finished; look at what it changed before "
            "sending it again with another key.",
            retryable=True,
        )
    response = HttpResponse(row.body, status=row.status, content_type="application/json")
    response["Idempotency-Replayed"] = "true"
    return response


def _rememberable(request: HttpRequest, response: HttpResponse) -> str:
    secret = _SHOWN_ONCE.get(request.path)
    if secret is None:
        return response.content.decode()
    return json.dumps(json.loads(response.content) | {secret: None})


def _fingerprint(request: HttpRequest) -> str:
    upload = request.path in _UPLOADS
    sent = str(request.META.get("CONTENT_LENGTH", "")).encode() if upload else request.body
    line = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(line + sent).hexdigest()
