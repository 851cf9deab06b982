"""Who looks at the console: a token entered once, remembered in a signed cookie for pages only.

The cookie holds the token's row, not the token: a stolen cookie calls no API.
"""

from datetime import datetime, timedelta

from django.core import signing
from django.http import HttpRequest, HttpResponse

from marketing_agent.accounts.models import ApiToken
from marketing_agent.accounts.tokens import authenticate, in_force
from marketing_agent.api.callers import Caller, Scope
from marketing_agent.api.gate import guest_of_sandbox
from marketing_agent.api.origins import origin_of
from marketing_agent.settings import settings

COOKIE = "console"
LASTS = timedelta(hours=12)
_SALT = "marketing_agent.console"


def visitor(request: HttpRequest, now: datetime) -> Caller | None:
    """Give who looks, or None when a token must be entered first."""
    origin = origin_of(request, settings().trusted_proxies)
    token = _remembered(request, now)
    if token is not None:
        return Caller(token.name, Scope[token.scope.upper()], origin.address)
    return guest_of_sandbox(origin, settings())


def remember(request: HttpRequest, response: HttpResponse, plain: str, now: datetime) -> bool:
    """Put the cookie for a token on the response; False when it is no token in force."""
    token = authenticate(plain, now)
    if token is None:
        return False
    response.set_cookie(
        COOKIE,
        signing.dumps(token.pk, salt=_SALT),
        max_age=LASTS,
        httponly=True,
        samesite="Strict",
        secure=origin_of(request, settings().trusted_proxies).secure,
    )
    return True


def _remembered(request: HttpRequest, now: datetime) -> ApiToken | None:
    try:
        pk = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    return in_force(now).filter(pk=pk).first()
