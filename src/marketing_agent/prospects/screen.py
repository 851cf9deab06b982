"""Holding a batch of drafts against the store and against the rows before it."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketing_agent.prospects.csv_rows import Refused
from marketing_agent.prospects.drafts import Draft
from marketing_agent.prospects.models import Prospect, Suppression
from marketing_agent.prospects.seen import Seen
from marketing_agent.prospects.suppression import suppressed_among

ALREADY_THERE = "already_there"
DUPLICATES = frozenset({ALREADY_THERE, "same_company", "duplicate_in_file"})
"""Codes of rows that bring nothing new."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of a batch: addresses, companies, suppressions."""

    addresses: frozenset[str]
    companies: frozenset[str]
    suppressed: dict[str, Suppression]


def known_among(drafts: Sequence[Draft]) -> Known:
    """Ask the store about a batch in three queries."""
    addresses = [each.address_key for each in drafts if each.address]
    companies = [each.company_key for each in drafts if each.company_key]
    return Known(
        _present("address_key", addresses),
        _present("company_key", companies),
        suppressed_among(addresses),
    )


def _present(column: str, keys: list[str]) -> frozenset[str]:
    # Said once more that they are not empty, so that SQLite uses the partial index.
    rows = Prospect.objects.filter(**{f"{column}__in": keys}).exclude(**{column: ""})
    return frozenset(rows.values_list(column, flat=True)) if keys else frozenset()


def screen(drafts: Sequence[Draft], known: Known, seen: Seen) -> tuple[list[Draft], list[Refused]]:
    """Part a batch into what may enter and what may not; the entering ones are remembered in `seen`."""
    entering: list[Draft] = []
    refused: list[Refused] = []
    for each in drafts:
        refusal = _why_not(each, known, seen)
        if refusal:
            refused.append(refused_draft(each, *refusal))
        else:
            entering.append(each)
            _remember(each, seen)
    return entering, refused


def refused_draft(each: Draft, code: str, sentence: str) -> Refused:
    """Refuse a draft; its ban, if it has one, is honoured all the same."""
    shown = each.address.envelope if each.address else ""
    return Refused(each.line, code, sentence, shown, each.address_key if each.ban else "")


def _why_not(each: Draft, known: Known, seen: Seen) -> tuple[str, str] | None:
    key = each.address_key
    if key in known.suppressed and not each.ban:
        return "suppressed", f"{key} is suppressed ({known.suppressed[key].cause})."
    for kind, identity in _identities(each):
        if line := seen.line_of(kind + identity):
            return "duplicate_in_file", f"{_name(each, kind)} stands on line {line} already."
    if key in known.addresses:
        return ALREADY_THERE, f"{key} is already there."
    if each.company_key in known.companies:
        return "same_company", f"{_name(each, 'c')} is already there."
    return None


def _identities(each: Draft) -> list[tuple[str, str]]:
    pairs = (("a", each.address_key), ("c", each.company_key))
    return [pair for pair in pairs if pair[1]]


def _remember(each: Draft, seen: Seen) -> None:
    for kind, identity in _identities(each):
        seen.add(kind + identity, each.line)


def _name(each: Draft, kind: str) -> str:
    if kind == "a":
        return each.address_key
    company, city = each.texts.get("company", ""), each.texts.get("city", "")
    return f"{company} in {city}" if company and city else each.texts.get("website", "")
