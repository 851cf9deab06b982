"""From when on writing to somebody makes sense again: back from an absence, or the time they named."""

import re
from datetime import date, timedelta

from marketing_agent.engine.dates.reading import Span, read_spans

FARTHEST = timedelta(days=120)
"""Dates beyond this are not taken for a return; somebody away for longer is looked at by a person."""

LATEST = timedelta(days=550)
"""Dates beyond this, about 18 months ahead, are not what somebody who puts us off means."""

UNSTATED = timedelta(days=7)
"""How long to wait when the answer names no day."""

_SEASON = timedelta(days=45)
"""A stretch of this length is named less exactly than a month beside it."""

_SENTENCE = re.compile(r"[.!?;\n](?=\s|$)")
_RETURN = re.compile(
    r"back|return|until|till|from|again|resum|open|reach|through|wieder|zuruck|bis|ab\b|ruckkehr"
    r"|retour|jusqu|repr|reouv|rouv|revien|rentr|hasta|vuel|regres|reincorp|retom|abri|volv"
    r"|fino|rientr|torn|riapr|ripren|tot|terug|weer|vanaf|ate|volt|retorn|reabr|partir|dal"
)
_AGAIN = re.compile(
    r"back|again|touch|contact|reach|write|mail|call|ping|ask|try|circle|check|follow|revisit|meld"
    r"|komm|frag|schreib|ruf|probier|nochmal|wieder|relanc|recontact|rappel|reven|repren|ecriv|voyons"
    r"|vuelv|contact|escri|llam|retom|habl|insist|ricontat|risent|riparl|richiam|scriv|vivo|risent|sentiam"
    r"|neem|kom|probeer|bel|spreken|benader|volt|fal|ligu|cham|escrev|procur|retom|parlons|give|dame|dar"
)


def return_date(text: str, today: date) -> date | None:
    """Give the last day named in the text that lies ahead, at most 120 days; None when there is none.

    Of a range ("from 3 to 14 March") the last day counts. A day without a year is the next one.
    """
    ahead = [span.last for span in _ahead(text, today) if span.is_day]
    return max((day for day in ahead if day <= today + FARTHEST), default=None)


def away_until(text: str, today: date) -> date:
    """Give the day before which nothing should be written: the day after the one that is named."""
    named = return_date(text, today)
    return today + UNSTATED if named is None else named + timedelta(days=1)


def back_on(folded: str, today: date | None) -> date | None:
    """Give the first day on which writing to somebody who is away makes sense.

    "Back on 12 May" gives 12 May; "until 11 May" gives 11 May, for people mean by it both the last day
    away and the first day back; "through 11 May" gives 12 May. Of several days the last one counts, those
    near words of returning first.
    """
    spans = _within(read_spans(folded, today), today)
    spans = _near(folded, spans, _RETURN) or spans
    if not spans:
        return None
    last = max(spans, key=lambda span: span.first)
    return last.last + timedelta(days=1) if last.through else last.first


def wanted_from(folded: str, today: date | None) -> date | None:
    """Give the first day of the time for which somebody puts us off; at most 18 months ahead."""
    spans = _within(read_spans(folded, today), today)
    spans = _near(folded, spans, _AGAIN) or spans
    spans = [span for span in spans if span.last - span.first < _SEASON] or spans
    return spans[-1].first if spans else None


def _within(spans: list[Span], today: date | None) -> list[Span]:
    if today is None:
        return spans
    return [span for span in spans if today < span.first <= today + LATEST]


def _near(folded: str, spans: list[Span], cue: re.Pattern[str]) -> list[Span]:
    """Keep those in whose sentence a cue stands."""
    return [span for span in spans if cue.search(_sentence_around(folded, span))]


def _sentence_around(folded: str, span: Span) -> str:
    before = [end.end() for end in _SENTENCE.finditer(folded, max(0, span.start - 300), span.start)]
    behind = _SENTENCE.search(folded, span.end, span.end + 300)
    start = before[-1] if before else max(0, span.start - 300)
    return folded[start : behind.start() if behind else span.end + 300]


def _ahead(text: str, today: date) -> list[Span]:
    from marketing_agent.engine.intents.text import fold  # noqa: PLC0415  the intents read dates, too

    return [span for span in read_spans(fold(text), today) if span.last > today]
