"""Our letters, prospects and inboxes that the hints of one batch of mails point to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from marketing_agent.engine.values import EmailState, IdSource
from marketing_agent.inbound.case import Hint
from marketing_agent.mail.match import CandidateKind
from marketing_agent.mail.message_ids import canonical, mark_in_id, same_but_for_domain
from marketing_agent.mail.quoted_header import fold_subject
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.models import Prospect

ID_KINDS = frozenset({CandidateKind.IN_REPLY_TO, CandidateKind.REFERENCES, CandidateKind.EMBEDDED})
REACHED = (EmailState.SENT, EmailState.UNKNOWN, EmailState.BOUNCED, EmailState.TRANSMITTING)
OTHER_DOMAIN = "other_domain"


@dataclass(frozen=True, slots=True)
class Found:
    """A letter, and how it was known where the hint is not the very id or mark that we gave it."""

    letter: Email
    via: str = ""


@dataclass(slots=True)
class Known:
    """What there is of ours; the letters come the newest first."""

    by_message_id: dict[str, Email] = field(default_factory=dict)
    by_other_id: dict[str, Found] = field(default_factory=dict)
    by_public_id: dict[str, Email] = field(default_factory=dict)
    by_address: dict[str, list[Email]] = field(default_factory=dict)
    prospects: dict[str, Prospect] = field(default_factory=dict)
    inboxes: dict[int, str] = field(default_factory=dict)  # address keys
    shared: frozenset[str] = frozenset()  # domains at which we know more than one person

    @property
    def own(self) -> frozenset[str]:
        """The keys of our own addresses."""
        return frozenset(self.inboxes.values())

    def company(self, letter: Email | None) -> str:
        """Give the domain at which the letter's addressee may have colleagues, else nothing."""
        return letter.domain if letter is not None and letter.domain in self.shared else ""

    def find(self, hint: Hint, inbox_id: int) -> Found | None:
        """Give the letter that a hint points to."""
        if hint.kind in ID_KINDS:
            return self.by_id(hint.value)
        if hint.kind is CandidateKind.QUOTED_HEADER:
            return _found(self._by_header(hint, inbox_id))
        if hint.kind is CandidateKind.SENDER:
            return _found(_nearest(self.by_address.get(hint.value, []), inbox_id))
        return _found(self.by_public_id.get(hint.value))

    def by_id(self, message_id: str) -> Found | None:
        """Give the letter that goes by an id: ours, ours under another domain, or a provider's."""
        if message_id in self.by_message_id:
            return Found(self.by_message_id[message_id])
        marked = self.by_public_id.get(mark_in_id(message_id))
        if marked is not None and same_but_for_domain(message_id, canonical(marked.message_id)):
            return Found(marked, OTHER_DOMAIN)
        return self.by_other_id.get(message_id)

    def _by_header(self, hint: Hint, inbox_id: int) -> Email | None:
        """From has to be this inbox, To whom it wrote to, Subject the letter's: all three."""
        if hint.sender != self.inboxes.get(inbox_id):
            return None
        mine = (each for each in self.by_address.get(hint.value, []) if each.inbox_id == inbox_id)
        return next((each for each in mine if fold_subject(each.subject) == hint.subject), None)

    def prospect(self, hint: Hint) -> Prospect | None:
        """Give the prospect whose address the sender's is, should no letter of ours be known."""
        return self.prospects.get(hint.value) if hint.kind is CandidateKind.SENDER else None

    def own_copy(self, message_id: str, hints: Iterable[Hint]) -> Found | None:
        """Give the letter that a mail of ours is a copy of: by its id, or by the marks it carries."""
        marks = (each for each in hints if each.kind is CandidateKind.OWN_MARK)
        named = (self.by_public_id.get(each.value) for each in marks)
        return self.by_id(message_id) or _found(next(filter(None, named), None))


def by_other_id(
    rows: Iterable[tuple[str, int, IdSource]], letters: Mapping[int, Email]
) -> dict[str, Found]:
    """Order the ids that providers gave; one that two letters are said to have tells neither."""
    said: dict[str, dict[int, str]] = {}
    for message_id, email_id, source in rows:
        said.setdefault(message_id, {})[email_id] = source
    return {
        message_id: Found(letters[email_id], source)
        for message_id, one in said.items()
        if len(one) == 1
        for email_id, source in one.items()
        if email_id in letters
    }


def _found(letter: Email | None) -> Found | None:
    return Found(letter) if letter is not None else None


def _nearest(letters: Sequence[Email], inbox_id: int) -> Email | None:
    """Prefer the newest letter from the inbox that the mail came to, else the newest of all."""
    mine = (each for each in letters if each.inbox_id == inbox_id)
    return next(mine, letters[0] if letters else None)
