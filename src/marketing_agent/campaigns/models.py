"""Tables of campaigns, steps and enrollments."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from marketing_agent.engine.values import Tier
from marketing_agent.store.columns import one_of, public_id, word


class Campaign(models.Model):
    """A sequence of letters with delays."""

    public_id = public_id()
    name = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=8, default="active")
    stop_for_colleagues = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["active", "paused", "ended"]), name="campaign_state"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Step(models.Model):
    """One letter of the sequence, sent so many days after the one before."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()  # from 1
    day_offset = models.PositiveSmallIntegerField(default=0)  # days after the step before
    subject = models.CharField(max_length=500, blank=True)  # empty: "Re:" of the first letter
    body = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "position"], name="step_once")
        ]
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return f"{self.campaign_id} step {self.position}"


class Enrollment(models.Model):
    """One prospect in one campaign: what is next, when, and what stands in the way.

    *waiting*: the letter of `next_step` stands in the outbox; its outcome moves the enrollment on.
    """

    prospect = models.ForeignKey("prospects.Prospect", models.CASCADE, related_name="enrollments")
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="enrollments")
    inbox = models.ForeignKey("inboxes.Inbox", models.SET_NULL, null=True)  # sticky once written
    tier = word(Tier, default=Tier.COLD)  # the prospect's, so that the planner needs one index
    rank = models.PositiveSmallIntegerField(default=2)  # hot 0, warm 1, cold 2
    state = models.CharField(max_length=8, default="active")
    next_step = models.PositiveSmallIntegerField(default=1)
    next_due_at = models.DateTimeField()
    refusal_code = models.CharField(max_length=40, blank=True)
    refusal = models.CharField(max_length=500, blank=True)
    stop_reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            one_of("tier", Tier, "enrollment_tier"),
            models.CheckConstraint(
                condition=Q(state__in=["active", "waiting", "finished", "stopped"]),
                name="enrollment_state",
            ),
            models.UniqueConstraint(fields=["prospect", "campaign"], name="enrollment_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["rank", "next_due_at", "id"],
                condition=Q(state="active"),
                name="enrollment_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.prospect_id} in {self.campaign_id}: step {self.next_step}"
