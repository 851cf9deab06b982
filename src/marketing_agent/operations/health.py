"""What /health says: the last measurements and their age. No outside connection, no addresses."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

from django.db import DatabaseError, connection

from marketing_agent.engine.values import Outcome
from marketing_agent.inboxes.models import ImapStatus
from marketing_agent.operations.models import ProviderState
from marketing_agent.operations.requests import uptime_s
from marketing_agent.operations.stop import current_stop
from marketing_agent.outbox.models import Attempt
from marketing_agent.workers.models import Heartbeat

FRESH = timedelta(seconds=60)
"""A worker beats every ten seconds; one that has not for a minute is late."""

LOST = timedelta(minutes=5)
_OLD_MEASUREMENT = timedelta(minutes=15)
_OLD_CALL = timedelta(days=1)
_BAD_SERVER = {Outcome.ACCOUNT, Outcome.UNKNOWN}
_LAST_TRIES = 20


def health(now: datetime) -> dict[str, Any]:
    """Say how we are: healthy, degraded, or unhealthy when the database does not answer."""
    database = _database()
    alive = database["status"] == "ok"
    parts = {"database": database} | {
        name: _measured(read, now) if alive else _unknown() for name, read in _PARTS.items()
    }
    return {
        "status": _overall(alive=alive, parts=parts),
        "version": version("marketing-agent"),
        "uptime_s": round(uptime_s(), 1),
        "time": now,
        "emergency_stop": _stopped() if alive else None,
        "dependencies": parts,
    }


def _overall(*, alive: bool, parts: dict[str, dict[str, Any]]) -> str:
    if not alive:
        return "unhealthy"
    bad = any(part["status"] in {"degraded", "failing"} for part in parts.values())
    return "degraded" if bad else "healthy"


def _stopped() -> bool | None:
    try:
        return current_stop() is not None
    except DatabaseError:
        return None


def _part(status: str, **facts: object) -> dict[str, Any]:
    return {"status": status, "latency_ms": None, "age_s": None} | facts


def _unknown() -> dict[str, Any]:
    return _part("unknown")


def _measured(read: Callable[[datetime], dict[str, Any]], now: datetime) -> dict[str, Any]:
    try:
        return read(now)
    except DatabaseError as error:  # a table is missing or locked: say so instead of hiding it
        return _part("failing", detail=type(error).__name__)


def _database() -> dict[str, Any]:
    started = time.perf_counter()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return _part("failing", detail=type(error).__name__)
    return _part("ok", latency_ms=_ms(time.perf_counter() - started), age_s=0)


def _worker(now: datetime) -> dict[str, Any]:
    beat = Heartbeat.objects.order_by("-beat_at").values_list("beat_at", flat=True).first()
    if beat is None:
        return _part("failing", detail="no worker is running")
    age = now - beat
    status = "ok" if age <= FRESH else "degraded" if age <= LOST else "failing"
    running = Heartbeat.objects.filter(beat_at__gt=now - FRESH).count()
    return _part(status, age_s=_age(now, beat), workers=running)


def _smtp(now: datetime) -> dict[str, Any]:
    tries = Attempt.objects.filter(outcome__isnull=False).order_by("-id")
    last = list(tries.values_list("outcome", "at", "finished_at")[:_LAST_TRIES])
    if not last:
        return _unknown()
    bad = sum(outcome in _BAD_SERVER for outcome, _, _ in last)
    _, at, finished = last[0]
    return _part(
        _by_share(bad, len(last)),
        latency_ms=_ms((finished - at).total_seconds()) if finished else None,
        age_s=_age(now, finished or at),
    )


def _imap(now: datetime) -> dict[str, Any]:
    rows = list(ImapStatus.objects.values_list("connected", "last_poll_at"))
    polls = [poll for _, poll in rows if poll is not None]
    if not polls:
        return _unknown()
    bad = sum(not connected for connected, _ in rows)
    late = now - min(polls) > _OLD_MEASUREMENT
    status = "degraded" if late and not bad else _by_share(bad, len(rows))
    return _part(status, age_s=_age(now, min(polls)), inboxes=len(rows), failing=bad)


def _providers(now: datetime) -> dict[str, Any]:
    """Tell how the last call of each service went; what was asked yesterday says nothing of today."""
    fresh = ProviderState.objects.filter(last_at__gt=now - _OLD_CALL)
    rows = list(fresh.order_by("-last_at"))
    if not rows:
        return _unknown()
    failing = {each.name: each.last_kind for each in rows if each.last_kind}
    last = rows[0]
    return _part(
        _by_share(len(failing), len(rows)),
        latency_ms=_ms(last.last_took_s or 0.0),
        age_s=_age(now, last.last_at or now),
        failing=failing,
    )


_PARTS: dict[str, Callable[[datetime], dict[str, Any]]] = {
    "worker": _worker,
    "smtp": _smtp,
    "imap": _imap,
    "providers": _providers,
}


def _by_share(bad: int, all_: int) -> str:
    return "ok" if bad == 0 else "failing" if bad == all_ else "degraded"


def _age(now: datetime, then: datetime) -> float:
    return max(0.0, round((now - then).total_seconds(), 1))


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
