"""Setting run-time switches."""

from datetime import datetime
from typing import Any

from django.db import transaction

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.operations.actions.resumptions import end_resumption
from marketing_agent.operations.actions.stops import end_stop, start_stop
from marketing_agent.operations.config import CAP_KEY, STOP_KEY, read, switch
from marketing_agent.operations.models import Switch


@transaction.atomic
def set_switch(key: str, value: object, by: Actor, now: datetime) -> Any:  # noqa: ANN401  by kind
    """Set one run-time switch and audit it; setting the value it has already is no error.

    Raises:
        UnknownSwitch: when there is none of that name.
        SwitchError: when it does not take `value`.
    """
    value, before = switch(key).accept(value), read(key)
    if key == STOP_KEY:
        _follow_stop(wanted=bool(value), by=by, now=now)
        return value
    if key == CAP_KEY:
        end_resumption(f"{key} was set by {by.name}", now, keep_cap=True)
    Switch.objects.update_or_create(
        key=key, defaults={"value": value, "updated_by": by.name, "updated_at": now}
    )
    audit(by, "config.set", key, before={"value": before}, after={"value": value}, now=now)
    return value


def _follow_stop(*, wanted: bool, by: Actor, now: datetime) -> None:
    if wanted:
        start_stop("", by, now)
    else:
        end_stop(by, now)
