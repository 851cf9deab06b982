"""Tables of prospects, their history, imports and suppressions."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from marketing_agent.engine.values import Stage, SuppressionCause, Tier
from marketing_agent.store.columns import one_of, public_id, word


class Prospect(models.Model):
    """A company or person we may write to."""

    public_id = public_id()
    company = models.CharField(max_length=300, blank=True)
    city = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=100, blank=True)
    company_key = models.CharField(max_length=520, blank=True)
    first_name = models.CharField(max_length=200, blank=True)
    last_name = models.CharField(max_length=200, blank=True)
    job_title = models.CharField(max_length=200, blank=True)
    website = models.CharField(max_length=500, blank=True)
    address = models.CharField(max_length=320, blank=True)
    address_key = models.CharField(max_length=320, blank=True)
    domain = models.CharField(max_length=255, blank=True)
    provider = models.CharField(
        max_length=255, blank=True
    )  # google, microsoft, yahoo or the domain
    extra = models.JSONField(default=dict)
    stage = word(Stage, default=Stage.NEW)
    stage_changed_at = models.DateTimeField()
    tier = word(Tier, default=Tier.COLD)
    verification = models.CharField(max_length=24, default="unchecked")
    verification_detail = models.CharField(max_length=300, blank=True)
    verified_at = models.DateTimeField(null=True)
    already_contacted_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    enrichment_skipped_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            one_of("stage", Stage, "prospect_stage"),
            one_of("tier", Tier, "prospect_tier"),
            models.UniqueConstraint(
                fields=["address_key"], condition=~Q(address_key=""), name="prospect_one_address"
            ),
            models.UniqueConstraint(
                fields=["company_key"], condition=~Q(company_key=""), name="prospect_one_company"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["stage", "id"], name="prospect_by_stage"),
            models.Index(fields=["domain"], name="prospect_by_domain"),
            # SQLite cannot see that `address_key = ?` lies within a partial index: it would scan.
            models.Index(fields=["address_key"], name="prospect_by_address"),
            models.Index(
                fields=["id"],
                condition=Q(stage=Stage.ENRICHED, verification="unchecked"),
                name="prospect_to_verify",
            ),
        ]

    def __str__(self) -> str:
        return self.address or f"{self.company} ({self.public_id})"


class StageChange(models.Model):
    """One move of a prospect from stage to stage, with its cause."""

    prospect = models.ForeignKey(Prospect, models.CASCADE, related_name="stage_changes")
    before = word(Stage)
    after = word(Stage)
    cause = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["prospect", "id"], name="stage_change_history")]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}: {self.cause}"


class Suppression(models.Model):
    """An address or domain we must not write to; it outlives the prospect."""

    scope = models.CharField(max_length=8)  # address | domain
    key = models.CharField(max_length=320)
    cause = word(SuppressionCause)
    evidence = models.CharField(max_length=1000, blank=True)
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=200, blank=True)
    lift_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            one_of("cause", SuppressionCause, "suppression_cause"),
            models.CheckConstraint(
                condition=Q(scope__in=["address", "domain"]), name="suppression_scope"
            ),
            models.UniqueConstraint(
                fields=["scope", "key"], condition=Q(lifted_at=None), name="suppression_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.cause})"


class ImportRun(models.Model):
    """One import of a file: how far it came and what it refused."""

    public_id = public_id()
    file_name = models.CharField(max_length=500)
    started_by = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    rows = models.IntegerField(default=0)
    imported = models.IntegerField(default=0)
    duplicates = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    reasons = models.JSONField(default=dict)
    report_path = models.CharField(max_length=1000, blank=True)

    def __str__(self) -> str:
        return f"{self.file_name}: {self.imported} of {self.rows}"
