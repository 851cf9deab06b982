"""Days, months, quarters and "in three weeks" in a text, each with the days that it covers.

A text names time in so many ways that one pattern a way is read; each looks at bounded stretches, and
none is tried on a text without a digit or a word of the calendar.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from marketing_agent.engine.dates.calendar import (
    add_months,
    day_of,
    easter_of,
    month_end,
    next_month_named,
    yearless,
)
from marketing_agent.engine.dates.names import any_of, names

MAX_TEXT = 5_000
"""Characters that are read."""

_MONTHS = any_of(names().months)
_SHORT = {"may", "mai", "mar", "mag", "sett", "gen", "set", "out", "ago", "dec", "dic", "mars", "ene", "fev", "sep", "jan"}
_YEAR = r"(20\d\d|'\d\d)"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time that a text names.

    Attributes:
        first: its first day, the day itself where one is named.
        last: its last day.
        start: where it stands in the folded text.
        end: where it ends there.
        through: whether the text says that the last day is part of it ("through 11 May").
    """

    first: date
    last: date
    start: int
    end: int
    through: bool = False

    @property
    def is_day(self) -> bool:
        """Whether it is one day."""
        return self.first == self.last


Reader = Callable[[re.Match[str], date], "tuple[date, date] | None"]


def read_spans(folded: str, today: date | None) -> list[Span]:
    """Give every stretch of time in a folded text, in reading order.

    Without `today` only full dates can be read. Where two ways of reading overlap, the longer one counts.
    """
    text = folded[:MAX_TEXT]
    if not _HINT.search(text):
        return []
    found: list[Span] = []
    for pattern, reader, relative in _patterns():
        if relative and today is None:
            continue
        for match in pattern.finditer(text):
            days = reader(match, today or date.min)
            if days is not None:
                found.append(_span(days, match, text))
    return _without_overlaps(found)


def _span(days: tuple[date, date], match: re.Match[str], text: str) -> Span:
    around = text[max(0, match.start() - 30) : match.start()], text[match.end() : match.end() + 18]
    through = _THROUGH_BEFORE.search(around[0]) or _THROUGH_BEHIND.match(around[1])
    return Span(*days, match.start(), match.end(), through is not None)


def _without_overlaps(found: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(found, key=lambda each: (each.start - each.end, each.start)):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda each: each.start)


def _iso(match: re.Match[str], _today: date) -> tuple[date, date] | None:
    return _single(day_of(int(match[1]), int(match[2]), int(match[3])))


def _numeric(match: re.Match[str], today: date) -> tuple[date, date] | None:
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


def _day_month(match: re.Match[str], today: date) -> tuple[date, date] | None:
    month = names().months[match[2]]
    return _single(_dated(int(match[1]), month, match[3], today))


def _month_day(match: re.Match[str], today: date) -> tuple[date, date] | None:
    month = names().months[match[1]]
    return _single(_dated(int(match[3] or match[2]), month, match[4], today))


def _part_of(part: str | None, first: date, last: date) -> tuple[date, date]:
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


def _in_units(match: re.Match[str], today: date) -> tuple[date, date] | None:
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


def _next_unit(match: re.Match[str], today: date) -> tuple[date, date] | None:
    unit = names().units[match["unit"] or match["unit2"]]
    part = match["part"]
    return None if unit == "day" else _part_of(part, *_following(unit, today))


def _following(unit: str, today: date) -> tuple[date, date]:
    if unit == "week":
        monday = today + timedelta(days=7 - today.weekday())
        return monday, monday + timedelta(days=6)
    months = {"month": 1, "quarter": 3, "half": 6, "year": 12}[unit]
    first = add_months(date(today.year, (today.month - 1) // months * months + 1, 1), months)
    return first, month_end(add_months(first, months - 1))


def _quarter(match: re.Match[str], today: date) -> tuple[date, date] | None:
    number = int(match[1]) if match[1] else names().ordinals[match[2]]
    return _months_from(3 * number - 2, 3, match[3], today)


def _second_half(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _months_from(7, 6, match[2], today)


def _months_from(
    month: int, length: int, year: str | None, today: date
) -> tuple[date, date] | None:
    first = next_month_named(month, year, today)
    return None if first is None else (first, month_end(add_months(first, length - 1)))


def _season(match: re.Match[str], today: date) -> tuple[date, date] | None:
    first = next_month_named(names().seasons[match[1]], match[2], today)
    return None if first is None else (first, month_end(add_months(first, 2)))


def _week_number(match: re.Match[str], today: date) -> tuple[date, date] | None:
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


def _weekday(match: re.Match[str], today: date) -> tuple[date, date] | None:
    ahead = (names().weekdays[match[2]] - today.weekday() - 1) % 7 + 1
    return _single(today + timedelta(days=ahead))


def _day_only(match: re.Match[str], today: date) -> tuple[date, date] | None:
    number = int(match[1])
    for months in range(3):
        month = add_months(today.replace(day=1), months)
        day = day_of(month.year, month.month, number)
        if day is not None and day > today:
            return _single(day)
    return None


def _tomorrow(_match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _single(today + timedelta(days=1))


def _overmorrow(_match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _single(today + timedelta(days=2))


def _half_year(_match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _single(add_months(today, 6))


def _new_year(_match: re.Match[str], today: date) -> tuple[date, date] | None:
    first = date(today.year + 1, 1, 1)
    return first, date(first.year, 1, 31)


def _year_end(_match: re.Match[str], today: date) -> tuple[date, date] | None:
    return date(today.year, 12, 1), date(today.year, 12, 31)


def _after_easter(_match: re.Match[str], today: date) -> tuple[date, date] | None:
    feast = easter_of(today.year)
    if feast < today:
        feast = easter_of(today.year + 1)
    tuesday = feast + timedelta(days=2)
    return tuesday, tuesday + timedelta(days=13)


def _after_summer(_match: re.Match[str], today: date) -> tuple[date, date] | None:
    first = date(today.year + (today.month > 8), 9, 1)  # noqa: PLR2004  September
    return first, month_end(first)


def _bare_year(match: re.Match[str], today: date) -> tuple[date, date] | None:
    year = int(match[1])
    return (date(year, 1, 1), date(year, 12, 31)) if today.year < year else None


def _single(day: date | None) -> tuple[date, date] | None:
    return None if day is None else (day, day)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Reader, bool], ...]:
    known, words = names(), names().words
    part = rf"(?:{any_of([*words['begin'], *words['mid'], *words['end']])})"
    after = any_of(words["after"])
    units = any_of(known.units)
    of = r"(?:\s+(?:de |del |do |di |of |van |des |d'|dell')?)"
    article = r"(?:the |der |dem |den |das |la |le |l'|el |il |lo |gli |i |de |het |o |a |os |as |no |na |nel |nell'|im |in |au |al |do |da |dell'|des |du )?"
    table: list[tuple[str, Reader, bool]] = [
        (r"(?<!\d)(20\d\d)-(\d\d?)-(\d\d?)(?!\d)", _iso, False),
        (r"(?<![\d.,/-])(\d\d?)([./-])(\d\d?)(?:\2(20\d\d|\d\d)(?!\d)|\.?(?![\w/-]|\.\d))", _numeric, False),
        (rf"(?<![\w.])(\d\d?)(?:st|nd|rd|th|er|ste|e|\.|º|ª|o)?[\s/-]{{0,2}}(?:of |de |d')?({_MONTHS})\b\.?(?:(?:,?{of}|[/-]){_YEAR})?", _day_month, False),
        (rf"\b({_MONTHS})\.?\s+(\d\d?)(?:st|nd|rd|th)?(?:\s?(?:-|to|and)\s?(\d\d?)(?:st|nd|rd|th)?)?\b(?![:h.]\d)(?:,?\s+{_YEAR})?", _month_day, False),
        (rf"(?:\b({part})[\s'-]+)?(?P<lead>\b(?:in|im|en|em|a|ad|until|till|by|from|since|for|before|after|around|of|de|d'|ab|bis|nach|des|dans|au mois de|depuis|jusqu'en|jusqu'a|hasta|desde|para|a partir de|da|da|entro|dopo|vanaf|tot|na|voor|tegen|medio|ate|apos|depois de|lá para|come|late|early|mid|vers|fino a|erst im|next|this)\s+)?\b({_MONTHS})\b(?!\s*\d\d?\b(?!\d))(?:{of}{_YEAR})?", _month_named, True),
        (rf"\b(?:{any_of(words['in'])})\s+(?:about |etwa |ca\.? |environ |circa |unos |ongeveer |cerca de |around |roughly |rund |un |)(\d\d?|{any_of(known.numbers)})\s+({units})\b", _in_units, True),
        (rf"\b(\d\d?|{any_of(known.numbers)})\s+({units})\s+(?:{any_of(words['from_now'])})\b", _in_units, True),
        (rf"(?:\b(?P<part>{part})\s+(?:of )?{article})?\b(?:(?:{any_of(words['next'])})\s+(?P<unit>{units})|(?P<unit2>{units})\s+(?:{any_of(words['behind'])}))\b", _next_unit, True),
        (rf"\b(?:[qt]\s?([1-4])|({any_of(known.ordinals)})\s+(?:quarter|quartal|trimestre|kwartaal))\b(?:{of}{_YEAR})?", _quarter, True),
        (rf"\b({any_of(words['year_half'])})\b(?:{of}{_YEAR})?", _second_half, True),
        (rf"\b(?:in|im|en|em|a|au|nel|ab|until|till|before|for|this|next|the|dem|den|el|la|al|o|l'|de|het|na|no|nach|a partir del?|todo el|diesen|nachsten|kommenden|uber den|bis zum|zum|over the|d'|l|lá para o)\s*({any_of(known.seasons)})\b(?:{of}{_YEAR})?", _season, True),
        (r"\b(?:kw|cw|calendar week|week|kalenderwoche|semaine|semana|settimana|wk)\s?(\d\d?)\b", _week_number, True),
        (rf"\b(?:({any_of(words['next'])})\s+)?({any_of(known.weekdays)})\b(?!\s*(?:und|and|et|y|e|en)\s+\w+day)", _weekday, True),
        (rf"\b(?:the|le|el|il|dia|am|dem|den|bis|al|till|until|de|op|tot|zum|dell'|until the)\s+(\d\d?)(?:st|nd|rd|th|\.|er|e|de|ste)?(?=[\s,.!)]|$)(?!\s*(?:of |de |d')?(?:{_MONTHS}|uhr|h\b|am\b|pm\b|personas|leute|people|%|jahr|ans|anos|min|stunden|heures|horas|ore))", _day_only, True),
        (rf"\b(?:{any_of(words['overmorrow'])})\b", _overmorrow, True),
        (rf"\b(?:{any_of(words['tomorrow'])})\b", _tomorrow, True),
        (rf"\b(?:{any_of(words['half_year'])})\b", _half_year, True),
        (rf"\b(?:{any_of(words['year_end'])})\b", _year_end, True),
        (rf"\b(?:{after})\s+{article}(?:{any_of(words['easter'])})\b", _after_easter, True),
        (rf"(?:\b(?:{after})\s+{article}(?:{any_of(words['after_summer'])})|\brentree)\b", _after_summer, True),
        (rf"(?:\b(?:{after})\s+{article}(?:{any_of(words['next_year'])})|\b(?:in|im|en|in the|in het|zum|am|no|nel|ab)\s+(?:the |het |dem )?(?:new year|neuen jahr|neues jahr|nieuwe jahr|nieuwe jaar|ano novo|anno nuovo|nuovo anno|novo ano|ano nuevo|nuevo ano|jahreswechsel|jahresbeginn|jahresanfang|nouvelle annee))\b", _new_year, True),
        (r"\b(?:in|im|en|em|nel|ab|from|until|till|for|jahr|ano|anno|annee|year|jaar|bis|desde|vanaf|hasta|ate|para)\s+(20[2-4]\d)\b(?![-/.]\d)", _bare_year, True),
    ]
    return tuple((re.compile(pattern), reader, relative) for pattern, reader, relative in table)


def _month_named(match: re.Match[str], today: date) -> tuple[date, date] | None:
    part, name, year = match[1], match[3], match[4]
    if name in _SHORT and not (part or match["lead"]):
        return None
    first = next_month_named(names().months[name], year, today)
    return None if first is None else _part_of(part, first, month_end(first))


_HINT = re.compile(
    rf"\d|{_MONTHS}|"
    + any_of([*names().weekdays, *names().seasons, *names().units])
    + "|"
    + any_of(word for key in ("tomorrow", "overmorrow", "next_year", "easter", "after_summer", "half_year", "year_end", "year_half") for word in names().words[key])
)
_ENGLISH = re.compile(r"\b(?:the|and|will|until|return|back|office|from|am)\b")
_THROUGH_BEFORE = re.compile(rf"(?:{any_of(names().words['through'])})[\w\s,.]{{0,12}}$")
_THROUGH_BEHIND = re.compile(rf"[\s,(]{{0,3}}(?:{any_of(['inclusive', 'included', 'einschliesslich', 'inklusive', 'inkl', 'inclus', 'incluido', 'incluso', 'compreso', 'incluso', 'inbegrepen'])})\b")
