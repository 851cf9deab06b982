"""Tables of API tokens, the audit log and remembered answers."""

from typing import ClassVar

from django.db import models


class ApiToken(models.Model):
    """A token of the API; only its SHA-256 is kept."""

    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)  # shown in lists, so that one can be told from another
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=8, default="admin")  # read | operate | admin
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AuditEntry(models.Model):
    """Who changed what, when, from where: before and after."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    origin = models.CharField(max_length=100)  # cli, console, job name, or a remote address
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=320, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes: ClassVar = [models.Index(fields=["at"], name="audit_by_time")]

    def __str__(self) -> str:
        return f"{self.actor}: {self.action} {self.subject}"


class RememberedAnswer(models.Model):
    """The answer given to an Idempotency-Key, so that a repeated call changes nothing."""

    key = models.CharField(max_length=200)
    caller = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)  # method, path and body
    status = models.PositiveSmallIntegerField(null=True)  # null: the first call is still running
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["caller", "key"], name="answer_once")
        ]

    def __str__(self) -> str:
        return self.key
