"""Tables of what came back: bounces and complaints."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from marketing_agent.engine.values import BounceType
from marketing_agent.outbox.models.letters import Email
from marketing_agent.store.columns import one_of, word


class Bounce(models.Model):
    """A delivery failure, typed and tied to the letter that caused it."""

    email = models.ForeignKey(Email, models.CASCADE, related_name="bounces")
    inbox = models.ForeignKey("inboxes.Inbox", models.PROTECT)
    item = models.ForeignKey("inbound.InboxItem", models.SET_NULL, null=True)  # null: said by SMTP
    address_key = models.CharField(max_length=320)
    type = word(BounceType)
    status = models.CharField(max_length=12, blank=True)
    code = models.PositiveSmallIntegerField(null=True)
    diagnostic = models.CharField(max_length=1000, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    consequence = models.CharField(max_length=300, blank=True)
    letter_sent_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            one_of("type", BounceType, "bounce_type"),
            models.UniqueConstraint(
                fields=["email", "address_key"],
                condition=~Q(type=BounceType.SOFT),
                name="bounce_counted_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["inbox", "at"], name="bounce_by_inbox"),
            models.Index(fields=["at"], name="bounce_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.address_key}: {self.type}"


class Complaint(models.Model):
    """A recipient's 'this is spam', reported by the provider and tied to the letter."""

    email = models.ForeignKey(Email, models.CASCADE, related_name="complaints")
    inbox = models.ForeignKey("inboxes.Inbox", models.PROTECT)
    item = models.ForeignKey("inbound.InboxItem", models.SET_NULL, null=True)
    address_key = models.CharField(max_length=320)
    feedback_type = models.CharField(max_length=40, blank=True)
    letter_sent_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["email"], name="complaint_counted_once")
        ]
        indexes: ClassVar = [models.Index(fields=["inbox", "at"], name="complaint_by_inbox")]

    def __str__(self) -> str:
        return self.address_key
