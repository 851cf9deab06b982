"""Writing down what a try came to, and what follows from it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, Q, QuerySet

from marketing_agent.engine.email_states import sources_of
from marketing_agent.engine.retry import (
    BLOCK_HOLD,
    BLOCKS_A_LETTER,
    next_attempt,
    reconnect_wait,
)
from marketing_agent.engine.smtp_outcome import BEFORE_DATA
from marketing_agent.engine.values import BounceType, EmailState, Outcome
from marketing_agent.inboxes.actions import check_inboxes
from marketing_agent.inboxes.locking import lock
from marketing_agent.operations.actions import record_error
from marketing_agent.operations.errors import last_words
from marketing_agent.outbox.actions import failures
from marketing_agent.outbox.actions.contacts import free_contact
from marketing_agent.outbox.actions.delivered import record_sent
from marketing_agent.outbox.actions.passage import close_withdrawn
from marketing_agent.outbox.models import WITHDRAWN, Attempt, Email
from marketing_agent.outbox.tickets import Result, Ticket

_FAREWELL = 421
_ALL = Q()


def record(results: Sequence[Result], now: datetime) -> None:
    """Record a group of outcomes: the sent ones together, each other one with its consequences.

    Inboxes whose letters bounced are judged at once: the next letter at the door meets their pause.
    """
    harmed = {each.ticket.email.inbox_id for each in results if _speaks_against_inbox(each, now)}
    with transaction.atomic():
        if harmed:
            lock(harmed)
        record_sent([each for each in results if each.decision.outcome is Outcome.SENT], now)
        for result in results:
            if result.decision.outcome is not Outcome.SENT:
                _record_failure(result, now)
        if harmed:
            check_inboxes(sorted(harmed), now)


def unrecorded(results: Sequence[Result]) -> list[Result]:
    """Give the outcomes that are not in the store yet: their letters are still under our leases."""
    ours = {each.ticket.email.pk: each.ticket.email.lease_owner for each in results}
    leased = Email.objects.filter(pk__in=ours).values_list("pk", "lease_owner")
    open_ = {key for key, owner in leased if owner == ours[key]}
    return [each for each in results if each.ticket.email.pk in open_]


def _speaks_against_inbox(result: Result, now: datetime) -> bool:
    """Say whether an outcome is a bounce to the inbox's health: hard, block, or a dead letter."""
    outcome = result.decision.outcome
    dead = outcome is Outcome.TEMPORARY and _next_try(result, now) is None
    return dead or outcome in {Outcome.HARD, Outcome.BLOCK}


def _record_failure(result: Result, now: datetime) -> None:
    _close_attempt(result, now)
    # A door that was never passed has taken no contact; the one there is may be another try's.
    refused = result.decision.outcome is not Outcome.UNKNOWN
    if refused and result.ticket.admitted and not _tried_again(result.ticket).exists():
        free_contact(result.ticket.email)
    _CONSEQUENCES[result.decision.outcome](result, now)


def _close_attempt(result: Result, now: datetime) -> None:
    facts = {
        "finished_at": now,
        "phase": result.phase,
        "outcome": result.decision.outcome,
        "code": result.decision.code,
        "enhanced": result.decision.enhanced or "",
        "reply": result.reply[:1000],
    }
    ticket = result.ticket
    if ticket.attempt_id is not None:
        # A connection that broke behind the door, before DATA was sent, has not used up the day.
        never = {"data_at": None} if result.phase in BEFORE_DATA else {}
        Attempt.objects.filter(pk=ticket.attempt_id).update(**facts, **never)
    else:
        email = ticket.email
        Attempt.objects.create(
            email=email, inbox=email.inbox, owner=email.lease_owner, at=result.started_at, **facts
        )


def settle(email: Email, state: EmailState, now: datetime, **facts: object) -> int:
    """Move a letter to `state` and end its lease; 0 when it is not in a state that leads there."""
    return _write(_on_the_way_to(email, state), state, now, facts)


def _on_the_way_to(email: Email, state: EmailState) -> QuerySet[Email]:
    return Email.objects.filter(pk=email.pk, state__in=sources_of(state))


def _write(
    rows: QuerySet[Email], state: EmailState, now: datetime, facts: Mapping[str, object]
) -> int:
    return rows.update(state=state, lease_owner="", lease_until=None, updated_at=now, **facts)


def _next_try(result: Result, now: datetime) -> datetime | None:
    """Give the moment of the next try after a temporary failure; None after the last one."""
    if result.decision.transient:
        breaks = _tries(result, Outcome.TEMPORARY, Q(code=None) | Q(code=_FAREWELL))
        return now + reconnect_wait(breaks)
    return next_attempt(result.ticket.email.failures + 1, result.decision.greylisted, now)


def _tries(result: Result, outcome: Outcome, alike: Q = _ALL) -> int:
    """Count the letter's tries that ended like this one, this one included."""
    tries = Attempt.objects.filter(alike, email=result.ticket.email, outcome=outcome)
    return tries.exclude(phase=WITHDRAWN).count()


def _settle(ticket: Ticket, state: EmailState, now: datetime, **facts: object) -> int:
    """Settle a letter under the lease of its claim, or one of which a rescue could not know the end.

    A worker that slept past its lease comes back to a letter that is somebody else's by now.
    """
    ours = Q(lease_owner=ticket.email.lease_owner)
    if ticket.admitted:
        ours |= Q(~Exists(_tried_again(ticket)), state=EmailState.UNKNOWN)
    return _write(_on_the_way_to(ticket.email, state).filter(ours), state, now, facts)


def _tried_again(ticket: Ticket) -> QuerySet[Attempt]:
    return Attempt.objects.filter(email=ticket.email, pk__gt=ticket.attempt_id)


def _temporary(result: Result, now: datetime) -> None:
    email, again = result.ticket.email, _next_try(result, now)
    if result.decision.transient:
        _settle(result.ticket, EmailState.RETRY, now, due_at=again, **_why(result))
        return
    failed = email.failures + 1
    if again is None:
        _settle(result.ticket, EmailState.DEAD, now, failures=failed, due_at=None, **_why(result))
        failures.give_up(result, now)
        return
    _settle(result.ticket, EmailState.RETRY, now, failures=failed, due_at=again, **_why(result))
    failures.add_bounce(result, BounceType.SOFT, f"tried again at {again:%Y-%m-%d %H:%M}Z", now)


def _hard(result: Result, now: datetime) -> None:
    _settle(result.ticket, EmailState.BOUNCED, now, due_at=None, **_why(result))
    failures.never_again(result, now)


def _block(result: Result, now: datetime) -> None:
    # The third block needs a person: the same words to the same provider will not do.
    often = _tries(result, Outcome.BLOCK) >= BLOCKS_A_LETTER
    due_at = None if often else now + BLOCK_HOLD
    _settle(result.ticket, EmailState.HELD, now, due_at=due_at, **_why(result))
    failures.quieten(result, now)


def _account(result: Result, now: datetime) -> None:
    until = failures.pause_account(result, now)
    state = EmailState.RETRY  # neither the letter nor the address has failed: no count goes up
    _settle(result.ticket, state, now, due_at=until, **_why(result))


def _unknown(result: Result, now: datetime) -> None:
    _settle(result.ticket, EmailState.UNKNOWN, now, due_at=None, **_why(result))
    failures.rest_after_doubts(result, now)


_CONSEQUENCES: dict[Outcome, Callable[[Result, datetime], None]] = {
    Outcome.TEMPORARY: _temporary,
    Outcome.HARD: _hard,
    Outcome.BLOCK: _block,
    Outcome.ACCOUNT: _account,
    Outcome.UNKNOWN: _unknown,
}


def _why(result: Result) -> dict[str, str]:
    said = result.reply or "the connection broke"
    return {"reason_code": result.decision.reason, "reason": said[:1000]}


def hold(ticket: Ticket, trace: str, now: datetime) -> None:
    """Keep a letter that met a bug: *held* before DATA, *unknown* after it began; nothing is lost."""
    last_line = last_words(trace)
    with transaction.atomic():
        record_error(
            "sending",
            last_line,
            subject=ticket.email.public_id,
            origin="deliver",
            sample=trace,
            now=now,
        )
        if ticket.begun:
            Attempt.objects.filter(email=ticket.email, outcome=None).update(
                outcome=Outcome.UNKNOWN, finished_at=now
            )
        elif ticket.admitted:
            close_withdrawn(ticket.email, last_line, now)
        state = EmailState.UNKNOWN if ticket.begun else EmailState.HELD
        why = {"reason_code": "error", "reason": f"An error in the program: {last_line}"[:1000]}
        _settle(ticket, state, now, due_at=None, **why)
