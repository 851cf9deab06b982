"""What a demonstration came to, counted from the store and from the server."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from marketing_agent.engine.values import Outcome
from marketing_agent.inbound.models import InboxItem, Notice
from marketing_agent.mail.parse import parse
from marketing_agent.outbox.models import Attempt, Bounce, Complaint, Email
from marketing_agent.prospects.importing import ImportResult
from marketing_agent.prospects.models import Prospect, Suppression
from marketing_agent.sandbox import invariants
from marketing_agent.sandbox.smtp_server import Delivery


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a demonstration, and whether each promise was kept."""

    imported: int
    refused: int
    sent: int
    server_accepted: int
    unknown: int
    bounced: Mapping[str, int]
    replied: int
    told: int
    answered: int
    complaints: int
    suppressed: int
    held: int
    invariants: Mapping[str, bool]

    @property
    def ok(self) -> bool:
        """Whether every promise was kept."""
        return all(self.invariants.values())


def summarise(imported: ImportResult, accepted: tuple[Delivery, ...]) -> Summary:
    """Count what happened and check the promises."""
    ids = [parse(each.raw).message_id or "" for each in accepted]
    return Summary(
        imported=imported.tally.imported,
        refused=imported.tally.refused + imported.tally.duplicates,
        sent=Attempt.objects.filter(outcome=Outcome.SENT).count(),
        server_accepted=len(accepted),
        unknown=Email.objects.filter(state="unknown").count(),
        bounced=_bounces(),
        replied=Prospect.objects.exclude(replied_at=None).count(),
        told=Notice.objects.filter(state="told").count(),
        answered=Email.objects.filter(kind="answer", state="sent").count(),
        complaints=Complaint.objects.count(),
        suppressed=Suppression.objects.filter(lifted_at=None).count(),
        held=Email.objects.filter(state="held").count()
        + InboxItem.objects.filter(state="held").count(),
        invariants=invariants.check(invariants.gather(ids)),
    )


def _bounces() -> dict[str, int]:
    rows = Bounce.objects.values("type").annotate(n=Count("id")).values_list("type", "n")
    return {"hard": 0, "soft": 0, "block": 0} | dict(rows)
