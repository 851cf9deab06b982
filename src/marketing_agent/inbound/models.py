"""Tables of inbound mail."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from marketing_agent.engine.values import (
    Intent,
    ItemKind,
    ItemState,
    NoticeState,
    OpinionState,
    SuggestionState,
)
from marketing_agent.store.columns import one_of, public_id, word


class InboxItem(models.Model):
    """One inbound message fetched from an inbox."""

    public_id = public_id()
    inbox = models.ForeignKey("inboxes.Inbox", models.CASCADE, related_name="items")
    folder = models.CharField(max_length=500)
    uidvalidity = models.BigIntegerField(null=True)
    uid = models.BigIntegerField(null=True)
    identity = models.CharField(max_length=300)  # see `inbound.identity`
    message_id = models.CharField(max_length=300, blank=True)
    from_address = models.CharField(max_length=320, blank=True)
    from_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    date = models.DateTimeField(null=True)  # what the mail says
    fetched_at = models.DateTimeField()
    size = models.PositiveIntegerField(default=0)
    state = word(ItemState, default=ItemState.NEW)
    reason = models.CharField(max_length=1000, blank=True)
    kind = word(ItemKind, blank=True)
    email = models.ForeignKey("outbox.Email", models.SET_NULL, null=True, related_name="responses")
    prospect = models.ForeignKey("prospects.Prospect", models.SET_NULL, null=True)
    match = models.CharField(max_length=16, blank=True)  # in_reply_to, references, plus_tag, …
    match_evidence = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)  # what the person wrote, quotes stripped
    intent = word(Intent, blank=True)
    intent_confidence = models.FloatField(null=True)
    intent_by = models.CharField(max_length=200, blank=True)
    intent_evidence = models.CharField(max_length=500, blank=True)
    until = models.DateField(null=True)  # when they are back, or want to be asked again
    contact_name = models.CharField(max_length=200, blank=True)  # whom they name instead
    contact_address = models.CharField(max_length=320, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)  # the database's clock
    processed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            one_of("state", ItemState, "item_state"),
            models.CheckConstraint(
                condition=Q(kind="") | Q(kind__in=sorted(str(each) for each in ItemKind)),
                name="item_kind",
            ),
            models.CheckConstraint(
                condition=Q(intent="") | Q(intent__in=sorted(str(each) for each in Intent)),
                name="item_intent",
            ),
            models.UniqueConstraint(fields=["inbox", "identity"], name="item_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                condition=Q(state__in=[ItemState.NEW, ItemState.CLAIMED]),
                name="item_unprocessed",
            ),
            models.Index(fields=["state", "id"], name="item_by_state"),
            models.Index(fields=["prospect", "id"], name="item_by_prospect"),
            models.Index(fields=["fetched_at"], name="item_by_time"),  # the day's replies
        ]

    def __str__(self) -> str:
        return f"{self.public_id}: {self.subject}"


class Suggestion(models.Model):
    """An answer that a person may approve, once and for a day; one for a mail, whoever suggested it."""

    public_id = public_id()
    item = models.OneToOneField(InboxItem, models.CASCADE, related_name="suggestion")
    subject = models.CharField(max_length=500)
    body = models.TextField()
    made_by = models.CharField(max_length=80)  # template, or the model's name
    state = word(SuggestionState, default=SuggestionState.OPEN)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    email = models.OneToOneField("outbox.Email", models.SET_NULL, null=True)  # what was approved

    class Meta:
        constraints: ClassVar = [one_of("state", SuggestionState, "suggestion_state")]
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"],
                condition=Q(state=SuggestionState.OPEN),
                name="suggestion_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id}: {self.subject}"


class Notice(models.Model):
    """The word of a reply to the salesperson: told at least once, and nobody's silence is hidden."""

    item = models.OneToOneField(InboxItem, models.CASCADE, related_name="notice")
    state = word(NoticeState, default=NoticeState.WAITING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # next try; null once there is none
    tries = models.PositiveSmallIntegerField(default=0)
    told_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)  # the database's clock

    class Meta:
        constraints: ClassVar = [one_of("state", NoticeState, "notice_state")]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="notice_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.state}"


class RawMail(models.Model):
    """The bytes as they came, compressed with zlib; kept apart so that lists stay light."""

    item = models.OneToOneField(InboxItem, models.CASCADE, related_name="raw")
    compressed = models.BinaryField()

    def __str__(self) -> str:
        return str(self.item_id)


class Opinion(models.Model):
    """The second opinion on one doubtful reply: who was asked, what they said, and what became of it."""

    item = models.OneToOneField(InboxItem, models.CASCADE, related_name="opinion")
    state = word(OpinionState, default=OpinionState.WAITING)
    finding = models.CharField(max_length=1000, blank=True)  # why it stands where it stands
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)  # null: nobody is asked any more
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)  # the database's clock
    provider = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=100, blank=True)
    heard = models.CharField(max_length=24, blank=True)  # see `engine.opinions.Heard`
    confidence = models.FloatField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    until = models.DateField(null=True)
    contact_name = models.CharField(max_length=200, blank=True)
    contact_address = models.CharField(max_length=320, blank=True)
    suggestion = models.TextField(blank=True)
    cost = models.BigIntegerField(null=True)  # millionths of a dollar; null: nobody knows

    class Meta:
        constraints: ClassVar = [one_of("state", OpinionState, "opinion_state")]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(next_try_at__isnull=False),
                name="opinion_due",
            ),
            models.Index(fields=["state", "id"], name="opinion_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.state}"
