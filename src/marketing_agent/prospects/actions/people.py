"""What a person does to one prospect: create, edit, archive, leave out of enrichment."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.values import Stage
from marketing_agent.prospects.actions.entering import honour_bans, insert
from marketing_agent.prospects.actions.moves import locked, set_stage
from marketing_agent.prospects.actions.revisions import revise
from marketing_agent.prospects.drafts import Draft, DraftRefused, draft
from marketing_agent.prospects.errors import ProspectRefused
from marketing_agent.prospects.headers import FIELDS
from marketing_agent.prospects.models import Prospect
from marketing_agent.prospects.policy import entry_policy
from marketing_agent.prospects.screen import ALREADY_THERE, known_among, screen
from marketing_agent.prospects.seen import Seen

EDITABLE = FIELDS - {"do_not_contact", "already_contacted_at"}
"""Fields that `edit` takes, beside "stage"; a ban is a suppression (`suppress add`)."""


def create(
    values: Mapping[str, str],
    by: Actor,
    now: datetime,
    *,
    extra: Mapping[str, str] | None = None,
    allow_test_domains: bool = False,
) -> Prospect:
    """Enter one prospect by the rules of the import; `values` as in `headers.FIELDS`.

    Raises:
        ProspectRefused: with the reason, also when the prospect is there already.
    """
    _refuse_unknown(values, FIELDS)
    try:
        policy = entry_policy(now, allow_test_domains=allow_test_domains)
        wanted = draft(values, extra or {}, policy)
    except DraftRefused as refusal:
        raise ProspectRefused(refusal.code, refusal.sentence) from None
    _refuse_known(wanted)
    return _enter(wanted, by, now)


def _refuse_unknown(values: Mapping[str, str], known: frozenset[str]) -> None:
    if unknown := sorted(values.keys() - known):
        raise ProspectRefused(
            "unknown_field",
            f"{unknown[0]!r} cannot be set; what can be is {', '.join(sorted(known))}.",
        )


def _refuse_known(wanted: Draft) -> None:
    seen = Seen()
    _, refused = screen([wanted], known_among([wanted]), seen)
    seen.close()
    if refused:
        raise ProspectRefused(refused[0].code, refused[0].sentence)


@transaction.atomic
def _enter(wanted: Draft, by: Actor, now: datetime) -> Prospect:
    source = f"entered by {by.name}"
    entered, _ = insert([wanted], source, now)
    if not entered:
        raise ProspectRefused(ALREADY_THERE, "Somebody else entered it at the same moment.")
    if wanted.ban and wanted.address:
        honour_bans({wanted.address_key: wanted.ban}, source, by, now)
    row = Prospect.objects.get(public_id=entered[0])
    audit(by, "prospect.create", row.public_id, after={"address": row.address}, now=now)
    return row


@transaction.atomic
def edit(
    prospect_id: int,
    changes: Mapping[str, str],
    by: Actor,
    now: datetime,
    *,
    allow_test_domains: bool = False,
) -> Prospect:
    """Change fields (`EDITABLE`) and "stage"; a new address is verified before it is written to.

    Raises:
        ProspectNotFound: when there is none.
        ProspectRefused: for a value that cannot be, or an identity that another prospect has.
    """
    fields = {name: value for name, value in changes.items() if name != "stage"}
    _refuse_unknown(fields, EDITABLE)
    row = locked(prospect_id)
    if fields:
        revise(row, fields, entry_policy(now, allow_test_domains=allow_test_domains), by)
    if "stage" in changes:
        set_stage(prospect_id, _stage(changes["stage"]), "", by, now)
    row.refresh_from_db()
    return row


def _stage(text: str) -> Stage:
    try:
        return Stage(text.strip().lower())
    except ValueError:
        raise ProspectRefused(
            "invalid_stage", f"{text[:40]!r} is no stage; there are {', '.join(Stage)}."
        ) from None


def archive(prospect_id: int, by: Actor, now: datetime, reason: str = "") -> None:
    """Put a prospect away for good; twice is no error.

    Raises:
        ProspectNotFound, ProspectRefused: when there is none, or it is won.
    """
    set_stage(prospect_id, Stage.ARCHIVED, reason, by, now)


def skip_enrichment(prospect_id: int, by: Actor, now: datetime) -> Prospect:
    """Leave a prospect out of enrichment, whatever its stage; twice is no error.

    Raises:
        ProspectNotFound: when there is none.
    """
    return _set_skipped(prospect_id, now, "prospect.skip_enrichment", by, now)


def unskip_enrichment(prospect_id: int, by: Actor, now: datetime) -> Prospect:
    """Undo `skip_enrichment`; twice is no error.

    Raises:
        ProspectNotFound: when there is none.
    """
    return _set_skipped(prospect_id, None, "prospect.unskip_enrichment", by, now)


@transaction.atomic
def _set_skipped(
    prospect_id: int, since: datetime | None, action: str, by: Actor, now: datetime
) -> Prospect:
    row = locked(prospect_id)
    if (row.enrichment_skipped_at is None) is not (since is None):
        row.enrichment_skipped_at, row.updated_at = since, now
        row.save(update_fields=["enrichment_skipped_at", "updated_at"])
        audit(by, action, row.public_id, now=now)
    return row
