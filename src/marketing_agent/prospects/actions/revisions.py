"""Changing the fields of a prospect, and what follows from a new address, company or tier."""

from collections.abc import Mapping

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.ranks import RANK_OF
from marketing_agent.engine.stages import is_untouched
from marketing_agent.engine.values import Stage, Tier
from marketing_agent.prospects.actions.moves import move
from marketing_agent.prospects.cells import CellError, plain, read_tier
from marketing_agent.prospects.drafts import (
    TEXT_FIELDS,
    DraftRefused,
    Policy,
    identity_of,
    read_address,
    read_texts,
)
from marketing_agent.prospects.errors import ProspectRefused
from marketing_agent.prospects.models import Prospect
from marketing_agent.prospects.suppression import suppressed_among

AWAITS_VERIFICATION = "the new address is being verified"
"""Why a sequence rests that goes on by itself once the prospect is ready again."""

_UNVERIFIED = {
    "verification": "unchecked",
    "verification_detail": "",
    "verified_at": None,
    "provider": "",
}


def revise(row: Prospect, fields: Mapping[str, str], policy: Policy, by: Actor) -> None:
    """Write the changed fields of a locked row, with an audit entry of before and after.

    Raises:
        ProspectRefused: for a value that cannot be, or an identity that another prospect has.
    """
    try:
        wanted = _wanted(row, {name: plain(value) for name, value in fields.items()}, policy)
    except (CellError, DraftRefused) as error:
        raise ProspectRefused(error.code, error.sentence) from None
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not changed:
        return
    _refuse_taken(row, changed)
    before = {name: str(getattr(row, name)) for name in changed}
    _write(row, changed, policy)
    after = {name: str(value) for name, value in changed.items()}
    audit(by, "prospect.edit", row.public_id, before=before, after=after, now=policy.now)


def _wanted(row: Prospect, cells: Mapping[str, str], policy: Policy) -> dict[str, str]:
    texts = read_texts(cells)
    merged = {name: getattr(row, name) for name in TEXT_FIELDS} | texts
    address = _address(row, cells["email"], policy) if "email" in cells else {}
    has_address = bool(address or row.address_key)
    tier = {"tier": str(read_tier(cells["tier"]))} if "tier" in cells else {}
    key = {"company_key": identity_of(merged, has_address=has_address)}
    return texts | key | address | tier


def _address(row: Prospect, cell: str, policy: Policy) -> dict[str, str]:
    address = read_address(cell, policy)
    if address is None:
        if row.address_key:
            raise CellError("address_required", "An address can be replaced, not removed.")
        return {}
    return {"address": address.envelope, "address_key": address.key, "domain": address.domain}


def _refuse_taken(row: Prospect, changed: Mapping[str, str]) -> None:
    for column in ("address_key", "company_key"):
        key = changed.get(column)
        others = Prospect.objects.filter(**{column: key}).exclude(**{column: ""})
        if key and others.exclude(pk=row.pk).exists():
            raise ProspectRefused("already_there", f"Another prospect has {key!r} already.")
    if (key := changed.get("address_key")) and suppressed_among([key]):
        raise ProspectRefused("suppressed", f"{key} is suppressed.")


def _write(row: Prospect, changed: Mapping[str, str], policy: Policy) -> None:
    columns: dict[str, object] = {**changed, "updated_at": policy.now}
    if "address_key" in changed:
        columns |= _UNVERIFIED
    Prospect.objects.filter(pk=row.pk).update(**columns)
    if "address_key" in changed:
        _begin_again(row, policy)
    if "tier" in changed:
        # The planner reads the tier from the enrollment alone; both change together.
        row.enrollments.update(tier=changed["tier"], rank=RANK_OF[Tier(changed["tier"])])


def _begin_again(row: Prospect, policy: Policy) -> None:
    """Verify the new address first; nobody gets the follow-up of a letter to somebody else."""
    under_way = row.enrollments.filter(state__in=["active", "waiting"])
    reason = AWAITS_VERIFICATION if is_untouched(Stage(row.stage)) else "the address was replaced"
    under_way.update(state="stopped", stop_reason=reason, updated_at=policy.now)
    move([row.pk], Stage.ENRICHED, "the address was replaced", policy.now)
