"""The gate: who may pass. Every path needs a token unless `scopes` says otherwise."""

from datetime import datetime

from django.http import HttpRequest

from marketing_agent.api.callers import NOBODY, Caller, Scope, read_caller, set_caller
from marketing_agent.api.origins import (
    Origin,
    comes_from_elsewhere,
    is_loopback,
    names_loopback,
    origin_of,
)
from marketing_agent.api.problems import Problem
from marketing_agent.api.scopes import SAFE_METHODS, is_open, needed
from marketing_agent.settings import Settings

_GUEST = "demo"
_HINT = (
    'This call needs a token. On the machine itself run: eval "$(marketing-agent env)" and repeat '
    "the line; elsewhere send the header Authorization: Bearer TOKEN. "
    "`marketing-agent token create` makes one."
)
_SCHEMES = 'Bearer realm="marketing-agent", Basic realm="marketing-agent", charset="UTF-8"'


def pass_gate(request: HttpRequest, settings: Settings, now: datetime) -> None:
    """Find out who calls and note it on the request.

    Raises:
        Problem: 400 for a path no file or row can have, 401 without a token, 403 for a token
            with too little scope and for a request that a foreign page sent.
    """
    _check_characters(request)
    origin = origin_of(request, settings.trusted_proxies)
    _check_sender(request, origin, settings)
    set_caller(request, Caller(NOBODY.name, NOBODY.scope, origin.address))
    if not is_open(request.path):
        _admit(request, origin, settings, now)


def guest_of_sandbox(origin: Origin, settings: Settings) -> Caller | None:
    """Give the caller who needs no token: a throw-away world, asked from this machine itself."""
    at_home = settings.sandbox and origin.direct and is_loopback(origin.address)
    return Caller(_GUEST, Scope.ADMIN, origin.address, is_guest=True) if at_home else None


def _check_characters(request: HttpRequest) -> None:
    query = str(request.META.get("QUERY_STRING", ""))
    if "\x00" in request.path or "%00" in query or "\x00" in query:
        raise Problem(400, "nul_character", "The address holds a NUL character; leave it out.")


def _check_sender(request: HttpRequest, origin: Origin, settings: Settings) -> None:
    foreign = comes_from_elsewhere(request, origin.host)
    if settings.sandbox and not names_loopback(origin.host):
        raise Problem(403, "foreign_host", "The demo answers to 127.0.0.1 and localhost only.")
    if foreign and (settings.sandbox or request.method not in SAFE_METHODS):
        # A browser may hold a Basic password or the console's cookie and send it for any page.
        raise Problem(403, "foreign_request", "A page of another site sent this; it is refused.")


def _admit(request: HttpRequest, origin: Origin, settings: Settings, now: datetime) -> None:
    caller = read_caller(request, origin.address, now) or guest_of_sandbox(origin, settings)
    if caller is None:
        raise Problem(401, "token_needed", _HINT, headers={"WWW-Authenticate": _SCHEMES})
    asked = needed(request.method or "", request.path)
    if caller.scope < asked:
        raise Problem(
            403,
            "scope_too_small",
            f"The token {caller.name} may {caller.scope.name.lower()}; "
            f"this call needs {asked.name.lower()}.",
        )
    set_caller(request, caller)
