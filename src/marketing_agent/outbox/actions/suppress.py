"""Suppressing an address or a domain, with everything that follows at once."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from marketing_agent.accounts.actor import Actor
from marketing_agent.campaigns.actions import stop_enrollments
from marketing_agent.engine.email_states import CANCELLABLE
from marketing_agent.engine.values import EmailState, SuppressionCause
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.actions import add_suppression
from marketing_agent.prospects.actions.suppressions import prospects_under
from marketing_agent.prospects.models import Prospect, Suppression


def suppress(
    scope: str, key: str, cause: SuppressionCause, evidence: str, by: Actor, now: datetime
) -> Suppression:
    """Never write to `key` (an address or a domain) again: sequences end, waiting letters are cancelled.

    A letter already past DATA cannot be called back; the door refuses every later one.
    """
    reason = f"suppressed: {cause}"
    with transaction.atomic():
        row = add_suppression(scope, key, cause, evidence, by, now)
        stop_enrollments(
            list(prospects_under(scope, row.key).values_list("pk", flat=True)), reason, now
        )
        cancel(_letters(scope, row.key), "suppressed", reason, now)
    return row


def silence(address_keys: Collection[str], reason: str, now: datetime) -> None:
    """Let what follows from a suppression follow for addresses that are suppressed already."""
    with transaction.atomic():
        known = Prospect.objects.filter(address_key__in=address_keys).values_list("pk", flat=True)
        stop_enrollments(list(known), reason, now)
        cancel(Email.objects.filter(address_key__in=address_keys), "suppressed", reason, now)


def _letters(scope: str, key: str) -> QuerySet[Email]:
    return Email.objects.filter(**{"domain" if scope == "domain" else "address_key": key})


def cancel(emails: QuerySet[Email], code: str, reason: str, now: datetime) -> int:
    """Cancel the letters that nobody has claimed yet; gives how many."""
    return emails.filter(state__in=CANCELLABLE).update(
        state=EmailState.CANCELLED, due_at=None, reason_code=code, reason=reason, updated_at=now
    )
