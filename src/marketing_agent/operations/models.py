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


class ProviderState(models.Model):
    """What is known of an outside service: its breaker, how its last call went, and counts since ever.

    `version` fences the breaker: who writes it has seen the one before.
    """

    name = models.CharField(max_length=40, unique=True)
    setup = models.CharField(max_length=16, blank=True)  # changes with address, model and key
    version = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)  # in a row
    open_until = models.DateTimeField(null=True)
    probe_until = models.DateTimeField(null=True)
    budget = models.BigIntegerField(null=True)  # a day, in the service's unit; null: no limit
    calls = models.PositiveBigIntegerField(default=0)  # that ended
    seconds = models.FloatField(default=0.0)
    last_at = models.DateTimeField(null=True)
    last_kind = models.CharField(max_length=24, blank=True)  # empty: it answered
    last_error = models.CharField(max_length=500, blank=True)
    last_took_s = models.FloatField(null=True)

    def __str__(self) -> str:
        return self.name


class ProviderDay(models.Model):
    """What a service has cost on one day (UTC): settled calls, and reservations never settled."""

    name = models.CharField(max_length=40)
    day = models.DateField()
    spent = models.BigIntegerField(default=0)  # in the service's unit
    turned_away = models.PositiveIntegerField(default=0)  # calls not made, for the budget was spent

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "day"], name="provider_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.day}: {self.spent}"


class ProviderFailures(models.Model):
    """How often a service has failed in one way, since ever."""

    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=24)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "kind"], name="provider_failure_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.kind}: {self.count}"
