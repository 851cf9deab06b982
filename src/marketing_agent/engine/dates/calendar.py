"""Arithmetic of days and months; what does not exist is None."""

from datetime import date, timedelta

LATELY = timedelta(days=75)
"""A day without a year that lay so lately is the past one, not next year's."""


def day_of(year: int, month: int, day: int) -> date | None:
    """Give a day, or None when the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def yearless(day: int, month: int, today: date) -> date | None:
    """Give the day that somebody means today who names no year: lately, or the next one."""
    this = day_of(today.year, month, day)
    if this is not None and this >= today - LATELY:
        before = day_of(today.year - 1, month, day)
        return before if before is not None and before >= today - LATELY else this
    return day_of(today.year + 1, month, day)


def next_month_named(month: int, year: str | None, today: date) -> date | None:
    """Give the first day of a month: of the year named, or the next one that has not begun."""
    if year:
        return date(2000 + int(year[-2:]), month, 1)
    if today == date.min:
        return None
    return date(today.year + (month <= today.month), month, 1)


def add_months(day: date, months: int) -> date:
    """Give the same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = month_end(date(year, month + 1, 1)).day
    return date(year, month + 1, min(day.day, last))


def month_end(day: date) -> date:
    """Give the last day of a month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def easter_of(year: int) -> date:
    """Give Easter Sunday in the Gregorian calendar (the anonymous algorithm of 1876)."""
    golden, century = year % 19, year // 100
    epact = (
        19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15
    ) % 30
    week = (32 + 2 * (century % 4) + 2 * (year % 100 // 4) - epact - year % 100 % 4) % 7
    shift = (golden + 11 * epact + 22 * week) // 451
    month, day = divmod(epact + week - 7 * shift + 114, 31)
    return date(year, month, day + 1)
