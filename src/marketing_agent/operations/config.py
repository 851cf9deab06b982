"""Reading run-time switches: from the store each time, so a change reaches every sender at once."""

from typing import Any

from marketing_agent.operations.models import Switch
from marketing_agent.operations.stop import current_stop
from marketing_agent.operations.switches import (
    SWITCHES,
    SwitchError,
    SwitchKind,
    SwitchSpec,
    UnknownSwitch,
    switch,
)

__all__ = [
    "SWITCHES",
    "SwitchError",
    "SwitchKind",
    "SwitchSpec",
    "UnknownSwitch",
    "read",
    "read_all",
    "switch",
]

STOP_KEY = "emergency_stop"
CAP_KEY = "max_emails_per_run"


def read(key: str) -> Any:  # noqa: ANN401  bool, int, str or None, by the switch's kind
    """Give the value of one switch in its own type.

    Raises:
        UnknownSwitch: when there is none of that name.
    """
    spec = switch(key)
    if key == STOP_KEY:
        return current_stop() is not None
    row = Switch.objects.filter(key=key).first()
    return spec.default if row is None else row.value


def read_all() -> dict[str, Any]:
    """Give every switch with its value, in the order of their declaration."""
    changed = dict(Switch.objects.values_list("key", "value"))
    values = {key: changed.get(key, spec.default) for key, spec in SWITCHES.items()}
    return values | {STOP_KEY: current_stop() is not None}
