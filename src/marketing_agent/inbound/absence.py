"""Until when somebody is away, read from an automatic answer; pure, and careful with what it claims."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

FARTHEST = timedelta(days=120)
"""Dates beyond this are not taken for a return; somebody away for longer is looked at by a person."""

UNSTATED = timedelta(days=7)
"""How long to wait when the answer names no day."""

_MAX_TEXT = 5_000
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janner jaenner janvier enero gennaio januari janeiro",
            "february feb februar fevrier febrero febbraio februari fevereiro",
            "march mar marz maerz mrz mars marzo maart marco",
            "april apr avril abril aprile",
            "may mai mayo maggio mei maio",
            "june jun juni juin junio giugno junho",
            "july jul juli juillet julio luglio julho",
            "august aug aout agosto augustus",
            "september sep sept septembre septiembre settembre setembro",
            "october oct okt oktober octobre octubre ottobre outubro",
            "november nov novembre noviembre novembro",
            "december dec dez dezember decembre diciembre dicembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(r"\b(20\d\d)-(\d\d?)-(\d\d?)\b")
_NUMERIC = re.compile(r"(?<![\d.])(\d\d?)[./](\d\d?)(?:[./](20\d\d|\d\d)\b|\.?(?![\d./]))")
_DAY_FIRST = re.compile(
    rf"\b(\d\d?)(?:st|nd|rd|th|er|\.|º|ª)?\s+(?:de |of )?({_NAMES})\b\.?(?:\s+(?:de )?,?\s*(20\d\d))?"
)
_MONTH_FIRST = re.compile(rf"\b({_NAMES})\.?\s+(\d\d?)(?:st|nd|rd|th)?\b(?:,?\s+(20\d\d))?")
_ACCENTS = str.maketrans("áàâäãåéèêëíìîïóòôöõúùûüçñ", "aaaaaaeeeeiiiiooooouuuucn")


def return_date(text: str, today: date) -> date | None:
    """Give the last day named in the text that lies ahead, at most 120 days; None when there is none.

    Of a range ("from 3 to 14 March") the last day counts. A day without a year is the next one.
    """
    words = text[:_MAX_TEXT].lower().translate(_ACCENTS)
    ahead = (day for day in _days(words, today) if today < day <= today + FARTHEST)
    return max(ahead, default=None)


def away_until(text: str, today: date) -> date:
    """Give the day before which nothing should be written: the day after the one that is named."""
    named = return_date(text, today)
    return today + UNSTATED if named is None else named + timedelta(days=1)


def _days(words: str, today: date) -> Iterator[date]:
    for found in _ISO.finditer(words):
        yield from _day(int(found[1]), int(found[2]), int(found[3]))
    for found in _NUMERIC.finditer(words):
        yield from _numeric(int(found[1]), int(found[2]), found[3], today)
    for found in _DAY_FIRST.finditer(words):
        yield from _with_year(int(found[1]), _MONTHS[found[2]], found[3], today)
    for found in _MONTH_FIRST.finditer(words):
        yield from _with_year(int(found[2]), _MONTHS[found[1]], found[3], today)


def _numeric(first: int, second: int, year: str | None, today: date) -> Iterator[date]:
    """Read 3/4 both ways: which one is meant only the writer knows, and the later one wins."""
    yield from _with_year(first, second, year, today)
    yield from _with_year(second, first, year, today)


def _with_year(day: int, month: int, year: str | None, today: date) -> Iterator[date]:
    if year:
        yield from _day(int(year) % 100 + 2000, month, day)
        return
    for candidate in _day(today.year, month, day):
        if candidate >= today:
            yield candidate
        else:
            yield from _day(today.year + 1, month, day)


def _day(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return
