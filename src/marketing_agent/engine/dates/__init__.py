"""Days and stretches of time that people name in mails, read in seven languages; pure."""

from marketing_agent.engine.dates.reading import Span, read_spans
from marketing_agent.engine.dates.returning import (
    FARTHEST,
    UNSTATED,
    away_until,
    back_on,
    return_date,
    wanted_from,
)

__all__ = [
    "FARTHEST",
    "UNSTATED",
    "Span",
    "away_until",
    "back_on",
    "read_spans",
    "return_date",
    "wanted_from",
]
