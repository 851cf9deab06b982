"""Which of a mail's hints decides: the strongest that is ours, and among equals the newest letter."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from marketing_agent.engine.values import IdSource, ItemKind
from marketing_agent.inbound.case import Case, Hint, SeenId
from marketing_agent.inbound.evidence import Tie, sentence
from marketing_agent.inbound.known import Found, Known
from marketing_agent.mail.match import CandidateKind, Strength
from marketing_agent.mail.message_ids import canonical
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.models import Prospect

REPORTS = frozenset({ItemKind.BOUNCE, ItemKind.COMPLAINT, ItemKind.DELIVERED})

OF_PEOPLE = (
    CandidateKind.OPT_OUT_MARK,
    CandidateKind.IN_REPLY_TO,
    CandidateKind.REFERENCES,
    CandidateKind.PLUS_TAG,
    CandidateKind.EMBEDDED,
    CandidateKind.EMBEDDED_MARK,
    CandidateKind.QUOTED_MARK,
    CandidateKind.QUOTED_HEADER,
    CandidateKind.SENDER,
)
"""The hints of what people and their vacation programs write, the strongest first."""

OF_REPORTS = (
    CandidateKind.EMBEDDED,
    CandidateKind.EMBEDDED_MARK,
    CandidateKind.OPT_OUT_MARK,
    CandidateKind.IN_REPLY_TO,
    CandidateKind.PLUS_TAG,
    CandidateKind.REFERENCES,
    CandidateKind.SENDER,
)
"""A report speaks of the mail that it shows; what that mail quotes is another one, and may be ours."""


def tie(case: Case, known: Known) -> None:
    """Write on the case to which letter, or at least to whom, its mail belongs, and why."""
    found = [(hint, one) for hint, one in _ours(case, known) if hint.kind in _order(case)]
    if found:
        _tie_to_letter(case, known, found)
    else:
        _tie_to_prospect(case, known)


def _ours(case: Case, known: Known) -> Iterator[tuple[Hint, Found]]:
    for hint in _admitted(case):
        found = known.find(hint, case.item.inbox_id)
        if found is not None:
            yield hint, found


def _admitted(case: Case) -> Iterator[Hint]:
    """Of a report's References only the last names what it speaks of; the others name its thread."""
    parent_seen = False
    for hint in case.hints:
        if hint.kind is CandidateKind.REFERENCES and case.kind in REPORTS:
            if parent_seen:
                continue
            parent_seen = True
        yield hint


def _order(case: Case) -> Sequence[CandidateKind]:
    return OF_REPORTS if case.kind in REPORTS else OF_PEOPLE


def _tie_to_letter(case: Case, known: Known, found: Sequence[tuple[Hint, Found]]) -> None:
    ranks = [_rank(case, hint, one) for hint, one in found]
    equals = [each for each, rank in zip(found, ranks, strict=True) if rank == min(ranks)]
    hint, best = max(equals, key=lambda each: _age(each[1].letter))
    case.letter, case.prospect = best.letter, best.letter.prospect
    case.match, case.company = hint.kind, known.company(best.letter)
    case.writer = _writer(case, known)
    case.seen_as = _seen_as(best.letter, found)
    case.match_evidence = sentence(
        Tie(hint, best, _sender_of_answer(case), _contradicting(best.letter, found))
    )


def _rank(case: Case, hint: Hint, found: Found) -> tuple[int, bool]:
    """The less, the stronger; what we wrote into a letter goes above an id that others gave it."""
    taught = hint.kind is CandidateKind.EMBEDDED and found.via != ""
    kind = CandidateKind.EMBEDDED_MARK if taught else hint.kind
    return _order(case).index(kind), taught


def _tie_to_prospect(case: Case, known: Known) -> None:
    """Whom we know but have written no letter to, at least none that left."""
    for hint in case.hints:
        case.prospect = known.prospect(hint)
        if case.prospect is not None:
            case.match, case.match_evidence = hint.kind, sentence(Tie(hint))
            return


def _age(letter: Email) -> tuple[datetime, int]:
    return letter.sent_at or letter.created_at, letter.pk


def _sender_of_answer(case: Case) -> str:
    return "" if case.kind in REPORTS else case.sender


def _writer(case: Case, known: Known) -> Prospect | None:
    """Give the prospect of ours who wrote in somebody else's thread."""
    writer = known.prospects.get(_sender_of_answer(case))
    return writer if writer != case.prospect else None


def _contradicting(letter: Email, found: Sequence[tuple[Hint, Found]]) -> tuple[Hint, Email] | None:
    """Give what proves just as well that the mail belongs to a letter to somebody else."""
    for hint, one in found:
        if hint.kind.strength is Strength.MARK and one.letter.address_key != letter.address_key:
            return hint, one.letter
    return None


def _seen_as(letter: Email, found: Sequence[tuple[Hint, Found]]) -> SeenId | None:
    """Give the id under which the letter went that the mail shows, where its mark was not replaced."""
    for hint, one in found:
        if (
            hint.message_id
            and one.letter == letter
            and hint.message_id != canonical(letter.message_id)
        ):
            return SeenId(hint.message_id, IdSource.SHOWN)
    return None
