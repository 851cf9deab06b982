"""What a mail's writer wants, by the rules alone: the mail's own words, subject, date and sender."""

from datetime import UTC

from marketing_agent.engine.intents import Reading, read_intent
from marketing_agent.mail.parse import Mail
from marketing_agent.mail.strip import strip_html, strip_reply


def own_words(mail: Mail) -> str:
    """Give what the writer wrote, without quotes and signature; of HTML where there is nothing else."""
    plain = any(part.content_type == "text/plain" and part.text.strip() for part in mail.root.own())
    return strip_reply(mail.text) if plain or not mail.html else strip_html(mail.html)


def intent_of(
    mail: Mail, *, automatic: bool, ours: frozenset[str] = frozenset(), words: str | None = None
) -> Reading:
    """Read what the writer wants; days are counted from the mail's own date. Never raises.

    Args:
        mail: the mail.
        automatic: whether a machine wrote it.
        ours: addresses of ours, which are nobody else's contact.
        words: the writer's own words, where they are known already.
    """
    return read_intent(
        own_words(mail) if words is None else words,
        subject=mail.subject,
        today=None if mail.date is None else mail.date.astimezone(UTC).date(),
        automatic=automatic,
        own=ours | {mail.from_.lower()} | {address.lower() for address in mail.to},
        writer=mail.from_name,
    )
