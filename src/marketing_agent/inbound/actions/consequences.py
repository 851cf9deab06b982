"""What follows from a mail, by its kind; every function gives the sentence that lists show.

Called inside the transaction that settles the mail. Everything here may happen twice for the same
mail (after a crash, or when somebody reprocesses it) and changes nothing the second time.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from marketing_agent.accounts.actor import job_actor
from marketing_agent.engine.values import BounceType, EvidenceKind, Intent, ItemKind
from marketing_agent.inbound.actions.positives import Wanted, welcome
from marketing_agent.inbound.actions.wishes import (
    Reply,
    colleagues_of,
    end_sequences,
    grant,
    put_off,
    silence,
)
from marketing_agent.inbound.case import Case
from marketing_agent.inbound.threads import address_key
from marketing_agent.mail.classify import Recipient
from marketing_agent.mail.match import CandidateKind
from marketing_agent.operations.actions import open_alert
from marketing_agent.outbox.actions.other_ids import learn_id
from marketing_agent.outbox.actions.resolve import prove_sent
from marketing_agent.outbox.actions.responses import (
    FailureReport,
    nobody_there,
    record_bounce,
    record_complaint,
)
from marketing_agent.outbox.models import Email

BY = job_actor("inbound")
_GONE = frozenset({Intent.WRONG_PERSON, Intent.REFERRAL})
"""What a mailbox says of somebody who has left, with or without a successor's address."""

_AWAY = frozenset({Intent.OUT_OF_OFFICE, Intent.NOT_NOW})
NO_MATCH = "matches no mail of ours"
_TYPES = {"hard": BounceType.HARD, "block": BounceType.BLOCK}


def follow(case: Case, now: datetime) -> str:
    """Do what follows from a mail and say it in a sentence."""
    _prove_delivery(case, now)
    if case.letter is not None and case.seen_as is not None:
        learn_id(case.letter, case.seen_as.message_id, case.seen_as.source, now)
    if case.decided and case.kind is ItemKind.AUTO_REPLY:
        return _replied(case, now)  # a person says what it wants
    return _CONSEQUENCES[case.kind](case, now)


def _prove_delivery(case: Case, now: datetime) -> None:
    """Whoever holds our letter has received it, a server that returns it too: no doubt is left."""
    letter, copied = case.letter, case.kind is ItemKind.OWN_COPY
    if letter is not None and (case.proven or copied):
        kind = EvidenceKind.OWN_COPY if copied else EvidenceKind.NAMED
        said = f"Our own copy is {case.mark}." if copied else f"It is named by {case.mark}."
        prove_sent(letter, kind, said, BY, now)


def _bounced(case: Case, now: datetime) -> str:
    letter = case.letter
    if letter is None or not case.proven:
        return _unproven(case)
    one = _recipient(case.found.recipients, letter)
    if not one.final:
        return "The delivery is delayed; the recipient's server still tries."
    report = FailureReport(
        address_key=letter.address_key,
        type=_TYPES.get(one.category, BounceType.SOFT),
        status=one.status or "",
        diagnostic=one.diagnostic,
        reason=one.reason,
    )
    if record_bounce(letter, report, case.item, now) is None:
        return "This failure is counted already."
    return (
        f"A {report.type} bounce of the letter to {letter.to_address}: {one.reason or 'no reason'}."
    )


def _unproven(case: Case) -> str:
    """Anybody can write a report; one that shows no letter of ours changes nothing."""
    named = ", ".join(each.recipient for each in case.found.recipients[:3])
    return f"{NO_MATCH} (it names {named})" if named else NO_MATCH


def _recipient(recipients: Iterable[Recipient], letter: Email) -> Recipient:
    """Give what the report says of our letter's one recipient, whom it may name by an alias."""
    found = list(recipients)
    for each in found:
        if letter.address_key in {address_key(each.recipient), address_key(each.original)}:
            return each
    finals = [each for each in found if each.final] or found
    return finals[0] if finals else Recipient(letter.to_address, "unknown", None, final=True)


def _complained(case: Case, now: datetime) -> str:
    kind = case.found.feedback_type or "abuse"
    if kind == "not-spam":
        return "The recipient says that our letter is no spam."
    if case.letter is None or not case.proven:
        _warn_of_complaint(case, now)
        return _unproven(case)
    if record_complaint(case.letter, case.item, kind, now) is None:
        return "This complaint is counted already."
    return f"A complaint ({kind}) about the letter to {case.letter.to_address}: it is suppressed."


def _warn_of_complaint(case: Case, now: datetime) -> None:
    open_alert(
        "complaint-unmatched",
        "warning",
        f"A complaint came in that shows no letter of ours ({case.mark}).",
        proposal="Read it; when it is genuine, suppress the address by hand.",
        now=now,
    )


def _replied(case: Case, now: datetime) -> str:
    return grant(_reply(case), _wanted(case), BY, now)


def _reply(case: Case) -> Reply:
    """Give the mail as a reply; one that shows no letter of ours speaks for its own sender alone."""
    trusted = case.proven or case.match == CandidateKind.SENDER
    company = case.company if colleagues_of(case.letter) else ""
    return Reply(case.item, case.prospect, case.letter, case.writer, trusted, company)


def _wanted(case: Case) -> Wanted:
    if case.reading is None:
        return Wanted(Intent.UNCLEAR, case.text)
    return Wanted(case.reading.intent, case.text, case.reading.until)


def _answered_by_machine(case: Case, now: datetime) -> str:
    wanted = _wanted(case)
    if wanted.intent is Intent.OPT_OUT:
        end_sequences(_reply(case), f"opt out ({case.mark})", now)
        return silence(_reply(case), BY, now)
    if case.prospect is None:
        return NO_MATCH
    if wanted.intent in _GONE:
        nobody_there(case.prospect.pk, f"the mailbox says so itself ({case.mark})", now)
        welcome(case.item, case.prospect, wanted, now)
        return "An automatic answer: the person is gone or the wrong one; the sequence has ended."
    back = wanted.until if wanted.intent in _AWAY else None
    return f"An automatic answer: the sequence waits until {put_off(_reply(case), back, now)}."


def _copied(case: Case, now: datetime) -> str:
    del now
    return "A copy of our own letter." if case.letter else "Written from one of our own inboxes."


def _challenged(case: Case, now: datetime) -> str:
    del case, now
    return "Asks to prove that a person wrote; only a person can answer that."


def _delivered(case: Case, now: datetime) -> str:
    del now
    return "A server reports that it delivered our letter." if case.proven else NO_MATCH


def _other(case: Case, now: datetime) -> str:
    if case.reading is not None and case.reading.intent is Intent.OPT_OUT:
        return silence(_reply(case), BY, now)
    return NO_MATCH


_CONSEQUENCES: dict[ItemKind, Callable[[Case, datetime], str]] = {
    ItemKind.BOUNCE: _bounced,
    ItemKind.COMPLAINT: _complained,
    ItemKind.REPLY: _replied,
    ItemKind.AUTO_REPLY: _answered_by_machine,
    ItemKind.OWN_COPY: _copied,
    ItemKind.CHALLENGE_RESPONSE: _challenged,
    ItemKind.DELIVERED: _delivered,
    ItemKind.OTHER: _other,
}
