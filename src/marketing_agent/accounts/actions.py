"""What is written here: API tokens and the audit log."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from marketing_agent.accounts.actor import Actor
from marketing_agent.accounts.models import ApiToken, AuditEntry
from marketing_agent.accounts.tokens import SCOPES, TOKEN_START, digest_of
from marketing_agent.operations.errors import BadValueError, NotFoundError


def audit(
    by: Actor,
    action: str,
    subject: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    now: datetime,
) -> AuditEntry:
    """Write down who did what to which subject; call it inside the verb's transaction.

    Never pass a secret's value in `before` or `after`: both are shown to operators.
    """
    return AuditEntry.objects.create(
        at=now,
        actor=by.name[:200],
        origin=by.origin[:100],
        action=action[:80],
        subject=subject[:320],
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason[:500],
        request_id=by.request_id[:64],
    )


@transaction.atomic
def create_token(
    name: str, scope: str, expires_at: datetime | None, by: Actor, now: datetime
) -> tuple[ApiToken, str]:
    """Make an API token; the plain text is given once and never again.

    Raises:
        BadValueError: when the name is empty, the scope is none or the time lies in the past.
    """
    _check_wish(name, scope, expires_at, now)
    plain = TOKEN_START + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name.strip(),
        prefix=plain[:10],
        digest=digest_of(plain),
        scope=scope,
        created_at=now,
        expires_at=expires_at,
    )
    audit(by, "token.create", token.name, after={"prefix": token.prefix, "scope": scope}, now=now)
    return token, plain


def _check_wish(name: str, scope: str, expires_at: datetime | None, now: datetime) -> None:
    if not 0 < len(name.strip()) <= 100 or not name.isprintable():  # noqa: PLR2004  the column
        raise BadValueError("A token needs a name of 1 to 100 characters on one line.")
    if scope not in SCOPES:
        raise BadValueError(f"The scope must be one of {', '.join(SCOPES)}, not {scope!r}.")
    if expires_at is not None and expires_at <= now:
        raise BadValueError("The token would expire in the past; give a later time.")


@transaction.atomic
def revoke_token(name_or_prefix: str, by: Actor, now: datetime) -> ApiToken:
    """Take a token's power away; doing it twice is no error.

    Raises:
        NotFoundError: when no token has that name or prefix.
        BadValueError: when several have it.
    """
    token = _find(name_or_prefix)
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        token.revoked_at = now
        audit(by, "token.revoke", token.name, before={"prefix": token.prefix}, now=now)
    return token


def _find(name_or_prefix: str) -> ApiToken:
    named = ApiToken.objects.filter(name=name_or_prefix)
    tokens = list(
        named.filter(revoked_at=None)[:2]
        or named.order_by("-id")[:1]
        or ApiToken.objects.filter(prefix=name_or_prefix)[:2]
    )
    if not tokens:
        raise NotFoundError(
            f"There is no token {name_or_prefix!r}. See `marketing-agent token list`."
        )
    if len(tokens) > 1:
        raise BadValueError(f"Several tokens are called {name_or_prefix!r}; give the prefix.")
    return tokens[0]
