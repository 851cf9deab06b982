"""What a mail's writer wants, by the rules alone: the mail's own words, subject, date and sender."""

from datetime import UTC, date, datetime, timedelta

from marketing_agent.engine.intents import Reading, read_intent
from marketing_agent.mail.parse import Mail
from marketing_agent.mail.strip import strip_html, strip_reply

_UNDERWAY = timedelta(days=3)
"""How far the mail's own date may lie from the day on which it came; farther is a wrong clock, or a lie."""

_YEARS = range(1970, 2101)
"""Years in which a mail may have been written, where nothing else is known of the day."""


def own_words(mail: Mail) -> str:
    """Give what the writer wrote, without quotes and signature; of HTML where there is nothing else."""
    plain = any(part.content_type == "text/plain" and part.text.strip() for part in mail.root.own())
    return strip_reply(mail.text) if plain or not mail.html else strip_html(mail.html)


def intent_of(
    mail: Mail,
    *,
    automatic: bool,
    ours: frozenset[str] = frozenset(),
    words: str | None = None,
    received: datetime | None = None,
) -> Reading:
    """Read what the writer wants; days are counted from the mail's own date. Never raises.

    Whoever writes the mail writes its date, too: it counts within three days of the moment of receipt.

    Args:
        mail: the mail.
        automatic: whether a machine wrote it.
        ours: addresses of ours, which are nobody else's contact.
        words: the writer's own words, where they are known already.
        received: when the mail came, where that is known.
    """
    return read_intent(
        own_words(mail) if words is None else words,
        subject=mail.subject,
        today=_day_of(mail.date, received),
        automatic=automatic,
        own=ours | {mail.from_.lower()} | {address.lower() for address in mail.to},
        writer=mail.from_name,
    )


def _day_of(written: datetime | None, received: datetime | None) -> date | None:
    day = None if written is None else written.astimezone(UTC).date()
    if received is None:
        return day if day is not None and day.year in _YEARS else None
    came = received.astimezone(UTC).date()
    return came if day is None else min(max(day, came - _UNDERWAY), came + _UNDERWAY)
