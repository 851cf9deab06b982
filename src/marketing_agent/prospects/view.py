"""A prospect as a person or a program is shown it."""

from marketing_agent.prospects.models import Prospect
from marketing_agent.prospects.suppression import suppressed_among

_FIELDS = (
    *("stage", "tier", "address", "company", "city", "country", "first_name", "last_name"),
    *("job_title", "website", "verification", "verification_detail", "verified_at"),
    *("already_contacted_at", "replied_at", "enrichment_skipped_at", "source"),
    *("created_at", "updated_at"),
)
_MOVES = 50


def summary(row: Prospect) -> dict[str, object]:
    """Give the fields of one prospect."""
    return {"id": row.public_id} | {name: getattr(row, name) for name in _FIELDS}


def detail(row: Prospect) -> dict[str, object]:
    """Give one prospect with its campaigns, its suppression and its moves, newest first."""
    banned = suppressed_among([row.address_key]).get(row.address_key) if row.address_key else None
    moves = row.stage_changes.order_by("-pk")[:_MOVES]
    return summary(row) | {
        "extra": row.extra,
        "campaigns": _campaigns(row),
        "suppression": (
            {"key": banned.key, "cause": banned.cause, "evidence": banned.evidence}
            if banned
            else None
        ),
        "stages": [
            {"at": each.at, "before": each.before, "after": each.after, "cause": each.cause}
            for each in moves
        ],
    }


def _campaigns(row: Prospect) -> list[dict[str, object]]:
    return [
        {
            "name": each.campaign.name,
            "state": each.state,
            "inbox": each.inbox.address if each.inbox else None,
            "next_step": each.next_step,
            "next_due_at": each.next_due_at,
            "refusal": each.refusal,
            "stop_reason": each.stop_reason,
        }
        for each in row.enrollments.select_related("campaign", "inbox").order_by("pk")
    ]
