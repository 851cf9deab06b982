"""To which of our letters a mail belongs: by identifiers that only our letters carry, never by subject.

The hints of a whole batch are looked up together: one query for the letters, one for the people.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from marketing_agent.campaigns.colleagues import are_colleagues
from marketing_agent.engine.values import EmailState
from marketing_agent.inbound.case import Case, Hint
from marketing_agent.inbound.storable import storable
from marketing_agent.inboxes.models import Inbox
from marketing_agent.mail.address import AddressError, normalise
from marketing_agent.mail.match import CandidateKind, candidates
from marketing_agent.mail.parse import Mail
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.models import Prospect

OPT_OUT_MARK = "opt_out_mark"
_MARKED = re.compile(r"^\W*unsubscribe\s+([a-z2-9]{16,32})\b", re.IGNORECASE)
_IDS = frozenset({CandidateKind.IN_REPLY_TO, CandidateKind.REFERENCES, CandidateKind.EMBEDDED})
_REACHED = (EmailState.SENT, EmailState.UNKNOWN, EmailState.BOUNCED, EmailState.TRANSMITTING)
_LONGEST = 500


@dataclass(slots=True)
class Known:
    """Our letters, prospects and inboxes that the hints of one batch point to."""

    by_message_id: dict[str, Email] = field(default_factory=dict)
    by_public_id: dict[str, Email] = field(default_factory=dict)
    by_address: dict[str, list[Email]] = field(default_factory=dict)
    prospects: dict[str, Prospect] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()  # domains at which we know more than one person

    def company(self, letter: Email | None) -> str:
        """Give the domain at which the letter's addressee may have colleagues, else nothing."""
        return letter.domain if letter is not None and letter.domain in self.shared else ""

    def letter(self, hint: Hint, inbox_id: int) -> Email | None:
        """Give the letter that a hint points to."""
        if hint.kind in _IDS:
            return self.by_message_id.get(hint.value)
        if hint.kind == CandidateKind.SENDER:
            return _nearest(self.by_address.get(hint.value, []), inbox_id)
        return self.by_public_id.get(hint.value)

    def prospect(self, hint: Hint) -> Prospect | None:
        """Give the prospect whose address the sender's is, should no letter of ours be known."""
        return self.prospects.get(hint.value) if hint.kind == CandidateKind.SENDER else None


def hints_of(mail: Mail, original_message_id: str | None) -> tuple[Hint, ...]:
    """Give every hint of a mail once, the strongest first."""
    return tuple(dict.fromkeys(_hints(mail, original_message_id)))


def _hints(mail: Mail, original_message_id: str | None) -> Iterator[Hint]:
    if original_message_id:
        yield Hint(CandidateKind.EMBEDDED, storable(original_message_id, _LONGEST))
    marked = _MARKED.match(mail.subject)
    if marked:
        yield Hint(OPT_OUT_MARK, marked[1].lower())
    for each in candidates(mail):
        value = storable(each.value, _LONGEST)
        if each.kind is CandidateKind.SENDER:
            value = address_key(value)
        if value:
            yield Hint(each.kind, value)


def address_key(raw: str) -> str:
    """Give an address's identity, or nothing when it is none."""
    try:
        return normalise(raw).key
    except AddressError:
        return ""


def look_up(cases: Sequence[Case]) -> Known:
    """Find everything that a batch's hints could mean."""
    hints = {hint for case in cases for hint in case.hints}
    ids = {each.value for each in hints if each.kind in _IDS}
    ids |= {case.item.message_id for case in cases if case.item.message_id}
    marks = {each.value for each in hints if each.kind in {CandidateKind.PLUS_TAG, OPT_OUT_MARK}}
    senders = {each.value for each in hints if each.kind == CandidateKind.SENDER}
    letters = _letters(
        Q(message_id__in=ids)
        | Q(public_id__in=marks)
        | Q(address_key__in=senders, state__in=_REACHED)
    )
    return Known(
        by_message_id={each.message_id: each for each in letters},
        by_public_id={each.public_id: each for each in letters},
        by_address=_by_address(letters),
        prospects={each.address_key: each for each in _prospects(senders)},
        own=frozenset(Inbox.objects.values_list("address_key", flat=True)),
        shared=_shared({each.domain for each in letters}),
    )


def _letters(which: Q) -> list[Email]:
    """Read letters, the newest first; nothing that is done with an answer needs their text."""
    rows = Email.objects.filter(which).defer("body", "references").select_related("prospect")
    return list(rows.prefetch_related("campaign").order_by("-id"))


def _by_address(letters: Iterable[Email]) -> dict[str, list[Email]]:
    found: dict[str, list[Email]] = {}
    for each in letters:
        if each.state in _REACHED:
            found.setdefault(each.address_key, []).append(each)
    return found


def _shared(domains: Iterable[str]) -> frozenset[str]:
    """Tell at which companies we know more than one person; a public provider is no company."""
    companies = [each for each in domains if are_colleagues(each)]
    rows = Prospect.objects.filter(domain__in=companies).values("domain").annotate(n=Count("id"))
    return frozenset(rows.filter(n__gt=1).values_list("domain", flat=True))


def _prospects(senders: Iterable[str]) -> QuerySet[Prospect]:
    return Prospect.objects.filter(address_key__in=[each for each in senders if each])


def _nearest(letters: Sequence[Email], inbox_id: int) -> Email | None:
    """Prefer the newest letter from the inbox that the mail came to, else the newest of all."""
    mine = (each for each in letters if each.inbox_id == inbox_id)
    return next(mine, letters[0] if letters else None)
