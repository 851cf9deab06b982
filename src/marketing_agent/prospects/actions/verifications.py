"""Writing down what verification found."""

from collections.abc import Collection
from datetime import datetime

from marketing_agent.prospects.models import Prospect

_DETAIL = 300


def set_verification(
    prospect_ids: Collection[int], verdict: str, detail: str, now: datetime, provider: str = ""
) -> int:
    """Record the verdict (see `prospects.verify`) on the addresses; gives how many were written.

    `provider` is who runs their mail (google, microsoft, yahoo or the domain).
    """
    return Prospect.objects.filter(pk__in=prospect_ids).update(
        verification=verdict,
        verification_detail=detail[:_DETAIL],
        verified_at=now,
        provider=provider,
        updated_at=now,
    )
