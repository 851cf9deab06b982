"""Writing down what verification found."""

from collections.abc import Sequence
from datetime import datetime

from marketing_agent.prospects.models import Prospect

_DETAIL = 300
_COLUMNS = ("verification", "verification_detail", "verified_at", "provider", "updated_at")


def write_verifications(rows: Sequence[Prospect], now: datetime) -> None:
    """Write the verdicts (see `prospects.verify`) that stand on the rows, stamped with `now`."""
    for row in rows:
        row.verification_detail = row.verification_detail[:_DETAIL]
        row.verified_at = row.updated_at = now
    Prospect.objects.bulk_update(rows, _COLUMNS, batch_size=100)
