"""Approving an answer, with the hint to the worker that a letter waits; the API, CLI and console call it."""

from datetime import datetime

from marketing_agent.accounts.actor import Actor
from marketing_agent.inbound.actions import answers
from marketing_agent.inbound.actions.answers import Wording
from marketing_agent.outbox.models import Email
from marketing_agent.workers.actions import make_due


def approve(public_id: str, wording: Wording, by: Actor, now: datetime) -> Email:
    """Approve a suggested answer; it leaves with the next cycle. Raises as `answers.approve` does."""
    email = answers.approve(public_id, wording, by, now)
    make_due("send-emails", now)
    return email


def write(item_id: str, wording: Wording, by: Actor, now: datetime) -> Email:
    """Answer a mail in one's own words. Raises as `answers.write` does."""
    email = answers.write(item_id, wording, by, now)
    make_due("send-emails", now)
    return email
