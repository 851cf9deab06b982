"""Approving an answer, with the hint to the worker that a letter waits; the API, CLI and console call it."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from marketing_agent.accounts.actor import Actor
from marketing_agent.inbound.actions import answers
from marketing_agent.inbound.actions.answers import Wording
from marketing_agent.inbound.actions.opinions import decided_by_person
from marketing_agent.outbox.models import Email
from marketing_agent.workers.actions import make_due


def approve(public_id: str, wording: Wording, by: Actor, now: datetime) -> Email:
    """Approve a suggested answer; it leaves with the next cycle. Raises as `answers.approve` does."""
    return _answered(lambda: answers.approve(public_id, wording, by, now), by, now)


def write(item_id: str, wording: Wording, by: Actor, now: datetime) -> Email:
    """Answer a mail in one's own words. Raises as `answers.write` does."""
    return _answered(lambda: answers.write(item_id, wording, by, now), by, now)


def _answered(plan: Callable[[], Email], by: Actor, now: datetime) -> Email:
    """Plan the letter; who answers a mail has decided about it, so no opinion is needed any more."""
    with transaction.atomic():
        email = plan()
        if email.answers is not None:
            decided_by_person(email.answers, by.name, now)
    make_due("send-emails", now)
    return email
