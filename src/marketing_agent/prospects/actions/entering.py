"""Writing prospects that enter, with what their row says of earlier letters and of bans."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.values import Stage, SuppressionCause
from marketing_agent.outbox.models import Contact
from marketing_agent.prospects.actions.moves import move
from marketing_agent.prospects.drafts import Draft
from marketing_agent.prospects.models import Prospect, Suppression

_CONTACT_MEMORY = timedelta(hours=24)


def insert(
    drafts: Sequence[Draft], source: str, now: datetime
) -> tuple[list[Prospect], list[Draft]]:
    """Write the drafts; gives the rows that entered (without pk) and the drafts that came too late.

    Too late is who has an identity that somebody else wrote between our look and this.
    """
    rows = [row_of(each, source, now) for each in drafts]
    Prospect.objects.bulk_create(rows, ignore_conflicts=True)
    written = set(
        Prospect.objects.filter(public_id__in=[row.public_id for row in rows]).values_list(
            "public_id", flat=True
        )
    )
    pairs = list(zip(drafts, rows, strict=True))
    remember_contacts([each for each, row in pairs if row.public_id in written], now)
    entered = [row for row in rows if row.public_id in written]
    return entered, [each for each, row in pairs if row.public_id not in written]


def row_of(each: Draft, source: str, now: datetime) -> Prospect:
    """Make the row of a draft, not yet written."""
    return Prospect(
        **each.texts,
        company_key=each.company_key,
        address=each.address.envelope if each.address else "",
        address_key=each.address_key,
        domain=each.address.domain if each.address else "",
        extra=each.extra,
        stage=each.stage,
        stage_changed_at=now,
        tier=each.tier,
        already_contacted_at=each.contacted_at,
        source=source[:300],
        created_at=now,
        updated_at=now,
    )


def remember_contacts(drafts: Sequence[Draft], now: datetime) -> None:
    """Have letters written elsewhere in the last 24 h count for the 24 h rule."""
    recent = {
        each.address_key: each.contacted_at
        for each in drafts
        if each.address and each.contacted_at and now - each.contacted_at < _CONTACT_MEMORY
    }
    rows = [Contact(address_key=key, last_data_at=at) for key, at in recent.items()]
    Contact.objects.bulk_create(rows, ignore_conflicts=True)
    for key, at in recent.items():
        Contact.objects.filter(address_key=key, last_data_at__lt=at).update(last_data_at=at)


def honour_bans(bans: Mapping[str, str], source: str, by: Actor, now: datetime) -> int:
    """Suppress the addresses (key → evidence), new or known; gives how many suppressions are new."""
    if not bans:
        return 0
    known = Suppression.objects.filter(scope="address", key__in=bans, lifted_at=None)
    new = bans.keys() - set(known.values_list("key", flat=True))
    Suppression.objects.bulk_create(
        [_suppression(key, f"{source}: {bans[key]}", by, now) for key in sorted(new)],
        ignore_conflicts=True,
    )
    there = Prospect.objects.filter(address_key__in=bans).exclude(stage=Stage.SUPPRESSED)
    move(
        list(there.values_list("pk", flat=True)), Stage.SUPPRESSED, f"{source}: do not contact", now
    )
    return len(new)


def _suppression(key: str, evidence: str, by: Actor, now: datetime) -> Suppression:
    return Suppression(
        scope="address",
        key=key,
        cause=SuppressionCause.DO_NOT_CONTACT,
        evidence=evidence[:1000],
        created_by=by.name[:200],
        created_at=now,
    )
