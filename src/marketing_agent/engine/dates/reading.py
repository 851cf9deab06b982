"""Days, months, quarters and "in three weeks" in a text, each with the days that it covers.

A text names time in so many ways that one pattern a way is read (forms.toml); each looks at bounded
stretches, and none is tried on a text without a digit or a word of the calendar.
"""

import re
from dataclasses import dataclass
from datetime import date

from marketing_agent.engine.dates.forms import forms, hint, through
from marketing_agent.engine.dates.readers import Days

MAX_TEXT = 5_000
"""Characters that are read."""


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


def read_spans(folded: str, today: date | None) -> list[Span]:
    """Give every stretch of time in a folded text, in reading order.

    Without `today` only full dates can be read. Where two ways of reading overlap, the longer one counts.
    """
    text = folded[:MAX_TEXT]
    if not hint().search(text):
        return []
    found: list[Span] = []
    for form in forms():
        if form.relative and today is None:
            continue
        for match in form.pattern.finditer(text):
            days = form.read(match, today or date.min)
            if days is not None:
                found.append(_span(days, match, text))
    return _without_overlaps(found)


def _span(days: Days, match: re.Match[str], text: str) -> Span:
    before, behind = through()
    included = before.search(text[max(0, match.start() - 30) : match.start()]) or behind.match(
        text[match.end() : match.end() + 18]
    )
    return Span(*days, match.start(), match.end(), included is not None)


def _without_overlaps(found: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(found, key=lambda each: (each.start - each.end, each.start)):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda each: each.start)
