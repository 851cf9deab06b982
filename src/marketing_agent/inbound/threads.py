"""To which of our letters a mail belongs: by identifiers that only our letters carry, never by subject.

The hints of a whole batch are looked up together: one query for the letters, one for the people.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Count, Q, QuerySet

from marketing_agent.campaigns.colleagues import are_colleagues
from marketing_agent.engine.values import IdSource
from marketing_agent.inbound.case import Case, Hint
from marketing_agent.inbound.known import ID_KINDS, REACHED, Known, by_other_id
from marketing_agent.inbound.storable import storable
from marketing_agent.inboxes.models import Inbox
from marketing_agent.mail.address import AddressError, normalise
from marketing_agent.mail.match import Candidate, CandidateKind, candidates
from marketing_agent.mail.message_ids import canonical, mark_in_id
from marketing_agent.mail.parse import Mail
from marketing_agent.outbox.models import Email, OtherId
from marketing_agent.prospects.models import Prospect

OPT_OUT_MARK = CandidateKind.OPT_OUT_MARK
_MARKED = re.compile(r"^\W*unsubscribe\s+([a-z2-9]{16,32})\b", re.IGNORECASE)
_MARKS = frozenset(
    {
        CandidateKind.OPT_OUT_MARK,
        CandidateKind.PLUS_TAG,
        CandidateKind.EMBEDDED_MARK,
        CandidateKind.QUOTED_MARK,
        CandidateKind.OWN_MARK,
    }
)
_ADDRESSES = frozenset({CandidateKind.QUOTED_HEADER, CandidateKind.SENDER})
_LONGEST = 500


def hints_of(mail: Mail, original_message_id: str | None) -> tuple[Hint, ...]:
    """Give every hint of a mail once, the strongest first."""
    return tuple(dict.fromkeys(_hints(mail, original_message_id)))


def _hints(mail: Mail, original_message_id: str | None) -> Iterator[Hint]:
    # A report that holds no letter names by its own headers what it answers: those hints follow below.
    if original_message_id and original_message_id not in {mail.in_reply_to, *mail.references}:
        yield Hint(CandidateKind.EMBEDDED, storable(canonical(original_message_id), _LONGEST))
    marked = _MARKED.match(mail.subject)
    if marked:
        yield Hint(OPT_OUT_MARK, marked[1].lower())
    for each in candidates(mail):
        hint = _storable(each)
        if hint.value:
            yield hint


def _storable(each: Candidate) -> Hint:
    value, sender = storable(each.value, _LONGEST), storable(each.sender, _LONGEST)
    if each.kind in _ADDRESSES:
        value, sender = address_key(value), address_key(sender) if sender else ""
    subject, message_id = storable(each.subject, _LONGEST), storable(each.message_id, _LONGEST)
    return Hint(each.kind, value, sender, subject, message_id)


def address_key(raw: str) -> str:
    """Give an address's identity, or nothing when it is none."""
    try:
        return normalise(raw).key
    except AddressError:
        return ""


def look_up(cases: Sequence[Case]) -> Known:
    """Find everything that a batch's hints could mean."""
    hints = {hint for case in cases for hint in case.hints}
    ids = {each.value for each in hints if each.kind in ID_KINDS}
    ids |= {canonical(case.item.message_id) for case in cases}
    others = _other_ids(ids - {""})
    letters = _letters(_which(hints, ids, {email_id for _, email_id, _ in others}))
    senders = {each.value for each in hints if each.kind is CandidateKind.SENDER}
    return Known(
        by_message_id={canonical(each.message_id): each for each in letters},
        by_other_id=by_other_id(others, {each.pk: each for each in letters}),
        by_public_id={each.public_id: each for each in letters},
        by_address=_by_address(letters),
        prospects={each.address_key: each for each in _prospects(senders)},
        inboxes=dict(Inbox.objects.values_list("pk", "address_key")),
        shared=_shared({each.domain for each in letters}),
    )


def _other_ids(ids: Iterable[str]) -> list[tuple[str, int, IdSource]]:
    """Read which of the ids a provider gave to a letter of ours."""
    rows = OtherId.objects.filter(message_id__in=list(ids))
    return list(rows.values_list("message_id", "email_id", "source"))


def _which(hints: Iterable[Hint], ids: set[str], keys: set[int]) -> Q:
    """Every part has an index of its own; a join for the other ids would use none of them."""
    marks = {each.value for each in hints if each.kind in _MARKS} | set(map(mark_in_id, ids))
    addresses = {each.value for each in hints if each.kind in _ADDRESSES}
    return (
        Q(message_id__in=ids - {""})
        | Q(public_id__in=marks - {""})
        | Q(pk__in=keys)
        | Q(address_key__in=addresses, state__in=REACHED)
    )


def _letters(which: Q) -> list[Email]:
    """Read letters, the newest first; nothing that is done with an answer needs their text."""
    rows = Email.objects.filter(which).defer("body", "references").select_related("prospect")
    return list(rows.prefetch_related("campaign").order_by("-id"))


def _by_address(letters: Iterable[Email]) -> dict[str, list[Email]]:
    found: dict[str, list[Email]] = {}
    for each in letters:
        if each.state in REACHED:
            found.setdefault(each.address_key, []).append(each)
    return found


def _shared(domains: Iterable[str]) -> frozenset[str]:
    """Tell at which companies we know more than one person; a public provider is no company."""
    companies = [each for each in domains if are_colleagues(each)]
    rows = Prospect.objects.filter(domain__in=companies).values("domain").annotate(n=Count("id"))
    return frozenset(rows.filter(n__gt=1).values_list("domain", flat=True))


def _prospects(senders: Iterable[str]) -> QuerySet[Prospect]:
    return Prospect.objects.filter(address_key__in=[each for each in senders if each])
