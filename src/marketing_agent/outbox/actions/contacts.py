"""The memory of who was written to when: taking an address at the door, and giving it back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import F

from marketing_agent.engine.door import CONTACT_GAP, Refusal
from marketing_agent.engine.values import EmailKind
from marketing_agent.outbox.models import Contact, Email
from marketing_agent.outbox.tickets import Ticket

_TAKE = """
    INSERT INTO outbox_contact (address_key, last_data_at, last_email_id) VALUES {rows}
    ON CONFLICT (address_key) DO UPDATE SET previous_data_at = outbox_contact.last_data_at,
        last_data_at = excluded.last_data_at, last_email_id = excluded.last_email_id
"""
_UNLESS_RECENT = " WHERE outbox_contact.last_data_at <= %s"


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


def free_contact(email: Email) -> None:
    """Forget a DATA that was surely refused, so that the 24 h rule does not bar the next try."""
    taken = Contact.objects.filter(address_key=email.address_key, last_email=email)
    taken.filter(previous_data_at=None).delete()
    taken.update(last_data_at=F("previous_data_at"), previous_data_at=None, last_email=None)
