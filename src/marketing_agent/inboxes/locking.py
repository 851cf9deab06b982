"""Locking inboxes, so that two workers who count an inbox's day do so one after the other."""

from collections.abc import Iterable

from marketing_agent.inboxes.models import Inbox


def lock(inbox_ids: Iterable[int]) -> dict[int, Inbox]:
    """Lock the inboxes' rows, always in the same order, and give them as they are now, by id.

    Before all other rows of a transaction, so that nobody waits in a ring. SQLite locks nothing here:
    it lets one writer in at a time. Must be called inside a transaction.
    """
    rows = Inbox.objects.select_for_update(no_key=True).filter(pk__in=inbox_ids)
    return {inbox.pk: inbox for inbox in rows.order_by("pk")}
