"""Finding prospects: by what a person types, and page by page along the primary key."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from marketing_agent.engine.values import Stage, Tier
from marketing_agent.mail.address import AddressError, normalise
from marketing_agent.prospects.errors import ProspectNotFound
from marketing_agent.prospects.identity import fold
from marketing_agent.prospects.models import Prospect

_AFTER_ALL = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which prospects to list; what is left out does not narrow."""

    stage: Stage | None = None
    tier: Tier | None = None
    has_website: bool | None = None
    text: str = ""  # the beginning of an address, a domain or a company


def find(ref: str) -> Prospect:
    """Find a prospect by public id or address.

    Raises:
        ProspectNotFound: when there is none.
    """
    row = Prospect.objects.filter(public_id=ref).first()
    if row is None and "@" in ref:
        row = Prospect.objects.filter(address_key=_key(ref)).first()
    if row is None:
        raise ProspectNotFound(ref)
    return row


def _key(ref: str) -> str:
    try:
        return normalise(ref).key
    except AddressError:
        return ref


def page(wanted: Wanted, limit: int, after: str = "") -> tuple[list[Prospect], str]:
    """Give the next `limit` prospects in order of entry, and the id to go on `after`; empty: the end.

    Raises:
        ProspectNotFound: when `after` is nobody's id.
    """
    rows = matching(wanted)
    if after:
        rows = rows.filter(pk__gt=find(after).pk)
    found = list(rows.order_by("pk")[: limit + 1])
    return found[:limit], found[limit - 1].public_id if len(found) > limit else ""


def matching(wanted: Wanted) -> QuerySet[Prospect]:
    """Give the prospects that are wanted; beginnings are looked up along an index."""
    rows = Prospect.objects.all()
    if wanted.stage is not None:
        rows = rows.filter(stage=wanted.stage)
    if wanted.tier is not None:
        rows = rows.filter(tier=wanted.tier)
    if wanted.has_website is not None:
        rows = rows.exclude(website="") if wanted.has_website else rows.filter(website="")
    return rows.filter(_beginning_with(wanted.text)) if wanted.text else rows


def _beginning_with(text: str) -> Q:
    address, company = text.casefold(), fold(text)
    found = _begins("address_key", address) | _begins("domain", address.lstrip("@"))
    return found | _begins("company_key", company) if company else found


def _begins(column: str, text: str) -> Q:
    """Compare beginnings so that the column's index serves: a range on SQLite, LIKE elsewhere.

    SQLite reads the whole table for a LIKE; PostgreSQL's collations may sort a range otherwise.
    """
    if connection.vendor != "sqlite":
        return Q(**{f"{column}__startswith": text})
    # The index leaves empty values out, and so must the question, or it is not used.
    return Q(**{f"{column}__gte": text, f"{column}__lt": text + _AFTER_ALL}) & ~Q(**{column: ""})
