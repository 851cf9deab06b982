"""One inbound mail on its way through the steps: what is known of it so far."""

from dataclasses import dataclass

from marketing_agent.engine.intents import Reading
from marketing_agent.engine.values import IdSource, ItemKind
from marketing_agent.inbound.models import InboxItem
from marketing_agent.mail.classify import Classified
from marketing_agent.mail.match import CandidateKind, Strength
from marketing_agent.mail.parse import Mail
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.models import Prospect

THREAD_KINDS = frozenset(str(each) for each in CandidateKind if each.strength is Strength.MARK)
"""Matches that only somebody who has our letter can make; a sender's address anybody can write."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What may tie a mail to a letter: a `Candidate` fit for the store, addresses as their keys."""

    kind: CandidateKind
    value: str
    sender: str = ""
    subject: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class SeenId:
    """A Message-ID under which the letter was seen, and how."""

    message_id: str
    source: IdSource


RULES = "rules"
"""Who read an intent that no person did."""

MODEL = "model:"
"""How the reader's name begins where it was a model."""


@dataclass(slots=True)
class Case:
    """A mail, and what the steps found out, in the order in which they find it.

    Attributes:
        item: the row it was claimed as.
        mail: the parsed mail.
        found: the verdict on its kind.
        hints: what may tie it to a letter of ours, the strongest first.
        kind: what it is taken for.
        letter: our letter that it belongs to.
        prospect: whose it is, also where no letter of ours is known.
        writer: the prospect who wrote it, where that is somebody else.
        match: by which kind of hint.
        match_evidence: what ties it to the letter, in words; ends with the hint's value.
        seen_as: another Message-ID that the letter goes by, as this mail shows.
        company: the domain of the letter, where others of our prospects share it.
        text: what the person wrote, quotes stripped.
        reading: what they want.
        remark: what is wrong with the mail itself, such as bytes that did not come.
    """

    item: InboxItem
    mail: Mail
    found: Classified
    hints: tuple[Hint, ...] = ()
    kind: ItemKind = ItemKind.OTHER
    letter: Email | None = None
    prospect: Prospect | None = None
    writer: Prospect | None = None
    match: str = ""
    match_evidence: str = ""
    seen_as: SeenId | None = None
    company: str = ""
    text: str = ""
    reading: Reading | None = None
    remark: str = ""

    @property
    def proven(self) -> bool:
        """Whether the mail shows a letter of ours, not only an address that we wrote to."""
        return self.letter is not None and self.match in THREAD_KINDS

    @property
    def decided(self) -> bool:
        """Whether a person has said what the mail wants; then nobody else reads it."""
        by = self.item.intent_by
        return by not in {"", RULES} and not by.startswith(MODEL)

    @property
    def sender(self) -> str:
        """The key of the address in From; empty when there is none."""
        return next((each.value for each in self.hints if each.kind is CandidateKind.SENDER), "")

    @property
    def mark(self) -> str:
        """Name the mail in reasons and evidence."""
        return f"inbox item {self.item.public_id}"
