"""Days and stretches of time that people name in mails, read in seven languages; pure."""

from marketing_agent.engine.dates.reading import Span, read_spans
from marketing_agent.engine.dates.returning import (
    UNSTATED,
    back_on,
    wanted_from,
)

__all__ = [
    "UNSTATED",
    "Span",
    "back_on",
    "read_spans",
    "wanted_from",
]
