"""What is written here: switches, stops, error groups and alerts."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.db.models import F

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.operations.config import STOP_KEY, read, switch
from marketing_agent.operations.errors import NotFoundError
from marketing_agent.operations.models import Alert, ErrorGroup, Stop, Switch
from marketing_agent.operations.stop import current_stop

_VARIABLE = re.compile(r"0x[0-9a-f]+|[0-9a-f]{12,}|\d+", re.IGNORECASE)


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


def start_stop(reason: str, by: Actor, now: datetime) -> Stop:
    """Stop every sender; gives the stop in force when there is one already."""
    try:
        with transaction.atomic():
            stop = Stop.objects.create(reason=reason[:500], started_by=by.name, started_at=now)
            audit(by, "stop.start", "all", after={"stopped": True}, reason=reason, now=now)
            return stop
    except IntegrityError:  # another stop is open: `stop_one_open`
        return current_stop() or start_stop(reason, by, now)


@transaction.atomic
def end_stop(by: Actor, now: datetime) -> Stop | None:
    """Let senders go on; gives the stop that ended, or None when there was none."""
    stop = current_stop()
    if stop is None or not _close(stop, by, now):
        return None
    audit(by, "stop.end", "all", before={"stopped": True}, after={"stopped": False}, now=now)
    return stop


def _close(stop: Stop, by: Actor, now: datetime) -> bool:
    stop.ended_by, stop.ended_at = by.name, now
    open_stop = Stop.objects.filter(pk=stop.pk, ended_at=None)
    return open_stop.update(ended_by=by.name, ended_at=now) == 1


def record_error(
    type: str,  # noqa: A002  the column's name
    message: str,
    *,
    subject: str = "",
    origin: str = "",
    sample: str = "",
    now: datetime,
) -> ErrorGroup:
    """Count an error with its equals (numbers and ids in the message do not tell them apart).

    Args:
        type: the part of the system, such as reply_processing.
        message: one sentence.
        subject: what it happened to: an id or address.
        origin: job name or request id.
        sample: a traceback or excerpt; the latest is kept.
        now: UTC.
    """
    latest = {
        "message": message[:1000],
        "subject": subject[:300],
        "origin": origin[:80],
        "sample": sample[-20_000:],
        "last_seen": now,
    }
    key = {"type": type[:40], "fingerprint": _fingerprint(type, message)}
    if not _count_again(key, latest):
        try:
            with transaction.atomic():
                return ErrorGroup.objects.create(**key, **latest, first_seen=now)
        except IntegrityError:  # somebody else met the same error just now
            _count_again(key, latest)
    return ErrorGroup.objects.get(**key)


def _count_again(key: Mapping[str, str], latest: Mapping[str, Any]) -> int:
    return ErrorGroup.objects.filter(**key).update(count=F("count") + 1, **latest)


def _fingerprint(kind: str, message: str) -> str:
    plain = _VARIABLE.sub("#", message)
    return hashlib.sha256(f"{kind}\n{plain}".encode(errors="replace")).hexdigest()


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
