"""Suppressing and lifting: the record, and the stage of those it concerns."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from email_validator import EmailNotValidError, validate_email

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.stages import is_untouched
from marketing_agent.engine.values import Stage, SuppressionCause
from marketing_agent.mail.address import AddressError, normalise
from marketing_agent.prospects.actions.moves import grouped, move, reinstate, stages_before
from marketing_agent.prospects.errors import ProspectRefused
from marketing_agent.prospects.models import Prospect, Suppression
from marketing_agent.prospects.suppression import suppressed_among

_EVIDENCE = 1000
_REASON = 500


def normal_key(scope: str, raw: str) -> str:
    """Give an address's or a domain's key, as suppressions and prospects store it.

    Raises:
        ProspectRefused: when it is neither.
    """
    try:
        if scope == "address":
            return normalise(raw).key
        domain = raw.strip().removeprefix("@").rstrip(".")
        found = validate_email(
            f"a@{domain}", check_deliverability=False, globally_deliverable=False
        )
    except AddressError as error:
        raise ProspectRefused("invalid_address", str(error)) from None
    except EmailNotValidError:
        raise ProspectRefused("invalid_domain", f"{raw[:80]!r} is not a domain.") from None
    return found.ascii_domain.lower()


def scope_of(raw: str) -> str:
    """Tell an address from a domain; "@example.com" is a domain."""
    return "address" if "@" in raw.strip().removeprefix("@") else "domain"


@transaction.atomic
def add_suppression(
    scope: str, key: str, cause: SuppressionCause, evidence: str, by: Actor, now: datetime
) -> Suppression:
    """Forbid an address or a domain and move its prospects; the first record in force stays.

    Raises:
        ProspectRefused: when `key` is no address or domain.
    """
    row = Suppression(
        scope=scope,
        key=normal_key(scope, key),
        cause=cause,
        evidence=evidence[:_EVIDENCE],
        created_by=by.name[:200],
        created_at=now,
    )
    in_force = _in_force(scope, row.key)
    known = in_force.first()
    if known is None:
        Suppression.objects.bulk_create([row], ignore_conflicts=True)
        known = in_force.get()  # ours, or the one of a worker who was faster
        audit(by, "suppression.add", row.key, after={"cause": str(cause)}, reason=evidence, now=now)
    ids = list(prospects_under(scope, row.key).values_list("pk", flat=True))
    move(ids, _stage_for(cause), f"suppressed: {cause}", now)
    return known


def _in_force(scope: str, key: str) -> QuerySet[Suppression]:
    return Suppression.objects.filter(scope=scope, key=key, lifted_at=None)


def _stage_for(cause: SuppressionCause) -> Stage:
    return Stage.BOUNCED if cause is SuppressionCause.HARD_BOUNCE else Stage.SUPPRESSED


def prospects_under(scope: str, key: str) -> QuerySet[Prospect]:
    """Give the prospects with exactly this address or domain."""
    return Prospect.objects.filter(**{"domain" if scope == "domain" else "address_key": key})


@transaction.atomic
def lift_suppression(key: str, reason: str, by: Actor, now: datetime) -> Suppression:
    """Allow an address or domain again; its prospects go back to *ready* or *contacted*.

    Raises:
        ProspectRefused: without a reason, or when no such suppression is in force.
    """
    if not reason.strip():
        raise ProspectRefused("reason_missing", "Give the reason why writing is allowed again.")
    scope = scope_of(key)
    normal = normal_key(scope, key)
    row = _in_force(scope, normal).select_for_update().first()
    if row is None:
        raise ProspectRefused("not_suppressed", f"{normal} is not suppressed.")
    row.lifted_at, row.lifted_by, row.lift_reason = now, by.name[:200], reason[:_REASON]
    row.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    _bring_back(row, reason, now)
    audit(by, "suppression.lift", normal, before={"cause": row.cause}, reason=reason, now=now)
    return row


def _bring_back(row: Suppression, reason: str, now: datetime) -> None:
    held = prospects_under(row.scope, row.key).filter(stage__in=[Stage.SUPPRESSED, Stage.BOUNCED])
    addresses = dict(held.values_list("pk", "address_key"))
    still = suppressed_among(list(addresses.values()))
    ids = [pk for pk, key in addresses.items() if key not in still]
    before = stages_before(ids)
    wanted = {pk: _way_back(before.get(pk, Stage.NEW)) for pk in ids}
    for stage, members in grouped(wanted).items():
        reinstate(members, stage, f"suppression lifted: {reason}", now)


def _way_back(before: Stage) -> Stage:
    """Whoever was written to stays *contacted*; an address not yet verified is verified first."""
    if is_untouched(before):
        return Stage.READY if before is Stage.READY else Stage.ENRICHED
    return Stage.CONTACTED
