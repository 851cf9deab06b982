"""Writing a letter's way through the door, and its way back when the door refuses."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models.functions import Now

from marketing_agent.campaigns.actions import stop_enrollments
from marketing_agent.engine.door import CONTACT_GAP, Fate, Refusal
from marketing_agent.engine.values import EmailKind, EmailState
from marketing_agent.inboxes.models import Inbox
from marketing_agent.outbox.claim import LEASE, LeaseLostError
from marketing_agent.outbox.models import Attempt, Contact, Email
from marketing_agent.outbox.tickets import Ticket

_TAKE = """
    INSERT INTO outbox_contact (address_key, last_data_at, last_email_id) VALUES {rows}
    ON CONFLICT (address_key) DO UPDATE SET previous_data_at = outbox_contact.last_data_at,
        last_data_at = excluded.last_data_at, last_email_id = excluded.last_email_id
"""
_UNLESS_RECENT = " WHERE outbox_contact.last_data_at <= %s"


def queue_up(inbox_ids: Iterable[int]) -> dict[int, Inbox]:
    """Lock the inboxes' rows, in order, so that two workers' doors count the day one after the other.

    SQLite locks nothing here: it lets one writer in at a time.
    """
    rows = Inbox.objects.select_for_update(no_key=True).filter(pk__in=inbox_ids)
    return {inbox.pk: inbox for inbox in rows.order_by("pk")}


def take_contacts(tickets: Sequence[Ticket], now: datetime) -> list[Ticket]:
    """Take the addresses; the database itself refuses one that was written to within 24 h."""
    answers = [each for each in tickets if each.email.kind == EmailKind.ANSWER]
    letters = [each for each in tickets if each.email.kind != EmailKind.ANSWER]
    return _take(letters, now, unless_recent=True) + _take(answers, now, unless_recent=False)


def _take(tickets: list[Ticket], now: datetime, *, unless_recent: bool) -> list[Ticket]:
    if not tickets:
        return []
    first = {each.email.address_key: each for each in reversed(tickets)}
    # In one order, so that two workers' doors cannot wait for each other.
    _upsert([first[key] for key in sorted(first)], now, unless_recent=unless_recent)
    won = set(
        Contact.objects.filter(
            address_key__in=first, last_email_id__in=[each.email.pk for each in first.values()]
        ).values_list("last_email_id", flat=True)
    )
    for each in tickets:
        if each.email.pk not in won:
            each.refusal = _too_soon(now)
    return [each for each in tickets if each.email.pk in won]


def _too_soon(now: datetime) -> Refusal:
    sentence = "The address was written to less than 24 h ago."
    return Refusal("too_soon", sentence, next_try=now + CONTACT_GAP)


def _upsert(tickets: list[Ticket], now: datetime, *, unless_recent: bool) -> None:
    at = connection.ops.adapt_datetimefield_value(now)
    rows = ", ".join(["(%s, %s, %s)"] * len(tickets))
    values = [part for each in tickets for part in (each.email.address_key, at, each.email.pk)]
    statement = _TAKE.format(rows=rows)
    if unless_recent:
        statement += _UNLESS_RECENT
        values.append(connection.ops.adapt_datetimefield_value(now - CONTACT_GAP))
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def open_attempts(tickets: Sequence[Ticket], now: datetime) -> None:
    """Write the attempts and mark the letters *transmitting*; DATA begins only after this commits.

    Raises:
        LeaseLostError: when another worker took a letter since the door read it; nothing is written.
    """
    attempts = Attempt.objects.bulk_create(
        Attempt(
            email_id=each.email.pk,
            inbox_id=each.email.inbox_id,
            owner=each.email.lease_owner,
            at=now,
            data_at=now,
            phase="data",
        )
        for each in tickets
    )
    marked = Email.objects.filter(
        pk__in=[each.email.pk for each in tickets],
        state=EmailState.CLAIMED,
        lease_owner__in={each.email.lease_owner for each in tickets},
    ).update(state=EmailState.TRANSMITTING, lease_until=Now() + LEASE, updated_at=now)
    if marked != len(tickets):
        raise LeaseLostError("Another worker took the letter over while it stood at the door.")
    for each, attempt in zip(tickets, attempts, strict=True):
        each.attempt_id = attempt.pk


def turn_back(ticket: Ticket, now: datetime) -> None:
    """Keep a refusal on the letter, with its next try; a final one cancels it and ends the sequence."""
    if ticket.lost or ticket.refusal is None:
        return
    with transaction.atomic():
        put_back(ticket.email, ticket.refusal, now)
        if ticket.refusal.fate is Fate.CANCEL and ticket.email.prospect_id:
            stop_enrollments([ticket.email.prospect_id], ticket.refusal.sentence, now)


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
