"""Remembering the Message-IDs that providers gave to letters of ours in place of our own."""

from collections.abc import Sequence
from datetime import datetime

from marketing_agent.engine.values import IdSource
from marketing_agent.mail.message_ids import announced_id, canonical, is_worth_keeping
from marketing_agent.outbox.models import Email, OtherId
from marketing_agent.outbox.tickets import Result

MOST = 8
"""Ids kept of one letter: who holds a letter could go on showing it under new ones."""


def learn_id(email: Email, message_id: str, source: IdSource, now: datetime) -> None:
    """Keep an id that the letter was seen under; one of another letter of ours is no such id.

    `message_id` is canonical. What is known already, no id, or too much, changes nothing.
    """
    if not is_worth_keeping(message_id) or _is_known(email, message_id):
        return
    if OtherId.objects.filter(email=email).count() < MOST:
        row = OtherId(email=email, message_id=message_id, source=source, at=now)
        OtherId.objects.bulk_create([row], ignore_conflicts=True)


def _is_known(email: Email, message_id: str) -> bool:
    theirs = Email.objects.filter(message_id=message_id)
    return theirs.exists() or OtherId.objects.filter(email=email, message_id=message_id).exists()


def learn_announced(results: Sequence[Result], now: datetime) -> None:
    """Keep the ids under which servers said that accepted letters go on: all in one statement."""
    announced = ((each.ticket.email, announced_id(each.reply)) for each in results)
    rows = [
        OtherId(email=email, message_id=one, source=IdSource.ANNOUNCED, at=now)
        for email, one in announced
        if is_worth_keeping(one) and one != canonical(email.message_id)
    ]
    if rows:
        OtherId.objects.bulk_create(rows, ignore_conflicts=True)
