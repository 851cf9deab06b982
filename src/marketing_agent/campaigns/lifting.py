"""Allowing again what was suppressed, with the sequences that the suppression had ended."""

from datetime import datetime

from django.db import transaction

from marketing_agent.accounts.actor import Actor
from marketing_agent.campaigns.actions import restart
from marketing_agent.prospects.actions import lift_suppression
from marketing_agent.prospects.actions.suppressions import prospects_under
from marketing_agent.prospects.models import Suppression


@transaction.atomic
def lift(key: str, reason: str, by: Actor, now: datetime) -> Suppression:
    """Allow an address or domain again; sequences that the suppression ended go on.

    Raises:
        ProspectRefused: without a reason, or when no such suppression is in force.
    """
    row = lift_suppression(key, reason, by, now)
    ids = prospects_under(row.scope, row.key).values_list("pk", flat=True)
    restart(list(ids), now)
    return row
