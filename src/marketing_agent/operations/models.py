"""Tables of switches, stops, errors and alerts."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from marketing_agent.store.columns import public_id


class Switch(models.Model):
    """A run-time setting that somebody changed from its default."""

    key = models.CharField(max_length=80, unique=True)
    value = models.JSONField(null=True)
    updated_by = models.CharField(max_length=200)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class Stop(models.Model):
    """An emergency stop: who, when, why, and who ended it. An open row stops every sender."""

    public_id = public_id()  # the file STOP in the home names it
    scope = models.CharField(max_length=20, default="all")
    reason = models.CharField(max_length=500, blank=True)
    started_by = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    effective_at = models.DateTimeField(null=True)  # from here on surely no DATA began
    past_data = models.PositiveIntegerField(null=True)  # letters under way then; they finish
    ended_by = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scope"], condition=Q(ended_at=None), name="stop_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.started_at}: {self.reason}"


class Resumption(models.Model):
    """A gradual start after a stop: who wanted it, which step it is at, and why it waits there."""

    scope = models.CharField(max_length=20, default="all")
    started_by = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    usual = models.PositiveIntegerField(null=True)  # max_emails_per_run before; null: no cap
    step = models.PositiveSmallIntegerField(default=0)  # see engine.ramp
    step_since = models.DateTimeField()
    waits = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scope"], condition=Q(ended_at=None), name="resumption_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.started_at}: step {self.step}"


class ErrorGroup(models.Model):
    """Equal errors, counted: type, fingerprint, first and last seen, and a sample."""

    type = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    message = models.CharField(max_length=1000)
    sample = models.TextField(blank=True)
    subject = models.CharField(max_length=300, blank=True)
    origin = models.CharField(max_length=80, blank=True)  # job name or request id
    count = models.PositiveIntegerField(default=1)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["type", "fingerprint"], name="error_grouped")
        ]
        indexes: ClassVar = [models.Index(fields=["last_seen"], name="error_by_time")]

    def __str__(self) -> str:
        return f"{self.type}: {self.message}"


class Alert(models.Model):
    """Something a person should look at, open until it is closed."""

    key = models.CharField(max_length=120)
    severity = models.CharField(max_length=8)
    summary = models.CharField(max_length=500)
    proposal = models.CharField(max_length=500, blank=True)
    evidence = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(severity__in=["warning", "critical"]), name="alert_severity"
            ),
            models.UniqueConstraint(
                fields=["key"], condition=Q(closed_at=None), name="alert_one_open"
            ),
        ]

    def __str__(self) -> str:
        return self.summary
