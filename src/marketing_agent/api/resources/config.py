"""/api/config: the run-time switches."""

from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from marketing_agent.api.callers import actor_of
from marketing_agent.api.parameters import Input
from marketing_agent.operations.config import read, read_all
from marketing_agent.workers import stopping

router = Router(tags=["Switches"])


class SwitchChange(Input):
    """A switch and the value that it shall have."""

    key: str = Field(min_length=1, max_length=80, examples=["emergency_stop"])
    value: Any = Field(description="Of the switch's own type: true, 10, null, a text.")


@router.get("", response=dict[str, Any])
def list_switches(request: HttpRequest) -> dict[str, Any]:
    """Give every run-time switch with its value."""
    return read_all()


@router.get("/{key}", response=dict[str, Any])
def get_switch(request: HttpRequest, key: str) -> dict[str, Any]:
    """Give one switch, and nothing else: `{"emergency_stop": true}`."""
    return {key: read(key)}


@router.post("", response=dict[str, Any])
def change_switch(request: HttpRequest, body: SwitchChange) -> dict[str, Any]:
    """Set a switch; every sender follows at once. The value that it has already is no error.

    Turning `emergency_stop` on answers once surely no letter can begin, as POST /api/stop does.
    """
    value = stopping.change_switch(body.key, body.value, actor_of(request))
    return {body.key: value}
