"""Bugs put into the product on purpose, to see that the matrix finds them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from marketing_agent.campaigns.models import Enrollment
from marketing_agent.engine.values import ItemState, Outcome
from marketing_agent.inbound import steps
from marketing_agent.inbound.actions import verdicts
from marketing_agent.inbound.case import Case
from marketing_agent.inbound.models import InboxItem
from marketing_agent.outbox import claim
from marketing_agent.outbox.actions import delivered
from marketing_agent.outbox.models import Attempt, Bounce, Complaint, Contact, Email
from marketing_agent.prospects.models import Suppression


def try_again() -> None:
    """Take a letter whose DATA had begun for one that was not sent, as general job queues do."""

    def plan_anew(emails: "QuerySet[Email]", now: datetime) -> int:
        ids = list(emails.values_list("pk", flat=True))
        Attempt.objects.filter(email__in=ids, outcome=None).update(outcome=Outcome.TEMPORARY)
        Contact.objects.filter(last_email__in=ids).delete()
        marked = Email.objects.filter(pk__in=ids)
        return marked.update(state="planned", lease_owner="", lease_until=None, due_at=now)

    claim._to_unknown = plan_anew


def forget_claims() -> None:
    """Leave the letters of a dead worker where they are."""
    claim.rescue = lambda _now: {"planned": 0, "unknown": 0}


def act_after_the_end() -> None:
    """Call a mail done first, and do what follows from it in a transaction of its own."""

    def settle(case: Case, now: datetime) -> ItemState:
        done = {"state": ItemState.PROCESSED, "lease_owner": "", "lease_until": None}
        InboxItem.objects.filter(pk=case.item.pk).update(**done, kind=case.kind)
        with transaction.atomic():
            verdicts.follow(case, now)
        return ItemState.PROCESSED

    steps.settle = settle


def end_after_a_letter() -> None:
    """End a sequence with the letter that was sent, whatever steps it has left."""
    advance = delivered.advance_sent

    def advance_and_end(emails: Sequence[Email], now: datetime) -> None:
        advance(emails, now)
        people = [each.prospect_id for each in emails]
        Enrollment.objects.filter(prospect__in=people).update(state="stopped")

    delivered.advance_sent = advance_and_end


def follow_nothing() -> None:
    """Call every mail done, and keep nothing of what should have followed from it."""
    follow = verdicts.follow

    def follow_and_forget(case: Case, now: datetime) -> str:
        said = follow(case, now)
        for table in (Suppression, Bounce, Complaint):
            table.objects.all().delete()
        return said

    verdicts.follow = follow_and_forget


MUTANTS: dict[str, Callable[[], None]] = {
    each.__name__: each
    for each in (
        try_again,
        forget_claims,
        act_after_the_end,
        end_after_a_letter,
        follow_nothing,
    )
}
