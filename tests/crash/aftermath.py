"""What must follow from the mails that came in: each kept once, dealt with, and with its consequences."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from crash.cast import Fate
from marketing_agent.engine.values import ItemKind, ItemState
from marketing_agent.inbound.models import InboxItem
from marketing_agent.outbox.models import Bounce, Complaint
from marketing_agent.prospects.models import Prospect, Suppression

_Key = tuple[str, str]


def twice() -> Iterator[str]:
    """Name the mails and the consequences that are kept more than once."""
    items = InboxItem.objects.values_list("inbox__address", "message_id")
    bounces = Bounce.objects.exclude(type="soft").values_list("email_id", flat=True)
    complaints = Complaint.objects.values_list("email_id", flat=True)
    bans = Suppression.objects.filter(lifted_at=None).values_list("scope", "key")
    counted: dict[str, Counter[object]] = {
        "mail": Counter(items),
        "bounce of": Counter(bounces),
        "complaint about": Counter(complaints),
        "suppression of": Counter(bans),
    }
    for kind, rows in counted.items():
        for key, count in rows.items():
            if count > 1:
                yield f"the {kind} {key} is kept {count} times"


def lost(mails: Sequence[_Key], fates: Mapping[str, Fate]) -> Iterator[str]:
    """Name the mails that were lost or came from nowhere, and the people they should have changed."""
    kept = _kept()
    for key in mails:
        if kept.get(key) != ItemState.PROCESSED:
            yield f"the mail {key} was not dealt with: {kept.get(key, 'nobody knows of it')}"
    for key in kept.keys() - set(mails):
        yield f"the mail {key} is kept, and it never came"
    for address, fate in fates.items():
        found = _facts(address)
        for name, wanted in _wanted(fate).items():
            if found[name] != wanted:
                yield f"{address}: {name} is {found[name]!r}, not {wanted!r}"


def _kept() -> dict[_Key, str]:
    rows = InboxItem.objects.exclude(kind=ItemKind.OWN_COPY)
    return {
        (account, name): state
        for account, name, state in rows.values_list("inbox__address", "message_id", "state")
    }


def _wanted(fate: Fate) -> dict[str, object]:
    return {
        "the mail": [fate.mail] if fate.mail else [],
        "the suppression": [fate.banned] if fate.banned else [],
        "the number of bounces": fate.bounces,
        "the number of complaints": fate.complaints,
        "whether they replied": fate.replied,
        "the stage": fate.stage,
    }


def _facts(address: str) -> dict[str, object]:
    person = Prospect.objects.get(address_key=address)
    mails = InboxItem.objects.filter(email__address_key=address).exclude(kind=ItemKind.OWN_COPY)
    bans = Suppression.objects.filter(key=address, lifted_at=None)
    counted = Bounce.objects.filter(address_key=address).exclude(type="soft")
    return {
        "the mail": list(mails.values_list("kind", flat=True)),
        "the suppression": list(bans.values_list("cause", flat=True)),
        "the number of bounces": counted.count(),
        "the number of complaints": Complaint.objects.filter(address_key=address).count(),
        "whether they replied": person.replied_at is not None,
        "the stage": str(person.stage),
    }
