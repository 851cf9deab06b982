"""What each form of naming time means: from the words that were found to the days that they cover."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from marketing_agent.engine.dates.calendar import (
    add_months,
    day_of,
    easter_of,
    month_end,
    next_month_named,
    yearless,
)
from marketing_agent.engine.dates.names import names

Days = tuple[date, date]
"""The first and the last day of a stretch."""

Reader = Callable[[re.Match[str], date], Days | None]

_SHORT = frozenset(
    {"may", "mai", "mar", "mag", "sett", "gen", "set", "out", "ago", "dec", "dic", "mars", "ene"}
    | {"fev", "sep", "jan"}
)
"""Names of months that are other words as well, and need a preposition."""

_ENGLISH = re.compile(r"\b(?:the|and|will|until|return|back|office|from|am)\b")


def _iso(match: re.Match[str], _today: date) -> Days | None:
    return _single(day_of(int(match[1]), int(match[2]), int(match[3])))


def _numeric(match: re.Match[str], today: date) -> Days | None:
    """Read 3/4: day first, but for a month that cannot be one, and the nearer one with a slash."""
    first, second, year = int(match[1]), int(match[3]), match[4]
    ways = [(first, second), (second, first)]
    days = [found for day, month in ways if (found := _dated(day, month, year, today))]
    if not days:
        return None
    ahead = [day for day in days if day > today]
    either = match[2] == "/" and len(days) == 2 and _ENGLISH.search(match.string)  # noqa: PLR2004  both ways
    return _single(min(ahead or days) if either else days[0])


def _dated(day: int, month: int, year: str | None, today: date) -> date | None:
    if year:
        return day_of(2000 + int(year[-2:]), month, day)
    return None if today == date.min else yearless(day, month, today)


def _day_month(match: re.Match[str], today: date) -> Days | None:
    month = names().months[match[2]]
    return _single(_dated(int(match[1]), month, match[3], today))


def _month_day(match: re.Match[str], today: date) -> Days | None:
    month = names().months[match[1]]
    return _single(_dated(int(match[3] or match[2]), month, match[4], today))


def _part_of(part: str | None, first: date, last: date) -> Days:
    """Narrow a stretch to its beginning, middle or end."""
    words, third = names().words, (last - first) // 3
    plain = re.sub(r"\s+", " ", part.strip(" -")) if part else ""
    if plain in words["begin"]:
        return first, first + third
    if plain in words["mid"]:
        return first + timedelta(days=(last - first).days // 4 * 2), last - third
    if plain in words["end"]:
        return last, last
    return first, last


def _in_units(match: re.Match[str], today: date) -> Days | None:
    number = match[1]
    count = int(number) if number.isdigit() else names().numbers[number]
    return _single(_later(today, count, names().units[match[2]]))


def _later(today: date, count: int, unit: str) -> date | None:
    if count > 60:  # noqa: PLR2004  nobody means "in 100 months"
        return None
    months = {"month": 1, "quarter": 3, "half": 6, "year": 12}.get(unit)
    if months is not None:
        return add_months(today, count * months)
    return today + timedelta(days=count * (7 if unit == "week" else 1))


def _next_unit(match: re.Match[str], today: date) -> Days | None:
    unit = names().units[match["unit"] or match["unit2"]]
    part = match["part"]
    return None if unit == "day" else _part_of(part, *_following(unit, today))


def _following(unit: str, today: date) -> Days:
    if unit == "week":
        monday = today + timedelta(days=7 - today.weekday())
        return monday, monday + timedelta(days=6)
    months = {"month": 1, "quarter": 3, "half": 6, "year": 12}[unit]
    first = add_months(date(today.year, (today.month - 1) // months * months + 1, 1), months)
    return first, month_end(add_months(first, months - 1))


def _quarter(match: re.Match[str], today: date) -> Days | None:
    number = int(match[1]) if match[1] else names().ordinals[match[2]]
    return _months_from(3 * number - 2, 3, match[3], today)


def _second_half(match: re.Match[str], today: date) -> Days | None:
    return _months_from(7, 6, match[2], today)


def _months_from(month: int, length: int, year: str | None, today: date) -> Days | None:
    first = next_month_named(month, year, today)
    return None if first is None else (first, month_end(add_months(first, length - 1)))


def _season(match: re.Match[str], today: date) -> Days | None:
    first = next_month_named(names().seasons[match[1]], match[2], today)
    return None if first is None else (first, month_end(add_months(first, 2)))


def _week_number(match: re.Match[str], today: date) -> Days | None:
    number = int(match[1])
    if not 1 <= number <= 53:  # noqa: PLR2004  ISO 8601 counts no more weeks
        return None
    for year in (today.year, today.year + 1):
        try:
            monday = date.fromisocalendar(year, number, 1)
        except ValueError:
            continue
        if monday > today - timedelta(days=7):
            return monday, monday + timedelta(days=6)
    return None


def _weekday(match: re.Match[str], today: date) -> Days | None:
    ahead = (names().weekdays[match[2]] - today.weekday() - 1) % 7 + 1
    return _single(today + timedelta(days=ahead))


def _day_only(match: re.Match[str], today: date) -> Days | None:
    number = int(match[1])
    for months in range(3):
        month = add_months(today.replace(day=1), months)
        day = day_of(month.year, month.month, number)
        if day is not None and day > today:
            return _single(day)
    return None


def _tomorrow(_match: re.Match[str], today: date) -> Days | None:
    return _single(today + timedelta(days=1))


def _overmorrow(_match: re.Match[str], today: date) -> Days | None:
    return _single(today + timedelta(days=2))


def _half_year(_match: re.Match[str], today: date) -> Days | None:
    return _single(add_months(today, 6))


def _new_year(_match: re.Match[str], today: date) -> Days | None:
    first = date(today.year + 1, 1, 1)
    return first, date(first.year, 1, 31)


def _year_end(_match: re.Match[str], today: date) -> Days | None:
    return date(today.year, 12, 1), date(today.year, 12, 31)


def _after_easter(_match: re.Match[str], today: date) -> Days | None:
    feast = easter_of(today.year)
    if feast < today:
        feast = easter_of(today.year + 1)
    tuesday = feast + timedelta(days=2)
    return tuesday, tuesday + timedelta(days=13)


def _after_summer(_match: re.Match[str], today: date) -> Days | None:
    first = date(today.year + (today.month > 8), 9, 1)  # noqa: PLR2004  September
    return first, month_end(first)


def _bare_year(match: re.Match[str], today: date) -> Days | None:
    year = int(match[1])
    return (date(year, 1, 1), date(year, 12, 31)) if today.year < year else None


def _single(day: date | None) -> Days | None:
    return None if day is None else (day, day)


def _month_named(match: re.Match[str], today: date) -> Days | None:
    part, name, year = match[1], match[3], match[4]
    if name in _SHORT and not (part or match["lead"]):
        return None
    first = next_month_named(names().months[name], year, today)
    return None if first is None else _part_of(part, first, month_end(first))


READERS: Mapping[str, Reader] = {
    "iso": _iso,
    "numeric": _numeric,
    "day_month": _day_month,
    "month_day": _month_day,
    "in_units": _in_units,
    "next_unit": _next_unit,
    "quarter": _quarter,
    "second_half": _second_half,
    "season": _season,
    "week_number": _week_number,
    "weekday": _weekday,
    "day_only": _day_only,
    "tomorrow": _tomorrow,
    "overmorrow": _overmorrow,
    "half_year": _half_year,
    "new_year": _new_year,
    "year_end": _year_end,
    "after_easter": _after_easter,
    "after_summer": _after_summer,
    "bare_year": _bare_year,
    "month_named": _month_named,
}
"""The readers by the names that forms.toml gives them."""
