"""Tables of what keeps letters back: the store's generations, guards, and leases on the stop."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from marketing_agent.engine.guard import GuardCause
from marketing_agent.store.columns import one_of, public_id, word


class Generation(models.Model):
    """One life of the store, which ends when a restore is noticed; the latest row is the present one."""

    public_id = public_id()
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)  # when the last send cycle began
    high = models.BigIntegerField(default=0)  # the highest number of a try by then
    marked = models.BooleanField(default=False)  # a home remembers it

    def __str__(self) -> str:
        return self.public_id


class Guard(models.Model):
    """Due work that is held for review: why, since when, how much, and who released it."""

    scope = models.CharField(max_length=20, default="all")
    cause = word(GuardCause)
    noticed_at = models.DateTimeField()  # steps that were due by then are held
    summary = models.CharField(max_length=500)
    letters = models.PositiveIntegerField()
    steps = models.PositiveIntegerField()
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            one_of("cause", GuardCause, "guard_cause"),
            models.UniqueConstraint(
                fields=["scope"], condition=Q(released_at=None), name="guard_one_open"
            ),
        ]

    def __str__(self) -> str:
        return self.summary

    @property
    def holds_all(self) -> bool:
        """Say whether nothing at all leaves: the store may have forgotten letters that did."""
        return GuardCause(self.cause).forgets

    def holds(self, written_at: datetime) -> bool:
        """Say whether a letter that was written then is held."""
        return self.holds_all or written_at <= self.noticed_at


class SendingLease(models.Model):
    """One process that may begin DATA: it reads the emergency stop anew at least every 450 ms.

    Who stops waits until every lease has acknowledged the stop or has run out.
    """

    owner = models.CharField(max_length=80, unique=True)
    opened_at = models.DateTimeField()
    renewed_at = models.DateTimeField()  # the database's clock
    seen_stop = models.ForeignKey("operations.Stop", models.SET_NULL, null=True)
    past_data = models.PositiveSmallIntegerField(default=0)  # letters under way when it was seen

    def __str__(self) -> str:
        return self.owner
