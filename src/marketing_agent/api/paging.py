"""Keyset paging: a list that stays as fast on its last page as on its first, at a million rows.

`total` is exact up to 10,000. Beyond, counting would read every row, so that an unfiltered list
says how far its ids span (rows are hardly ever deleted) and a filtered one says 10,000;
`total_exact` is false in both cases.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Literal, TypeVar

from django.db.models import Model, Q, QuerySet

from marketing_agent.api.problems import unprocessable

COUNTED = 10_000
_LARGEST_ID = 2**63 - 1

Order = Literal["asc", "desc"]
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page ended: the last row's id, and its moment where the list is ordered by one."""

    pk: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list: its rows, how many there are in all, and where the next page begins."""

    rows: list[Row]
    total: int
    total_exact: bool
    next: str | None

    def answer(self, plural: str, shown: Sequence[object]) -> dict[str, Any]:
        """Give the answer of a list call: the rows as shown under their plural, and the counts."""
        return {
            plural: shown,
            "count": len(shown),
            "total": self.total,
            "total_exact": self.total_exact,
            "next": self.next,
        }


def page(
    rows: QuerySet[Row], *, limit: int, cursor: str | None, order: Order, by: str = ""
) -> Page[Row]:
    """Cut one page out of `rows`, in the order of their ids or of a moment.

    Args:
        rows: what to list, filtered.
        limit: how many rows at most.
        cursor: `next` of the page before, None for the first page.
        order: oldest (asc) or newest (desc) first.
        by: a column of moments to order by before the id; empty orders by the id alone.

    Raises:
        Problem: 422 for a cursor that no page of such a list gave.
    """
    after = rows if cursor is None else rows.filter(_beyond(_read_cursor(cursor, by), order, by))
    sign = "" if order == "asc" else "-"
    columns = [f"{sign}{by}", f"{sign}pk"] if by else [f"{sign}pk"]
    found = list(after.order_by(*columns)[: limit + 1])
    total, exact = _total(rows)
    shown, more = found[:limit], len(found) > limit
    return Page(shown, total, exact, _cursor(shown[-1], by) if more else None)


def whole(plural: str, shown: Sequence[object]) -> dict[str, Any]:
    """Give the answer of a list call that is short by its nature and has one page."""
    return {
        plural: shown,
        "count": len(shown),
        "total": len(shown),
        "total_exact": True,
        "next": None,
    }


def _beyond(place: _Place, order: Order, by: str) -> Q:
    side = "gt" if order == "asc" else "lt"
    later = Q(**{f"pk__{side}": place.pk})
    if not by:
        return later
    return Q(**{f"{by}__{side}": place.at}) | (Q(**{by: place.at}) & later)


def _total(rows: QuerySet[Row]) -> tuple[int, bool]:
    counted = rows.order_by()[: COUNTED + 1].count()
    if counted <= COUNTED:
        return counted, True
    return (COUNTED if rows.query.where else _span(rows)), False


def _span(rows: QuerySet[Row]) -> int:
    # Two looks at the ends of the index; SQLite reads every row for MIN and MAX in one query.
    ids = rows.values_list("pk", flat=True)
    first, last = ids.order_by("pk").first(), ids.order_by("-pk").first()
    return 0 if first is None or last is None else int(last) - int(first) + 1


def _cursor(row: Model, by: str) -> str:
    at = getattr(row, by).isoformat() if by else ""
    return base64.urlsafe_b64encode(f"{row.pk} {at}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str, by: str) -> _Place:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        pk, _, at = base64.b64decode(padded, altchars=b"-_", validate=True).decode().partition(" ")
        place = _Place(int(pk), datetime.fromisoformat(at).astimezone(UTC) if at else None)
    except (binascii.Error, ValueError, OverflowError):
        place = _Place(-1, None)
    if not 0 <= place.pk <= _LARGEST_ID or (place.at is not None) is not bool(by):
        raise unprocessable("cursor", "This cursor comes from no page; take `next` of an answer.")
    return place


def given(**conditions: object) -> dict[str, Any]:
    """Keep the conditions that were given: a filter that is None filters nothing."""
    return {name: value for name, value in conditions.items() if value is not None}
