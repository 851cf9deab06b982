"""Telling the salesperson of a reply: its text, the suggested answer, and the page to approve it on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.crypto import salted_hmac

from marketing_agent.engine.values import Intent
from marketing_agent.inbound.actions.answers import closed
from marketing_agent.inbound.actions.notices import (
    claim,
    drop,
    hold,
    nobody,
    not_told,
    revive,
    told,
)
from marketing_agent.inbound.answering import say_to, to_of
from marketing_agent.inbound.approvals import link_to
from marketing_agent.inbound.models import InboxItem, Notice, Suggestion
from marketing_agent.inbound.threads import address_key
from marketing_agent.inboxes.actions.secrets import CHANNELS
from marketing_agent.inboxes.errors import SecretError
from marketing_agent.inboxes.secrets import find_secret
from marketing_agent.prospects.suppression import suppressed_among
from marketing_agent.providers.messenger import MessengerError

MOST_CHANNELS = 5
"""All of them together must be done long before a lease ends, also when each of them hangs."""

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


@dataclass(frozen=True, slots=True)
class _Channels:
    """Whom to tell, what is wrong with that, and what tells these channels from others."""

    urls: tuple[str, ...] = ()
    problem: str = ""
    mark: str = ""


def tell_waiting(tell: Tell, owner: str, now: datetime) -> dict[str, int]:
    """Tell of every reply that nobody was told of so far; gives how many were told, failed, or had nobody.

    A channel that took the message is not told again because another one failed. Whoever wants no more
    mail by now is dropped.
    """
    counts = {"told": 0, "failed": 0, "nobody": 0, "dropped": 0}
    channels = _channels()
    if channels.urls:
        revive(channels.mark, now)
    for claimed in claim(owner, now):
        notice = hold(claimed)
        if notice is not None:
            counts[_handle(notice, channels, tell, now)] += 1
    return counts


def _channels() -> _Channels:
    try:
        named = find_secret(CHANNELS)
    except SecretError as error:
        return _Channels(problem=str(error))
    urls = tuple((named or "").split())
    spare = f"{len(urls)} channels are named; only the first {MOST_CHANNELS} are told."
    mark = salted_hmac("marketing_agent.channels", "\n".join(urls)).hexdigest()[:16]
    return _Channels(urls[:MOST_CHANNELS], spare if len(urls) > MOST_CHANNELS else "", mark)


def _handle(notice: Notice, channels: _Channels, tell: Tell, now: datetime) -> str:
    """Tell of one reply, or settle why not; gives what came of it."""
    if why := _silence(notice.item):
        drop(notice, why)
        return "dropped"
    if not channels.urls and not channels.problem:
        nobody(notice, now)
        return "nobody"
    failed = _problems(tell, channels.urls, notice.item, now)
    problem = " ".join([*failed, channels.problem]).strip()
    if len(failed) < len(channels.urls):
        told(notice, problem, channels.mark, now)
        return "told"
    not_told(notice, problem, channels.mark, now)
    return "failed"


def _silence(item: InboxItem) -> str:
    """Say who must be left in peace, of those whom the reply comes from; empty for nobody."""
    keys = {address_key(item.from_address)}
    if item.prospect is not None:
        keys.add(item.prospect.address_key)
    found = suppressed_among(keys - {""})
    return " ".join(f"{key} is suppressed ({row.cause})." for key, row in sorted(found.items()))


def _problems(tell: Tell, urls: tuple[str, ...], item: InboxItem, now: datetime) -> list[str]:
    title, body = words_of(item, now)
    problems = []
    for url in urls:
        try:
            tell(url, title, body)
        except MessengerError as error:
            problems.append(str(error))
    return problems


def words_of(item: InboxItem, now: datetime) -> tuple[str, str]:
    """Give the title and the text that tell of a reply."""
    what = _WORDS.get(Intent(item.intent), "Replied") if item.intent else "Replied"
    company = f" ({item.prospect.company})" if item.prospect and item.prospect.company else ""
    who, subject = _line(item.from_name or item.from_address), _line(item.subject)
    said = item.text[:_QUOTED] + (" …" if len(item.text) > _QUOTED else "")
    quoted = "\n".join(f"> {line}" for line in said.splitlines())
    head = f"{who} <{item.from_address}> wrote to {item.inbox.address}: {subject}\n\n{quoted}\n"
    title = _line(f"{what}: {who}{company}")[:200]
    return title, head + _named(item) + _suggested(item, now)


def _line(text: str) -> str:
    """Fold a stranger's text to one line: no breaks, no controls, nothing that turns its direction."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _named(item: InboxItem) -> str:
    """Name whom they name, and the day; nothing where there is neither."""
    name = _line(item.contact_name)
    contact = f"{name} <{item.contact_address}>" if item.contact_address else name
    lines = [("They name", contact), ("The day they name", item.until)]
    return "".join(f"\n{name}: {value}\n" for name, value in lines if value)


def _suggested(item: InboxItem, now: datetime) -> str:
    found: Suggestion | None = getattr(item, "suggestion", None)
    if found is None:
        return "\nNo answer is suggested; somebody has to write one.\n"
    if why := closed(found, now):
        return f"\nAn answer was suggested and is no longer open. {why}\n"
    to = to_of(found)
    elsewhere = say_to(item, to)
    return (
        f"\nSuggested answer{f' to {to}' if to else ''}. "
        "Nothing is sent until somebody approves it.\n"
        f"{f'{elsewhere}{chr(10)}' if elsewhere else ''}\n"
        f"{found.body.rstrip()}\n\n"
        f"Read, change and approve it until {found.expires_at:%H:%M} UTC on {found.expires_at:%d %b}:\n"
        f"{link_to(found)}\n"
    )
