"""Starting and ending the emergency stop, its record in the store and its file in the home alike."""

from datetime import datetime

import structlog
from django.db import IntegrityError, transaction

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor, job_actor
from marketing_agent.operations import stop_file
from marketing_agent.operations.actions.resumptions import end_resumption
from marketing_agent.operations.errors import ConflictError, OperatorError
from marketing_agent.operations.models import Stop
from marketing_agent.operations.stop import has_ended
from marketing_agent.operations.stop_file import FileOrder
from marketing_agent.store.trouble import STORE_TROUBLE
from marketing_agent.store.waits import impatient

PATIENCE_S = 1.0
"""How long a stop waits for a lock that somebody else holds on the store (seconds)."""

_NOTE_PATIENCE_S = 0.1
_log = structlog.get_logger(__name__)


class StopFileStaysError(ConflictError):
    """The file STOP could not be removed, so the stop goes on."""

    code = "stop_file_stays"


class StopFailedError(OperatorError):
    """Neither the store nor the file STOP could be written, so nothing is stopped."""

    code = "stop_failed"
    status = 503
    retryable = True


def start_stop(reason: str, by: Actor, now: datetime) -> Stop:
    """Stop every sender; gives the stop in force when there is one already.

    The file comes first. It stops the senders of this home at once, and alone if the store cannot be
    written within a second (somebody holds its lock): then the stop has no key, and a worker makes
    the record as soon as that is possible.

    Raises:
        StopFailedError: when neither the store nor the file could be written.
    """
    wish = Stop(reason=reason[:500], started_by=by.name[:200], started_at=now)
    unwritten = _mirror(wish)
    try:
        with impatient(PATIENCE_S):
            stop = _open_stop() or _start(wish, by, now)
    except STORE_TROUBLE as error:
        return _by_file_alone(wish, unwritten, error)
    if stop.public_id != wish.public_id:
        _mirror(stop)
    return stop


def _by_file_alone(wish: Stop, unwritten: str, error: Exception) -> Stop:
    if unwritten:
        raise StopFailedError(
            f"Nothing is stopped: the store cannot be written ({error}), nor can the file "
            f"{stop_file.path()} ({unwritten}). End the service's processes, or make that file by hand."
        ) from error
    _log.error("the stop stands in the file alone", error=str(error))
    wish.pk = None
    return wish


def _start(stop: Stop, by: Actor, now: datetime) -> Stop:
    try:
        with transaction.atomic():
            stop.save(force_insert=True)
            end_resumption("stopped again", now)
            audit(by, "stop.start", "all", after={"stopped": True}, reason=stop.reason, now=now)
            return stop
    except IntegrityError:  # another stop is open: `stop_one_open`
        stop.pk = None
        return _open_stop() or _start(stop, by, now)


def end_stop(by: Actor, now: datetime) -> Stop | None:
    """Let senders go on; gives the stop that ended, or None when there was none.

    Raises:
        StopFileStaysError: when the file STOP cannot be removed; then the stop goes on.
    """
    adopt_file(now)
    _remove_file()
    with transaction.atomic():
        stop = _open_stop()
        if stop is None or not _close(stop, by, now):
            return None
        audit(by, "stop.end", "all", before={"stopped": True}, after={"stopped": False}, now=now)
    return stop


def _remove_file() -> None:
    # Before the record: whatever happens between the two, the stop goes on.
    try:
        stop_file.remove()
    except OSError as error:
        raise StopFileStaysError(
            f"The file {stop_file.path()} stops everything and cannot be removed "
            f"({error.strerror}). Remove it by hand, then end the stop again."
        ) from None


def _close(stop: Stop, by: Actor, now: datetime) -> bool:
    stop.ended_by, stop.ended_at = by.name, now
    open_stop = Stop.objects.filter(pk=stop.pk, ended_at=None)
    return open_stop.update(ended_by=by.name, ended_at=now) == 1


def note_effective(stop: Stop, past_data: int, now: datetime) -> None:
    """Write down from when on surely no DATA began, and how many letters were under way then."""
    with impatient(_NOTE_PATIENCE_S):
        first = Stop.objects.filter(pk=stop.pk, effective_at=None)
        first.update(effective_at=now, past_data=past_data)
        stop.refresh_from_db()


def follow_file(now: datetime) -> None:
    """Bring record and file of the stop together; the stop that either of them knows is in force.

    A file that somebody made, or one whose stop the store has forgotten (it was restored), becomes a
    record; a record without its file gets it; what is left over from an ended stop is removed.
    """
    order = stop_file.read()
    if order is not None and has_ended(order):
        _remove_quietly()
        order = None
    stop = adopt_file(now) if order is not None else _open_stop()
    if stop is not None and (order is None or order.stop_id != stop.public_id):
        _mirror(stop)


def adopt_file(now: datetime) -> Stop | None:
    """Make a record of the stop that the file orders, where the store has none; gives the stop."""
    order, stop = stop_file.read(), _open_stop()
    if stop is not None or order is None or has_ended(order):
        return stop
    return _start(_recorded(order), job_actor(order.by), now)


def _recorded(order: FileOrder) -> Stop:
    reason, by = order.reason[:500], order.by[:200]
    stop = Stop(reason=reason, started_by=by, started_at=order.at)
    if order.stop_id:
        stop.public_id = order.stop_id[:32]
    return stop


def _open_stop() -> Stop | None:
    return Stop.objects.filter(ended_at=None).first()


def _mirror(stop: Stop) -> str:
    """Write the stop's file; says why where that is impossible: the record stops all, but may be lost."""
    try:
        stop_file.write(stop.public_id, stop.started_by, stop.started_at, stop.reason)
    except OSError as error:
        _log.warning("the file STOP could not be written", error=str(error))
        return error.strerror or str(error)
    return ""


def _remove_quietly() -> None:
    try:
        stop_file.remove()
    except OSError as error:  # it is known to be stale, so it stops nobody
        _log.warning("the old file STOP could not be removed", error=str(error))
