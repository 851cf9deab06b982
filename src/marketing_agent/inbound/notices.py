"""Telling the salesperson of a reply: its text, the suggested answer, and the page to approve it on."""

from collections.abc import Callable
from datetime import datetime

from marketing_agent.engine.values import Intent
from marketing_agent.inbound.actions.notices import claim, nobody, not_told, told
from marketing_agent.inbound.approvals import link_to
from marketing_agent.inbound.models import InboxItem, Notice, Suggestion
from marketing_agent.inboxes.errors import SecretError
from marketing_agent.inboxes.secrets import read_secret
from marketing_agent.providers.messenger import MessengerError

CHANNELS = "NOTIFY_SALES"
"""The secret that names whom to tell: Apprise URLs, one a line."""

Tell = Callable[[str, str, str], None]

_QUOTED = 3_000
"""Characters of the reply that are shown; the page shows all of it."""

_WORDS = {
    Intent.MEETING_REQUEST: "Wants to meet",
    Intent.INTERESTED: "Interested",
    Intent.QUESTION: "Asks",
    Intent.REFERRAL: "Names somebody else",
    Intent.NOT_NOW: "Wanted to be asked again now",
}


def tell_waiting(tell: Tell, owner: str, now: datetime) -> dict[str, int]:
    """Tell of every reply that nobody was told of so far; gives how many were told, failed, or had nobody.

    A channel that took the message is not told again because another one failed.
    """
    counts = {"told": 0, "failed": 0, "nobody": 0}
    channels = _channels()
    for notice in claim(owner, now):
        if not channels:
            nobody(notice, now)
            counts["nobody"] += 1
            continue
        problems = _problems(tell, channels, notice)
        if len(problems) < len(channels):
            told(notice, " ".join(problems), now)
            counts["told"] += 1
        else:
            not_told(notice, " ".join(problems), now)
            counts["failed"] += 1
    return counts


def _channels() -> list[str]:
    try:
        return read_secret(CHANNELS).split()
    except SecretError:
        return []


def _problems(tell: Tell, channels: list[str], notice: Notice) -> list[str]:
    title, body = words_of(notice.item)
    problems = []
    for url in channels:
        try:
            tell(url, title, body)
        except MessengerError as error:
            problems.append(str(error))
    return problems


def words_of(item: InboxItem) -> tuple[str, str]:
    """Give the title and the text that tell of a reply."""
    what = _WORDS.get(Intent(item.intent), "Replied") if item.intent else "Replied"
    company = f" ({item.prospect.company})" if item.prospect and item.prospect.company else ""
    who = item.from_name or item.from_address
    said = item.text[:_QUOTED] + (" …" if len(item.text) > _QUOTED else "")
    quoted = "\n".join(f"> {line}" for line in said.splitlines())
    head = (
        f"{who} <{item.from_address}> wrote to {item.inbox.address}: {item.subject}\n\n{quoted}\n"
    )
    return f"{what}: {who}{company}"[:200], head + _named(item) + _suggested(item)


def _named(item: InboxItem) -> str:
    """Name whom they name, and the day; nothing where there is neither."""
    contact = f"{item.contact_name} <{item.contact_address}>" if item.contact_address else ""
    lines = [("They name", contact or item.contact_name), ("The day they name", item.until)]
    return "".join(f"\n{name}: {value}\n" for name, value in lines if value)


def _suggested(item: InboxItem) -> str:
    found: Suggestion | None = getattr(item, "suggestion", None)
    if found is None:
        return "\nNo answer is suggested; somebody has to write one.\n"
    return (
        "\nSuggested answer. Nothing is sent until somebody approves it.\n\n"
        f"{found.body.rstrip()}\n\n"
        f"Read, change and approve it until {found.expires_at:%H:%M} UTC on {found.expires_at:%d %b}:\n"
        f"{link_to(found)}\n"
    )
