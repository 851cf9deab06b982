"""Opening and closing alerts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from django.db import IntegrityError, transaction

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.operations.errors import NotFoundError
from marketing_agent.operations.models import Alert


def open_alert(
    key: str,
    severity: Literal["warning", "critical"],
    summary: str,
    *,
    proposal: str = "",
    evidence: Mapping[str, Any] | None = None,
    now: datetime,
) -> Alert:
    """Open an alert, or refresh the one that is open under `key`."""
    latest = {
        "severity": severity,
        "summary": summary[:500],
        "proposal": proposal[:500],
        "evidence": dict(evidence or {}),
        "last_seen_at": now,
    }
    still_open = Alert.objects.filter(key=key, closed_at=None)
    if not still_open.update(**latest):
        try:
            with transaction.atomic():
                return Alert.objects.create(key=key, opened_at=now, **latest)
        except IntegrityError:  # somebody else opened it just now
            still_open.update(**latest)
    return still_open.get()


def close_alert(key: str, now: datetime) -> bool:
    """Close the alert open under `key`; says whether there was one."""
    return Alert.objects.filter(key=key, closed_at=None).update(closed_at=now) > 0


@transaction.atomic
def dismiss_alert(key: str, by: Actor, now: datetime) -> None:
    """Let a person close the alert open under `key`; it opens again when it is so again.

    Raises:
        NotFoundError: when none is open.
    """
    if not close_alert(key, now):
        raise NotFoundError(
            f"No alert is open under {key[:80]!r}. See `marketing-agent alerts list`."
        )
    audit(by, "alert.close", key, now=now)
