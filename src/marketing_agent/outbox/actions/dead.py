"""Dead letters: a person replays them or lets them go."""

from datetime import datetime

from django.db import transaction

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.campaigns.actions import await_again
from marketing_agent.campaigns.lifting import lift
from marketing_agent.engine.values import EmailState
from marketing_agent.operations.errors import ConflictError
from marketing_agent.outbox.actions.outcomes import settle
from marketing_agent.outbox.actions.replanning import plan_again
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.models import Suppression


class NotDeadError(ConflictError):
    """The letter is not a dead letter, so there is nothing to replay or discard."""

    code = "not_dead"


def replay(public_id: str, by: Actor, now: datetime) -> Email:
    """Plan a dead letter again with a fresh count; the suppression that it caused is lifted.

    It is cancelled instead when its prospect has replied or opted out meanwhile.

    Raises:
        NotDeadError: when the letter is not dead.
    """
    with transaction.atomic():
        email = _dead(public_id)
        _lift_own_suppression(email, by, now)
        email.refresh_from_db()  # lifting has moved the prospect back
        state = plan_again(email, "replayed", f"replayed by {by.name}", now, failures=0)
        if state is EmailState.PLANNED:
            _wait_for(email, now)
        audit(by, "dead letter replayed", public_id, after={"state": state}, now=now)
    return email


def _wait_for(email: Email, now: datetime) -> None:
    if email.prospect_id and email.campaign_id and email.step:
        await_again(email.prospect_id, email.campaign_id, email.step, now)


def discard(public_id: str, by: Actor, now: datetime) -> Email:
    """Let a dead letter go for good; its history stays.

    Raises:
        NotDeadError: when the letter is not dead.
    """
    with transaction.atomic():
        email = _dead(public_id)
        why = {"reason_code": "discarded", "reason": f"discarded by {by.name}"}
        settle(email, EmailState.CANCELLED, now, due_at=None, **why)
        audit(by, "dead letter discarded", public_id, now=now)
    return email


def _dead(public_id: str) -> Email:
    email = Email.objects.filter(public_id=public_id, state=EmailState.DEAD).first()
    if email is None:
        raise NotDeadError(
            f"{public_id} is not a dead letter; `marketing-agent retry-queue list` shows them."
        )
    return email


def _lift_own_suppression(email: Email, by: Actor, now: datetime) -> None:
    own = Suppression.objects.filter(
        scope="address",
        key=email.address_key,
        lifted_at=None,
        evidence=f"dead letter {email.public_id}",
    )
    if own.exists():
        lift(email.address_key, "dead letter replayed", by, now)
