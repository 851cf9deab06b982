"""/api/secrets: the names of credentials; a value goes in and never comes out."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router
from pydantic import Field, SecretStr

from marketing_agent.api.callers import actor_of
from marketing_agent.api.paging import whole
from marketing_agent.api.parameters import Input, Listing, Shown
from marketing_agent.inboxes.actions import delete_secret, put_secret
from marketing_agent.inboxes.secrets import list_secrets
from marketing_agent.workers import clock

router = Router(tags=["Secrets"])

Name = Annotated[str, Path(max_length=100, examples=["SMTP_INBOX_1"])]


class SecretRow(Shown):
    """A credential without its value."""

    name: str
    source: str = Field(description="environment or store; the environment wins.")
    address: str = Field(description="The inbox that it logs in, if any.")
    problem: str = Field(description="Why it cannot be used; empty when it can.")
    updated_at: datetime | None


class SecretList(Listing):
    """Credentials by name."""

    secrets: list[SecretRow]


class SecretValue(Input):
    """A value to keep, encrypted at rest."""

    value: SecretStr = Field(
        max_length=10_000,
        description="An inbox: email|password|smtphost|smtpport|displayname, then |imaphost|imapport; "
        "a model: its key.",
    )


class SecretKept(Shown):
    """Which secret was put or deleted."""

    name: str
    changed: bool


@router.get("", response=SecretList)
def list_names(request: HttpRequest) -> dict[str, Any]:
    """List credentials by name; values are never shown."""
    return whole("secrets", SecretRow.each(list_secrets()))


@router.put("/{name}", response=SecretKept)
def put(request: HttpRequest, name: Name, body: SecretValue) -> dict[str, Any]:
    """Keep a value under a name; one of that name is replaced and works at once."""
    put_secret(name, body.value.get_secret_value(), actor_of(request), clock.now())
    return {"name": name, "changed": True}


@router.delete("/{name}", response=SecretKept)
def delete(request: HttpRequest, name: Name) -> dict[str, Any]:
    """Delete a secret from the store; one that is not there is no error."""
    return {"name": name, "changed": delete_secret(name, actor_of(request), clock.now())}
