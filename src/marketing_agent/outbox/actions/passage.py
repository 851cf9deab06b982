"""Writing a letter's way through the door, and its way back when the door refuses."""

from collections.abc import Sequence
from datetime import datetime

from django.db import OperationalError, transaction
from django.db.models.functions import Now

from marketing_agent.campaigns.actions import stop_enrollments
from marketing_agent.engine.door import Fate, Refusal
from marketing_agent.engine.values import EmailState, Outcome
from marketing_agent.outbox.actions.contacts import free_contact
from marketing_agent.outbox.claim import LEASE, LeaseLostError
from marketing_agent.outbox.models import WITHDRAWN, Attempt, Email
from marketing_agent.outbox.tickets import Ticket
from marketing_agent.store import mark


def open_attempts(tickets: Sequence[Ticket], now: datetime) -> list[Attempt]:
    """Write the attempts and mark the letters *transmitting*; DATA begins only after this commits.

    Raises:
        LeaseLostError: when another worker took a letter since the door read it; nothing is written.
        StoreRolledBackError: when the store has gone back in time under us; nothing is written.
    """
    made_before = mark.high()  # read first: a number that is drawn afterwards is higher
    attempts = Attempt.objects.bulk_create(
        Attempt(
            email_id=each.email.pk,
            inbox_id=each.email.inbox_id,
            owner=each.email.lease_owner,
            at=now,
            data_at=now,
            phase="data",
            look=each.look[:60],
        )
        for each in tickets
    )
    if attempts and min(each.pk for each in attempts) <= made_before:
        raise StoreRolledBackError(
            f"Try {attempts[0].pk} was made before: the store is older than letters that left."
        )
    marked = Email.objects.filter(
        pk__in=[each.email.pk for each in tickets],
        state=EmailState.CLAIMED,
        lease_owner__in={each.email.lease_owner for each in tickets},
    ).update(state=EmailState.TRANSMITTING, lease_until=Now() + LEASE, updated_at=now)
    if marked != len(tickets):
        raise LeaseLostError("Another worker took the letter over while it stood at the door.")
    return attempts


class StoreRolledBackError(OperationalError):
    """The store has gone back in time: it was restored or overwritten while letters left."""


def turn_back(ticket: Ticket, now: datetime) -> None:
    """Keep a refusal on the letter, with its next try; a final one cancels it and ends the sequence."""
    if ticket.lost or ticket.refusal is None:
        return
    with transaction.atomic():
        if ticket.admitted:
            _withdraw(ticket, ticket.refusal, now)
            return
        put_back(ticket.email, ticket.refusal, now)
        if ticket.refusal.fate is Fate.CANCEL and ticket.email.prospect_id:
            stop_enrollments([ticket.email.prospect_id], ticket.refusal.sentence, now)


def _withdraw(ticket: Ticket, refusal: Refusal, now: datetime) -> None:
    """Take back the mark of a letter that the last word refused: we know that DATA did not begin."""
    ours = Email.objects.filter(
        pk=ticket.email.pk, state=EmailState.TRANSMITTING, lease_owner=ticket.email.lease_owner
    )
    withdrawn = ours.update(
        state=EmailState.RETRY,
        due_at=refusal.next_try,
        reason_code=refusal.code,
        reason=refusal.sentence,
        lease_owner="",
        lease_until=None,
        updated_at=now,
    )
    if withdrawn:
        close_withdrawn(ticket.email, refusal.sentence, now)


def close_withdrawn(email: Email, sentence: str, now: datetime) -> None:
    """Close an attempt whose DATA surely never began; neither the day nor the 24 h rule counts it."""
    Attempt.objects.filter(email=email, outcome=None).update(
        data_at=None,
        finished_at=now,
        phase=WITHDRAWN,
        outcome=Outcome.TEMPORARY,
        reply=sentence[:1000],
    )
    free_contact(email)


def put_back(email: Email, refusal: Refusal, now: datetime) -> int:
    """Write a refusal on a letter that is still ours; a lost lease changes nothing (0)."""
    cancelled = refusal.fate is Fate.CANCEL
    return Email.objects.filter(
        pk=email.pk, state=EmailState.CLAIMED, lease_owner=email.lease_owner
    ).update(
        state=EmailState.CANCELLED if cancelled else EmailState.PLANNED,
        due_at=None if cancelled else refusal.next_try,
        reason_code=refusal.code,
        reason=refusal.sentence,
        lease_owner="",
        lease_until=None,
        updated_at=now,
    )
