"""Writing prospects that enter, with what their row says of earlier letters and of bans."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection

from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.values import Stage, SuppressionCause
from marketing_agent.outbox.models import Contact
from marketing_agent.prospects.actions.moves import move
from marketing_agent.prospects.drafts import Draft
from marketing_agent.prospects.models import Prospect, Suppression
from marketing_agent.store.columns import new_public_id

_CONTACT_MEMORY = timedelta(hours=24)
_ENTER = """
    INSERT INTO prospects_prospect (
        public_id, company, city, country, first_name, last_name, job_title, website,
        company_key, address, address_key, domain, extra, stage, tier, already_contacted_at,
        source, stage_changed_at, created_at, updated_at,
        provider, verification, verification_detail
    ) VALUES (
        %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
        '', 'unchecked', ''
    ) ON CONFLICT DO NOTHING
"""
_TEXTS = ("company", "city", "country", "first_name", "last_name", "job_title", "website")


def insert(drafts: Sequence[Draft], source: str, now: datetime) -> tuple[list[str], list[Draft]]:
    """Write the drafts; gives the public ids of those that entered, and the drafts that came late.

    Late is who has an identity that somebody else wrote between our look and this. One statement
    for many rows is the hot path of an import: three times as fast as rows of the ORM.
    """
    at = connection.ops.adapt_datetimefield_value(now)
    rows = {new_public_id(): each for each in drafts}
    with connection.cursor() as cursor:
        if rows:
            cursor.executemany(
                _ENTER, [_values(key, each, source[:300], at) for key, each in rows.items()]
            )
    written = _written(rows)
    entered = [key for key in rows if key in written]
    remember_contacts([rows[key] for key in entered], now)
    return entered, [each for key, each in rows.items() if key not in written]


def _written(public_ids: Collection[str]) -> set[str]:
    rows = Prospect.objects.filter(public_id__in=public_ids)
    return set(rows.values_list("public_id", flat=True))


def _values(public_id: str, each: Draft, source: str, at: str | None) -> tuple[str | None, ...]:
    contacted_at = connection.ops.adapt_datetimefield_value(each.contacted_at)
    return (
        public_id,
        *(each.texts.get(name, "") for name in _TEXTS),
        each.company_key,
        each.address.envelope if each.address else "",
        each.address_key,
        each.address.domain if each.address else "",
        json.dumps(each.extra),
        each.stage.value,
        each.tier.value,
        contacted_at,
        source,
        at,
        at,
        at,
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


def note_contacts(drafts: Sequence[Draft], now: datetime) -> None:
    """Have letters that somebody known got from elsewhere count; an earlier note of one stays."""
    when = {each.address_key: each.contacted_at for each in drafts}
    rows = Prospect.objects.filter(address_key__in=when, already_contacted_at=None)
    for row in rows.only("address_key"):
        at = when[row.address_key]
        Prospect.objects.filter(pk=row.pk).update(already_contacted_at=at, updated_at=now)
    remember_contacts(drafts, now)


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
