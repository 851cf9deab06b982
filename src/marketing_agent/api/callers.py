"""Who calls: the token behind a request, the address it came from, and the id it carries."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from django.http import HttpRequest

from marketing_agent.accounts.actor import Actor
from marketing_agent.accounts.tokens import authenticate

_CALLER = "marketing_agent.caller"
_REQUEST_ID = "marketing_agent.request_id"


class Scope(IntEnum):
    """What a token may do; each holds what stands below it."""

    NONE = 0
    READ = 1
    OPERATE = 2
    ADMIN = 3


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request: a token's name or the demo's guest, how much it may do, from where."""

    name: str
    scope: Scope
    address: str
    is_guest: bool = False  # of a throw-away world: there is no token to log out of


NOBODY = Caller(name="", scope=Scope.NONE, address="")


def read_caller(request: HttpRequest, address: str, now: datetime) -> Caller | None:
    """Find the caller behind the Authorization header; None when it names no token in force."""
    plain = _token_in(request.META.get("HTTP_AUTHORIZATION", ""))
    token = authenticate(plain, now) if plain else None
    if token is None:
        return None
    return Caller(token.name, Scope[token.scope.upper()], address)


def _token_in(header: str) -> str:
    scheme, _, value = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    return _basic_password(value.strip()) if scheme.lower() == "basic" else ""


def _basic_password(encoded: str) -> str:
    # RFC 7617: user and password, a colon between; curl's netrc sends the token as the password.
    try:
        text = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
    return text.partition(":")[2]


def set_caller(request: HttpRequest, caller: Caller) -> None:
    """Note on the request who sends it."""
    request.META[_CALLER] = caller


def caller_of(request: HttpRequest) -> Caller:
    """Give who sends the request, as the gate found out."""
    caller = request.META.get(_CALLER, NOBODY)
    return caller if isinstance(caller, Caller) else NOBODY


def set_request_id(request: HttpRequest, request_id: str) -> None:
    """Note the id under which this request stands in logs, errors and the audit log."""
    request.META[_REQUEST_ID] = request_id


def request_id_of(request: HttpRequest) -> str:
    """Give the id of this request."""
    return str(request.META.get(_REQUEST_ID, ""))


def actor_of(request: HttpRequest) -> Actor:
    """Give the actor whom the audit log names for what this request changes."""
    caller = caller_of(request)
    return Actor(name=caller.name, origin=caller.address, request_id=request_id_of(request))
