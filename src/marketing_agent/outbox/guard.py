"""The look at the store with which every send cycle begins: does it remember all that left from here?"""

from datetime import datetime, timedelta

from django.db import connection

from marketing_agent.engine.guard import StoreFacts, in_words, may_have_forgotten, suspect
from marketing_agent.operations.config import read
from marketing_agent.operations.held import current_guard
from marketing_agent.outbox.actions.guards import (
    begin_generation,
    hold_due_work,
    note_seen,
)
from marketing_agent.outbox.claim import rescue
from marketing_agent.outbox.models import Attempt, Generation, Guard
from marketing_agent.store import mark
from marketing_agent.store.replaced import reconnect_if_replaced


def look_at_store(now: datetime) -> Guard | None:
    """Compare store and home, hold what is due where something is wrong, and give the guard that stands.

    Raises:
        OSError: when the mark in the home is there and cannot be read; then nothing may leave.
    """
    reconnect_if_replaced()
    generation = _present() or begin_generation(now)
    facts = _facts(generation)
    cause = suspect(facts, now)
    if cause is not None:
        rescue(now)  # letters that were claimed when all stood still are due, too
        hold_due_work(cause, in_words(cause, facts), now, doubtful=may_have_forgotten(cause, facts))
        generation = _present() or generation
    note_seen(generation, now)
    return current_guard()


def held_until(guard: Guard | None) -> datetime | None:
    """Give the moment up to which due steps are held by a guard that lets newer ones pass."""
    return guard.noticed_at if guard is not None else None


def _present() -> Generation | None:
    return Generation.objects.order_by("-id").first()


def _facts(generation: Generation) -> StoreFacts:
    # The mark first: whoever sends meanwhile writes the try down before raising it.
    home = mark.read()
    newest = Attempt.objects.order_by("-id").values_list("id", flat=True).first() or 0
    earlier = Generation.objects.exclude(pk=generation.pk).values_list("public_id", flat=True)
    return StoreFacts(
        home=home,
        generation=generation.public_id,
        replaced=frozenset(earlier),
        high=max(newest, generation.high),
        marked_before=generation.marked,
        one_home=connection.vendor == "sqlite",
        seen_at=generation.seen_at,
        longest_outage=timedelta(hours=int(read("longest_outage_h"))),
    )
