"""Why a mail belongs to a letter, in a sentence for whoever reads the list of inbound mail."""

from dataclasses import dataclass

from marketing_agent.campaigns.colleagues import are_colleagues
from marketing_agent.engine.values import IdSource
from marketing_agent.inbound.case import Hint
from marketing_agent.inbound.known import OTHER_DOMAIN, Found
from marketing_agent.inbound.storable import storable
from marketing_agent.mail.match import CandidateKind
from marketing_agent.outbox.models import Email

LONGEST = 500  # characters; the column

_SAYS = {
    CandidateKind.OPT_OUT_MARK: "The subject carries the opt-out mark of",
    CandidateKind.IN_REPLY_TO: "In-Reply-To names",
    CandidateKind.REFERENCES: "References name",
    CandidateKind.PLUS_TAG: "The plus tag that it was sent to is that of",
    CandidateKind.EMBEDDED: "The mail that it shows is",
    CandidateKind.EMBEDDED_MARK: "The mail that it shows carries the mark of",
    CandidateKind.QUOTED_MARK: "What it quotes or attaches carries the mark of",
    CandidateKind.QUOTED_HEADER: "From, To and Subject of a quoted header are those of",
    CandidateKind.SENDER: "Nothing but its sender's address ties it to",
}
_VIA = {
    "": "",
    OTHER_DOMAIN: ", by our Message-ID with another domain",
    IdSource.ANNOUNCED: ", by the Message-ID that the mail server gave it",
    IdSource.OWN_COPY: ", by the Message-ID that our own copy of it has",
    IdSource.SHOWN: ", by the Message-ID under which it was seen before",
}


@dataclass(frozen=True, slots=True)
class Tie:
    """What ties a mail to a letter.

    Attributes:
        hint: what decided.
        found: the letter, and how it was known; None where only a prospect is.
        sender: the address that answered; empty for reports.
        contradicting: a hint that is ours just as well, and names a letter to somebody else.
    """

    hint: Hint
    found: Found | None = None
    sender: str = ""
    contradicting: tuple[Hint, Email] | None = None


def sentence(tie: Tie) -> str:
    """Say it in words; the value that was found stands at the end, in parentheses."""
    value = f" ({tie.hint.value})"
    words = storable(_words(tie), max(0, LONGEST - len(value)))
    return storable(f"{words}{value}", LONGEST)


def _words(tie: Tie) -> str:
    if tie.found is None:
        return "Its sender is a prospect whom no letter of ours has reached."
    letter = tie.found.letter
    said = f"{_SAYS[tie.hint.kind]} {_named(letter)}{_VIA[tie.found.via]}."
    return " ".join(filter(None, (said, _who(letter, tie.sender), _against(tie.contradicting))))


def _named(letter: Email) -> str:
    at = letter.sent_at or letter.created_at
    return f"the letter of {at.day} {at:%B %Y} to {letter.to_address}"


def _who(letter: Email, sender: str) -> str:
    """Say who answered, where it is not the one whom the letter was for."""
    if not sender or sender == letter.address_key:
        return ""
    company = sender.rpartition("@")[2]
    if company == letter.domain and are_colleagues(company):
        return f"A colleague answered, or the same person from another address there: {sender}."
    return f"The answer came from another address: {sender}."


def _against(contradicting: tuple[Hint, Email] | None) -> str:
    if contradicting is None:
        return ""
    hint, letter = contradicting
    return f"{_SAYS[hint.kind]} {_named(letter)} as well; the stronger and newer evidence counts."
