"""/api/tokens: who may call this API."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from marketing_agent.accounts.actions import create_token, revoke_token
from marketing_agent.accounts.models import ApiToken
from marketing_agent.api.callers import actor_of
from marketing_agent.api.paging import page
from marketing_agent.api.parameters import Cursor, Input, Limit, Listing, Moment, Shown, Text
from marketing_agent.workers import clock

router = Router(tags=["Tokens"])


class Token(Shown):
    """A token without what makes it one; only its first characters are kept in the clear."""

    name: str
    prefix: str
    scope: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class TokenList(Listing):
    """Tokens, newest first."""

    tokens: list[Token]


class NewToken(Input):
    """The token wished for."""

    name: Annotated[Text, Field(max_length=100)]
    scope: Literal["read", "operate", "admin"] = "read"
    expires_at: Moment | None = None


class MadeToken(Token):
    """A token just made, with its plain text, which is shown this once."""

    token: str | None


@router.get("", response=TokenList)
def list_tokens(request: HttpRequest, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
    """List the tokens, revoked ones included, newest first."""
    found = page(ApiToken.objects.all(), limit=limit, cursor=cursor, order="desc")
    return found.answer("tokens", Token.each(found.rows))


@router.post("", response={201: MadeToken})
def make_token(request: HttpRequest, body: NewToken) -> MadeToken:
    """Make a token; its plain text stands in this answer and nowhere else."""
    row, plain = create_token(
        body.name, body.scope, body.expires_at, actor_of(request), clock.now()
    )
    return MadeToken(**Token.of(row).model_dump(), token=plain)


@router.delete("/{name_or_prefix}", response=Token)
def revoke(request: HttpRequest, name_or_prefix: str) -> Token:
    """Revoke a token by its name or its first characters; doing it twice is no error."""
    return Token.of(revoke_token(name_or_prefix, actor_of(request), clock.now()))
