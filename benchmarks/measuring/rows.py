"""Rows by the million: the first row of a table is copied within the store, row by numbered row."""

from datetime import timedelta

from django.db import connection, models, transaction

from marketing_agent.campaigns.models import Enrollment
from marketing_agent.engine.values import EmailKind, EmailState, Outcome
from marketing_agent.inboxes.models import Inbox
from marketing_agent.outbox.models import Attempt, Contact, Email
from marketing_agent.prospects.models import Prospect
from measuring.letters import START, add_prospects

_COPY = """
    WITH RECURSIVE numbered (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbered WHERE n < {count})
    INSERT INTO {table} ({columns}) SELECT {values} FROM numbered, {table} one WHERE one.id = {id}
"""
_EARLIER = START - timedelta(days=20)
_PAIRS = {  # what differs from copy to copy; n is its number
    Prospect: {
        "public_id": "'p' || n",
        "address": "'grace@old' || n || '.example'",
        "address_key": "'grace@old' || n || '.example'",
        "domain": "'old' || n || '.example'",
    },
    Enrollment: {"prospect_id": "one.prospect_id + n"},
    Email: {
        "public_id": "'e' || n",
        "message_id": "'old' || n || '@example.com'",
        "prospect_id": "one.prospect_id + n",
        "address_key": "'grace@old' || n || '.example'",
        "domain": "'old' || n || '.example'",
        "inbox_id": "1 + n % {inboxes}",
    },
    Attempt: {"email_id": "one.email_id + n", "inbox_id": "1 + n % {inboxes}"},
    Contact: {
        "address_key": "'grace@old' || n || '.example'",
        "last_email_id": "one.last_email_id + n",
    },
}


def fill(count: int) -> None:
    """Add `count` due prospects, each with a letter that was sent by another campaign's first step.

    Every enrollment is due at `START`, so the whole table is one backlog.
    """
    add_prospects(1)
    with transaction.atomic():
        _copy(Prospect.objects.latest("id"), count)
        enrollment = Enrollment.objects.latest("id")
        Enrollment.objects.filter(pk=enrollment.pk).update(next_step=2)
        _copy(enrollment, count)
        email = _sent_letter(enrollment)
        _copy(email, count)
        _copy(_attempt(email), count)
        _copy(_contact(email), count)
    _analyse()


def _copy(one: models.Model, count: int) -> None:
    table = type(one)
    own = {name: text.format(inboxes=Inbox.objects.count()) for name, text in _PAIRS[table].items()}
    columns = [each.column for each in table._meta.concrete_fields if not each.primary_key]  # noqa: SLF001  Django documents _meta
    quoted = [connection.ops.quote_name(column) for column in columns]
    values = [own.get(column, f"one.{name}") for column, name in zip(columns, quoted, strict=True)]
    statement = _COPY.format(
        count=count,
        table=table._meta.db_table,  # noqa: SLF001  as above
        columns=", ".join(quoted),
        values=", ".join(values),
        id=one.pk,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _sent_letter(enrollment: Enrollment) -> Email:
    prospect = enrollment.prospect
    return Email.objects.create(
        kind=EmailKind.OUTREACH,
        prospect=prospect,
        campaign=enrollment.campaign,
        step=1,
        inbox=Inbox.objects.earliest("id"),
        to_address=prospect.address,
        address_key=prospect.address_key,
        domain=prospect.domain,
        provider=prospect.provider,
        subject="A question",
        body="Hello Grace,\n\na letter of the past.\n",
        message_id="old0@example.com",
        state=EmailState.SENT,
        sent_at=_EARLIER,
        created_at=_EARLIER,
        updated_at=_EARLIER,
    )


def _attempt(email: Email) -> Attempt:
    return Attempt.objects.create(
        email=email,
        inbox=email.inbox,
        owner="bench",
        at=_EARLIER,
        data_at=_EARLIER,
        finished_at=_EARLIER,
        phase="final",
        outcome=Outcome.SENT,
        code=250,
    )


def _contact(email: Email) -> Contact:
    return Contact.objects.create(
        address_key=email.address_key, last_data_at=_EARLIER, last_email=email
    )


def _analyse() -> None:
    """PostgreSQL learns of new rows by itself after a while; SQLite is left as it is in earnest."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
