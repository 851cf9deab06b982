"""Tables of inboxes, their pauses, folders, health and secrets."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Inbox(models.Model):
    """One of our own sending accounts (SMTP and IMAP); its identity is the normalised address."""

    address = models.CharField(max_length=320)
    address_key = models.CharField(max_length=320, unique=True)
    display_name = models.CharField(max_length=200, blank=True)
    secret_name = models.CharField(max_length=100)
    zone = models.CharField(max_length=64, default="UTC")
    window_days = models.CharField(max_length=13, default="0,1,2,3,4")  # Monday is 0
    window_start = models.TimeField()
    window_end = models.TimeField()
    daily_limit = models.PositiveIntegerField(default=40)
    warmup_enabled = models.BooleanField(default=True)
    warmup_start_date = models.DateField()
    minimum_gap_s = models.PositiveIntegerField(default=60)
    plus_tag = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "inboxes"

    def __str__(self) -> str:
        return self.address


class PauseQuerySet(models.QuerySet["Pause"]):
    """Questions asked of the pause records."""

    def active(self, now: object) -> "PauseQuerySet":
        """Pauses in force at `now`."""
        return self.filter(ended_at=None, started_at__lte=now).filter(
            Q(until=None) | Q(until__gt=now)
        )


class Pause(models.Model):
    """A record that an inbox must not send: who or what, when, why and until."""

    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="pauses")
    provider = models.CharField(max_length=255, blank=True)  # empty: to every recipient
    cause = models.CharField(max_length=16)
    reason = models.CharField(max_length=1000)
    evidence = models.JSONField(default=dict)
    started_by = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)

    objects: ClassVar = PauseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cause__in=["health", "manual", "account", "block"]),
                name="pause_cause",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["inbox", "started_at"], name="pause_by_inbox")]

    def __str__(self) -> str:
        return f"{self.inbox_id}: {self.cause}"


class HealthReading(models.Model):
    """An inbox's health on one day, so that a trend can be shown."""

    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="health_readings")
    day = models.DateField()
    score = models.FloatField(null=True)
    band = models.CharField(max_length=8)
    factors = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inbox", "day"], name="health_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.inbox_id} {self.day}: {self.score}"


class Folder(models.Model):
    """How far one IMAP folder has been read."""

    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="folders")
    name = models.CharField(max_length=500)
    role = models.CharField(max_length=16)  # inbox | junk | all | sent
    uidvalidity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inbox", "name"], name="folder_once")
        ]

    def __str__(self) -> str:
        return f"{self.inbox_id} {self.name}"


class ImapStatus(models.Model):
    """The last attempt to read an inbox."""

    inbox = models.OneToOneField(Inbox, models.CASCADE, related_name="imap_status")
    connected = models.BooleanField(default=False)
    last_poll_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=1000, blank=True)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.inbox_id}: {'connected' if self.connected else self.last_error}"


class Secret(models.Model):
    """A credential, encrypted with the key of the home; never printed."""

    name = models.CharField(max_length=100, unique=True)
    ciphertext = models.BinaryField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
