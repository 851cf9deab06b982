"""The table of inquiries into outcomes that nobody knows."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from marketing_agent.engine.values import EvidenceKind
from marketing_agent.outbox.models.letters import Attempt, Email
from marketing_agent.store.columns import word


class Inquiry(models.Model):
    """What was done to find out about one unknown outcome, what was found, and who settled it."""

    attempt = models.OneToOneField(Attempt, models.CASCADE, related_name="inquiry")
    email = models.ForeignKey(Email, models.CASCADE, related_name="inquiries")
    opened_at = models.DateTimeField()
    looks = models.PositiveSmallIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField(null=True)  # null: settled, or nobody looks any more
    finding = models.CharField(max_length=1000, blank=True)
    sent = models.BooleanField(null=True)  # null: not settled
    evidence = word(EvidenceKind, null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(evidence=None)
                | Q(evidence__in=sorted(str(each) for each in EvidenceKind)),
                name="inquiry_evidence",
            ),
            models.CheckConstraint(
                condition=Q(sent=None, settled_at=None)
                | Q(sent__isnull=False, settled_at__isnull=False),
                name="inquiry_settled_with_a_verdict",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_look_at"],
                condition=Q(next_look_at__isnull=False),
                name="inquiry_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email_id}: {self.finding}"
