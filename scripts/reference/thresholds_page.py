"""thresholds.md: when a figure is a warning or critical, from `engine.thresholds.THRESHOLDS`."""

from marketing_agent.engine.thresholds import THRESHOLDS, Threshold
from reference.markdown import code, table

_ABOUT = """
Rates are fractions in the API and per cents here. Below its *floor*, a rate is *unknown*: neither
good nor bad. The rates of bounces and complaints are held against chance besides: a few letters
more than the line allows raise no alarm while luck would explain them (a 99 % Wilson bound).
*Hold* is how long a line must stay passed before anybody is woken.
"""


def body() -> str:
    """Write the page."""
    rows = [
        (
            code(row.metric),
            _line(row, row.warning),
            _line(row, row.critical),
            f"{row.floor} letters" if row.metric != "error_rate" and row.floor else _tries(row),
            f"{int(row.hold.total_seconds()) // 60} minutes" if row.hold else "",
        )
        for row in THRESHOLDS
    ]
    return f"{_ABOUT}\n{table(('figure', 'warning', 'critical', 'floor', 'hold'), rows)}"


def _tries(row: Threshold) -> str:
    return f"{row.floor} tries" if row.floor else ""


def _line(row: Threshold, value: float) -> str:
    sign = "over" if row.direction == "above" else "under"
    match row.unit:
        case "rate":
            return f"{sign} {value * 100:g} %"
        case "seconds":
            return f"{sign} {value:g} s"
        case _:
            return f"{sign} {value:g}"
