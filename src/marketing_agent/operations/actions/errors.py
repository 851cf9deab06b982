"""Counting errors with their equals."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from marketing_agent.operations.models import ErrorGroup

_VARIABLE = re.compile(r"0x[0-9a-f]+|[0-9a-f]{12,}|\d+", re.IGNORECASE)


def record_error(
    type: str,  # noqa: A002  the column's name
    message: str,
    *,
    subject: str = "",
    origin: str = "",
    sample: str = "",
    now: datetime,
) -> ErrorGroup:
    """Count an error with its equals (numbers and ids in the message do not tell them apart).

    Args:
        type: the part of the system, such as reply_processing.
        message: one sentence.
        subject: what it happened to: an id or address.
        origin: job name or request id.
        sample: a traceback or excerpt; the latest is kept.
        now: UTC.
    """
    latest = {
        "message": message[:1000],
        "subject": subject[:300],
        "origin": origin[:80],
        "sample": sample[-20_000:],
        "last_seen": now,
    }
    key = {"type": type[:40], "fingerprint": _fingerprint(type, message)}
    if not _count_again(key, latest):
        try:
            with transaction.atomic():
                return ErrorGroup.objects.create(**key, **latest, first_seen=now)
        except IntegrityError:  # somebody else met the same error just now
            _count_again(key, latest)
    return ErrorGroup.objects.get(**key)


def _count_again(key: Mapping[str, str], latest: Mapping[str, Any]) -> int:
    return ErrorGroup.objects.filter(**key).update(count=F("count") + 1, **latest)


def _fingerprint(kind: str, message: str) -> str:
    plain = _VARIABLE.sub("#", message)
    return hashlib.sha256(f"{kind}\n{plain}".encode(errors="replace")).hexdigest()
