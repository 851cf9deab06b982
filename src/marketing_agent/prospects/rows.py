"""From the cells of one row to a draft or a refusal."""

from marketing_agent.prospects.csv_rows import RawRow, Refused
from marketing_agent.prospects.drafts import Draft, DraftRefused, Policy, draft
from marketing_agent.prospects.headers import Columns

_SHOWN_ADDRESS = 320


def read_row(row: RawRow | Refused, columns: Columns, policy: Policy) -> Draft | Refused:
    """Judge one row by itself; what is in the store and in the rest of the file comes later."""
    if isinstance(row, Refused):
        return row
    values = _pick(row.cells, columns.known)
    try:
        _check_width(row.cells, columns)
        return draft(values, _pick(row.cells, columns.extra), policy, row.line)
    except DraftRefused as refusal:
        shown = values.get("email", "").strip()[:_SHOWN_ADDRESS]
        return Refused(row.line, refusal.code, refusal.sentence, shown, refusal.suppress)


def _pick(cells: list[str], positions: dict[str, int]) -> dict[str, str]:
    there = len(cells)
    return {name: cells[at] for name, at in positions.items() if at < there}


def _check_width(cells: list[str], columns: Columns) -> None:
    surplus = cells[columns.count :]
    if any(cell and not cell.isspace() for cell in surplus):
        raise DraftRefused(
            "too_many_cells",
            f"The row has {len(cells)} cells but the header has {columns.count}; "
            "a delimiter inside a cell needs quotes around the cell.",
        )
