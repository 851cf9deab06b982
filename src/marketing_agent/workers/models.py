"""Tables of jobs and of workers' heartbeats."""

from typing import ClassVar

from django.db import models


class Job(models.Model):
    """A registered job: its schedule, its last run, and who runs it now."""

    name = models.CharField(max_length=60, unique=True)
    every_s = models.PositiveIntegerField()
    enabled = models.BooleanField(default=True)
    next_run_at = models.DateTimeField()
    requested_at = models.DateTimeField(null=True)  # somebody asked for a run now
    last_run_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=1000, blank=True)
    last_result = models.JSONField(default=dict)
    last_duration_s = models.FloatField(null=True)
    runs = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)  # the database's clock

    def __str__(self) -> str:
        return self.name


class JobRun(models.Model):
    """One run of a job, kept for 30 days."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="history")
    trigger = models.CharField(max_length=10)  # schedule | manual
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    ok = models.BooleanField(null=True)
    error = models.CharField(max_length=1000, blank=True)
    result = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["started_at"], name="job_run_by_time")]

    def __str__(self) -> str:
        return f"{self.job_id} at {self.started_at}"


class Heartbeat(models.Model):
    """A sign of life of one worker process."""

    worker = models.CharField(max_length=80, unique=True)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    version = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    doing = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return self.worker
