"""Recognising an API token. Only its SHA-256 is stored: 256 random bits need no slow hash."""

import hashlib
from datetime import datetime, timedelta

import structlog
from django.db.models import Q, QuerySet

from marketing_agent.accounts.models import ApiToken
from marketing_agent.store.trouble import STORE_TROUBLE
from marketing_agent.store.waits import impatient

SCOPES = ("read", "operate", "admin")
"""What a token may do, from least to most; each includes the ones before."""

TOKEN_START = "ma_"  # noqa: S105  lets secret scanners recognise a leaked token
_USE_IS_NOTED_EVERY = timedelta(minutes=1)
_PATIENCE_S = 0.2
_log = structlog.get_logger(__name__)


def digest_of(plain: str) -> str:
    """Give the SHA-256 of a token as it is stored, in hexadecimal."""
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()


def in_force(now: datetime) -> QuerySet[ApiToken]:
    """Give the tokens that are neither revoked nor expired."""
    lasting = Q(expires_at=None) | Q(expires_at__gt=now)
    return ApiToken.objects.filter(lasting, revoked_at=None)


def authenticate(plain: str, now: datetime) -> ApiToken | None:
    """Give the token that `plain` is, or None when it is unknown, revoked or expired."""
    token = in_force(now).filter(digest=digest_of(plain)).first()
    if token is not None:
        _note_use(token, now)
    return token


def _note_use(token: ApiToken, now: datetime) -> None:
    # A write a minute, not a write a request; and no request, least of all a stop, waits for it.
    if token.last_used_at is not None and now - token.last_used_at < _USE_IS_NOTED_EVERY:
        return
    try:
        with impatient(_PATIENCE_S):
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    except STORE_TROUBLE as error:
        _log.warning("the use of a token could not be noted", error=str(error))
