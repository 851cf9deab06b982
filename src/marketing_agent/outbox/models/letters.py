"""Tables of letters, their attempts, and the addresses ever written to."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from marketing_agent.engine.values import EmailKind, EmailState, Outcome
from marketing_agent.store.columns import one_of, public_id, word


def _normalised(name: str) -> models.CheckConstraint:
    """Refuse an address key that is not in its normal form: two forms would be two addresses."""
    plain = Q(address_key=Lower(F("address_key"))) & ~Q(address_key__contains=" ")
    return models.CheckConstraint(condition=plain & ~Q(address_key__endswith="."), name=name)


class Email(models.Model):
    """One outbound letter with its whole history."""

    public_id = public_id()
    kind = word(EmailKind)
    prospect = models.ForeignKey("prospects.Prospect", models.SET_NULL, null=True)
    campaign = models.ForeignKey("campaigns.Campaign", models.SET_NULL, null=True)
    step = models.PositiveSmallIntegerField(null=True)
    answers = models.ForeignKey(
        "inbound.InboxItem", models.SET_NULL, null=True, related_name="answers"
    )
    inbox = models.ForeignKey("inboxes.Inbox", models.PROTECT, related_name="emails")
    to_address = models.CharField(max_length=320)
    address_key = models.CharField(max_length=320)
    domain = models.CharField(max_length=255)
    provider = models.CharField(max_length=255)  # google, microsoft, yahoo or the domain
    subject = models.CharField(max_length=500)
    body = models.TextField()
    message_id = models.CharField(max_length=300, unique=True)
    in_reply_to = models.CharField(max_length=300, blank=True)
    references = models.TextField(blank=True)
    state = word(EmailState, default=EmailState.PLANNED)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    rank = models.PositiveSmallIntegerField(default=2)  # answers 0, then by tier
    due_at = models.DateTimeField(null=True)  # next try; null while held for a person
    failures = models.PositiveSmallIntegerField(default=0)  # recipient-side, temporary
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)  # the database's clock, not ours
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            one_of("state", EmailState, "email_state"),
            one_of("kind", EmailKind, "email_kind"),
            _normalised("email_key_normalised"),
            models.UniqueConstraint(
                fields=["address_key", "campaign", "step"],
                # A letter that left counts for good, whatever state somebody writes on it.
                condition=(~Q(state=EmailState.CANCELLED) | Q(sent_at__isnull=False))
                & ~Q(kind=EmailKind.ANSWER),
                name="email_once_a_step",
            ),
            models.UniqueConstraint(
                fields=["answers"],
                condition=~Q(state=EmailState.CANCELLED) & Q(kind=EmailKind.ANSWER),
                name="email_one_answer",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["rank", "due_at", "id"],
                # Only letters that wait carry due_at. SQLite never uses a partial index whose condition
                # is an IN when the query's values are parameters, as Django's are.
                condition=Q(due_at__isnull=False),
                name="email_due",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(lease_until__isnull=False),
                name="email_leased",
            ),
            models.Index(fields=["state", "id"], name="email_by_state"),
            models.Index(fields=["inbox", "id"], name="email_by_inbox"),
            models.Index(fields=["address_key", "id"], name="email_by_address"),
            models.Index(fields=["sent_at"], name="email_by_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} to {self.to_address} ({self.state})"

    @property
    def finding(self) -> str:
        """What the last look found out while nobody knows whether it was sent; else empty."""
        if self.state != EmailState.UNKNOWN:
            return ""
        return next((each.finding for each in self.inquiries.all() if each.sent is None), "")


WITHDRAWN = "withdrawn"
"""The phase of an attempt that was marked, and taken back before the command DATA was sent."""


class Attempt(models.Model):
    """One try to hand a letter to a server; written before DATA and completed after."""

    email = models.ForeignKey(Email, models.CASCADE, related_name="attempts")
    inbox = models.ForeignKey("inboxes.Inbox", models.PROTECT)
    owner = models.CharField(max_length=80)
    at = models.DateTimeField()
    data_at = models.DateTimeField(null=True)  # DATA was allowed to begin; null: it never did
    finished_at = models.DateTimeField(null=True)
    look = models.CharField(max_length=60, blank=True)  # the last look for an answer
    phase = models.CharField(max_length=10, blank=True)
    outcome = word(Outcome, null=True)  # null: no outcome is recorded (yet)
    code = models.PositiveSmallIntegerField(null=True)
    enhanced = models.CharField(max_length=12, blank=True)
    reply = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome=None) | Q(outcome__in=sorted(str(each) for each in Outcome)),
                name="attempt_outcome",
            ),
            # While one DATA of a letter may have been accepted, the database refuses the next one.
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(data_at__isnull=False)
                & (Q(outcome=None) | Q(outcome__in=[str(Outcome.SENT), str(Outcome.UNKNOWN)])),
                name="attempt_one_data",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["inbox", "data_at"], name="attempt_by_day"),
            models.Index(fields=["email", "id"], name="attempt_by_email"),
        ]

    def __str__(self) -> str:
        return f"{self.email_id}: {self.outcome or 'open'}"


class Contact(models.Model):
    """An address that DATA has begun for, and when last: the memory behind the 24 h rule.

    Never purged. The door takes it with one conditional UPDATE: two workers cannot both win.
    """

    address_key = models.CharField(max_length=320, unique=True)
    last_data_at = models.DateTimeField()
    previous_data_at = models.DateTimeField(null=True)  # restored when DATA was surely refused
    last_email = models.ForeignKey(Email, models.SET_NULL, null=True)

    class Meta:
        constraints: ClassVar = [_normalised("contact_key_normalised")]

    def __str__(self) -> str:
        return self.address_key
