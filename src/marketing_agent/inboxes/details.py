"""An inbox's own settings: what may be set, in which form it is accepted, and the defaults."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from marketing_agent.engine.pacing import Window, local_day
from marketing_agent.inboxes.models import Inbox
from marketing_agent.operations.config import read_all
from marketing_agent.operations.errors import BadValueError

MOST_A_DAY = 2_000
LONGEST_GAP_S = 86_400


def clean(changes: Mapping[str, object]) -> dict[str, Any]:
    """Turn settings as typed or posted into values for the columns.

    Raises:
        BadValueError: for a name that is none, or a value that it does not take.
    """
    unknown = sorted(set(changes) - set(_READERS))
    if unknown:
        raise BadValueError(
            f"An inbox has no setting {unknown[0]!r}. It has: {', '.join(_READERS)}."
        )
    return {name: _read(name, value) for name, value in changes.items()}


def defaults(now: datetime) -> dict[str, Any]:
    """Give a new inbox's settings, from the run-time switches; warm-up starts on its local day."""
    switches = read_all()
    zone = str(switches["default_zone"])
    return clean(
        {
            "zone": zone,
            "window_days": switches["window_days"],
            "window_start": switches["window_start"],
            "window_end": switches["window_end"],
            "daily_limit": switches["default_daily_limit"],
            "minimum_gap_s": switches["minimum_gap_s"],
            "warmup_enabled": True,
            "warmup_start_date": local_day(zone, now)[0],
            "plus_tag": False,
        }
    )


def window_of(inbox: Inbox) -> Window:
    """Give the inbox's sending window.

    Raises:
        BadValueError: when days and hours make no window.
    """
    days = frozenset(int(day) for day in inbox.window_days.split(","))
    try:
        return Window(days, inbox.window_start, inbox.window_end, inbox.zone)
    except ValueError as error:
        raise BadValueError(str(error)) from None


def shown(inbox: Inbox) -> dict[str, Any]:
    """Give the settings as JSON holds them, for the audit log and the API."""
    return {name: _as_json(getattr(inbox, name)) for name in _READERS}


def _as_json(value: object) -> object:
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.isoformat() if isinstance(value, date) else value


def _read(name: str, value: object) -> Any:  # noqa: ANN401  by column
    try:
        return _READERS[name](value)
    except (ValueError, TypeError, KeyError, OSError):
        raise BadValueError(f"{name} does not take {value!r}; it takes {_TAKES[name]}.") from None


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > 200 or not (value == "" or value.isprintable()):  # noqa: PLR2004  the column
        raise ValueError
    return value.strip()


def _zone(value: object) -> str:
    return ZoneInfo(_text(value)).key


def _days(value: object) -> str:
    words = value.split(",") if isinstance(value, str) else list(_listed(value))
    days = sorted({int(word) for word in words})
    if not days or not set(days) <= set(range(7)):
        raise ValueError
    return ",".join(map(str, days))


def _listed(value: object) -> list[int]:
    if not isinstance(value, list | tuple | set | frozenset):
        raise TypeError
    return list(value)


def _time(value: object) -> time:
    moment = value if isinstance(value, time) else time.fromisoformat(_text(value))
    if moment.tzinfo is not None:
        raise ValueError
    return moment


def _date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return date.fromisoformat(_text(value))


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _number(most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise ValueError
        return value

    return read


_READERS: dict[str, Callable[[object], Any]] = {
    "display_name": _text,
    "zone": _zone,
    "window_days": _days,
    "window_start": _time,
    "window_end": _time,
    "daily_limit": _number(MOST_A_DAY),
    "warmup_enabled": _flag,
    "warmup_start_date": _date,
    "minimum_gap_s": _number(LONGEST_GAP_S),
    "plus_tag": _flag,
}

_TAKES = {
    "display_name": "a name of at most 200 characters on one line",
    "zone": "a time zone such as Europe/Berlin",
    "window_days": "weekdays from 0 (Monday) to 6, such as 0,1,2,3,4",
    "window_start": "a time such as 09:00",
    "window_end": "a time such as 17:00",
    "daily_limit": f"a whole number from 0 to {MOST_A_DAY}",
    "warmup_enabled": "true or false",
    "warmup_start_date": "a date such as 2025-01-31",
    "minimum_gap_s": f"seconds from 0 to {LONGEST_GAP_S}",
    "plus_tag": "true or false",
}
