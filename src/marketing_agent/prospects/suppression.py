"""Whom we must not write to: asked before a prospect enters, and again before a letter leaves."""

from collections.abc import Collection

from marketing_agent.prospects.models import Suppression
from marketing_agent.prospects.portions import portions
from marketing_agent.store.sql import marks

_KEYS_A_QUERY = 2000
_IN_FORCE = """
    SELECT * FROM prospects_suppression
    WHERE scope IN ('address', 'domain') AND key IN ({keys}) AND lifted_at IS NULL
"""


def is_suppressed(address_key: str) -> bool:
    """Say whether the address, its domain or a domain above that is suppressed."""
    return bool(suppressed_among([address_key]))


def suppressed_among(keys: Collection[str]) -> dict[str, Suppression]:
    """Give, for each suppressed address key, the record that forbids it; one query in 2,000 keys.

    A suppressed domain covers its subdomains. The address's own record goes before its domain's.
    """
    found: dict[str, Suppression] = {}
    for some in portions(keys, _KEYS_A_QUERY):
        found |= _among(some)
    return found


def _among(keys: list[str]) -> dict[str, Suppression]:
    domains = {key: _domains_of(key) for key in keys}
    wanted = {name for names in domains.values() for name in names}
    # Scope and key together walk along one index; an address holds an @ and a domain does not.
    names = [*wanted.union(keys)]
    rows = Suppression.objects.raw(_IN_FORCE.format(keys=marks(names)), names)
    by_key = {row.key: row for row in rows}
    if not by_key:
        return {}
    return {key: row for key in keys if (row := _first(by_key, (key, *domains[key]))) is not None}


def _first(rows: dict[str, Suppression], names: tuple[str, ...]) -> Suppression | None:
    return next((rows[name] for name in names if name in rows), None)


def _domains_of(address_key: str) -> tuple[str, ...]:
    """Give the domain and those above it, the top-level domain left out."""
    labels = address_key.rpartition("@")[2].split(".")
    return tuple(".".join(labels[at:]) for at in range(max(len(labels) - 1, 1)))
