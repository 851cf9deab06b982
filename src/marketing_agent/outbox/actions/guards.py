"""Holding what is due for review, and letting it go again; one transaction a verb."""

from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Max

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor, job_actor
from marketing_agent.campaigns.models import Enrollment
from marketing_agent.engine.email_states import DUE
from marketing_agent.engine.guard import GuardCause, Mark
from marketing_agent.engine.values import EmailState
from marketing_agent.operations.actions import close_alert, open_alert
from marketing_agent.operations.held import ALERT, PROPOSAL, current_guard, sentence
from marketing_agent.outbox.models import Attempt, Email, Generation, Guard
from marketing_agent.store import mark

CODE = "review"
BY = job_actor("send-emails")

_log = structlog.get_logger(__name__)


@transaction.atomic
def hold_due_work(
    cause: GuardCause, summary: str, now: datetime, *, doubtful: bool = False
) -> Guard | None:
    """Hold the letters and steps that are due at `now` until a person releases them.

    Where the store may have forgotten letters it begins a new generation as well, and nothing at all
    leaves while the guard stands. Gives the guard, or None when there was nothing to hold and the
    store's memory is not `doubtful` either.
    """
    if cause.forgets:
        begin_generation(now)
    letters = _hold_letters(summary, now)
    steps = Enrollment.objects.filter(state="active", next_due_at__lte=now).count()
    if not letters and not steps and not doubtful:
        return None
    guard = _guard(cause, summary, letters, steps, now)
    _tell(guard, now)
    audit(BY, "outbox.hold", "due work", after={"letters": letters, "steps": steps}, now=now)
    return guard


def begin_generation(now: datetime) -> Generation:
    """Begin a new life of the store; every home that remembers another one notices it."""
    return Generation.objects.create(began_at=now, high=_highest_try())


def _hold_letters(summary: str, now: datetime) -> int:
    due = Email.objects.filter(state__in=DUE, due_at__lte=now)
    return due.update(
        state=EmailState.HELD,
        due_at=None,
        reason_code=CODE,
        reason=f"Held for review. {summary}"[:1000],
        updated_at=now,
    )


def _guard(cause: GuardCause, summary: str, letters: int, steps: int, now: datetime) -> Guard:
    """Set the guard; one that stands already holds the new work, too, and what forgets weighs more."""
    standing = current_guard()
    if standing is None:
        return Guard.objects.create(
            cause=cause, summary=summary[:500], letters=letters, steps=steps, noticed_at=now
        )
    if cause.forgets or not standing.holds_all:
        standing.cause, standing.summary = cause, summary[:500]
    standing.letters, standing.steps, standing.noticed_at = standing.letters + letters, steps, now
    standing.save(update_fields=["cause", "summary", "letters", "steps", "noticed_at"])
    return standing


def _tell(guard: Guard, now: datetime) -> None:
    open_alert(
        ALERT,
        "critical",
        sentence(guard),
        proposal=PROPOSAL,
        evidence={"cause": guard.cause, "letters": guard.letters, "steps": guard.steps},
        now=now,
    )


@transaction.atomic
def release_guard(by: Actor, now: datetime) -> Guard | None:
    """Let the guard go, should one stand; its steps are due again, by every rule."""
    guard = current_guard()
    if guard is None:
        return None
    Guard.objects.filter(pk=guard.pk, released_at=None).update(released_at=now, released_by=by.name)
    close_alert(ALERT, now)
    held = {"letters": guard.letters, "steps": guard.steps}
    audit(by, "outbox.release", guard.cause, before=held, now=now)
    return guard


@transaction.atomic
def note_seen(generation: Generation, now: datetime) -> None:
    """Write down that a cycle begins, in the store and in the home."""
    seen = Generation.objects.filter(pk=generation.pk)
    high = max(_highest_try(), generation.high)
    seen.update(seen_at=now, high=high)
    transaction.on_commit(lambda: _mark(Mark(generation.public_id, high)))


def _highest_try() -> int:
    return int(Attempt.objects.aggregate(high=Max("id"))["high"] or 0)


def _mark(wanted: Mark) -> None:
    known = mark.read()
    if known is not None and known.generation == wanted.generation and known.high >= wanted.high:
        return
    try:
        mark.write(wanted)
    except OSError as error:  # the next cycle tries again; until then an old copy may go unnoticed
        _log.warning("the mark beside the store could not be written", error=str(error))
        return
    # Only now: from here on a home without the mark is one that has lost it.
    Generation.objects.filter(public_id=wanted.generation).update(marked=True)
