"""Held letters: a person has mended what held them, and takes them up again."""

from datetime import datetime

from django.db import transaction

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.campaigns.actions import write_again
from marketing_agent.engine.values import EmailState
from marketing_agent.operations.errors import ConflictError
from marketing_agent.operations.held import current_guard
from marketing_agent.outbox.actions.guards import CODE, release_guard
from marketing_agent.outbox.actions.outcomes import settle
from marketing_agent.outbox.models import Email


class NotHeldError(ConflictError):
    """The letter is not held, so there is nothing to release."""

    code = "not_held"


def release(public_id: str, by: Actor, now: datetime) -> Email:
    """Take a held letter up again; a campaign's is cancelled and written anew, by every rule.

    Written anew, because the template, the prospect or the sender's identity may have been mended.

    Raises:
        NotHeldError: when the letter is not held.
    """
    with transaction.atomic():
        email = Email.objects.filter(public_id=public_id, state=EmailState.HELD).first()
        if email is None:
            raise NotHeldError(
                f"{public_id} is not held; `marketing-agent emails list --status held` shows "
                "the letters that are."
            )
        _take_up(email, by, now)
        audit(by, "letter released", public_id, before={"reason": email.reason}, now=now)
    return email


def release_all(by: Actor, now: datetime, *, limit: int = 10_000) -> int:
    """Release letters that are held for a person, a transaction for each; gives how many.

    While a guard stands, those that it holds for review, and then the guard itself; otherwise all
    others. Letters held for a time (after a block) are left alone: their time comes by itself.
    """
    held = Email.objects.filter(state=EmailState.HELD, due_at=None).order_by("id")
    guard = current_guard()
    if guard is not None:
        held = held.filter(reason_code=CODE)
    released = sum(
        _released(each, by, now) for each in list(held.values_list("public_id", flat=True)[:limit])
    )
    if guard is not None and not held.exists():
        release_guard(by, now)
    return released


def _released(public_id: str, by: Actor, now: datetime) -> bool:
    try:
        release(public_id, by, now)
    except NotHeldError:  # a reply or a suppression has cancelled it meanwhile
        return False
    return True


def _take_up(email: Email, by: Actor, now: datetime) -> None:
    why = {"reason_code": "released", "reason": f"released by {by.name}"}
    if email.prospect_id and email.campaign_id and email.step:
        settle(email, EmailState.CANCELLED, now, due_at=None, **why)
        write_again(email.prospect_id, email.campaign_id, email.step, now)
    else:
        settle(email, EmailState.PLANNED, now, due_at=now, **why)
