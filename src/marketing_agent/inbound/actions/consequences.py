"""What follows from a mail, by its kind; every function gives the sentence that lists show.

Called inside the transaction that settles the mail. Everything here may happen twice for the same
mail (after a crash, or when somebody reprocesses it) and changes nothing the second time.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from marketing_agent.accounts.actor import job_actor
from marketing_agent.engine.values import BounceType, EvidenceKind, Intent, ItemKind
from marketing_agent.inbound.actions.absences import write_later
from marketing_agent.inbound.actions.answers import withdraw
from marketing_agent.inbound.actions.positives import Wanted, welcome
from marketing_agent.inbound.case import Case
from marketing_agent.inbound.threads import address_key
from marketing_agent.mail.classify import Recipient
from marketing_agent.operations.actions import open_alert
from marketing_agent.outbox.actions.other_ids import learn_id
from marketing_agent.outbox.actions.resolve import prove_sent
from marketing_agent.outbox.actions.responses import (
    FailureReport,
    nobody_there,
    opted_out,
    record_bounce,
    record_complaint,
    reply_received,
)
from marketing_agent.outbox.models import Email
from marketing_agent.prospects.models import Prospect

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
    intent = case.reading.intent if case.reading else Intent.UNCLEAR
    words = intent.replace("_", " ")
    if case.prospect is not None and intent is Intent.OUT_OF_OFFICE:
        # A program that answers in its owner's name without saying so, or a person who does the same.
        return f"Out of office: the sequence waits until {_put_off(case, case.prospect, now)}."
    if case.prospect is not None:
        reason = f"replied: {words} ({case.mark})"
        reply_received(case.prospect.pk, reason, now, colleagues_at=_colleagues_at(case))
        if case.writer is not None:  # who answers for somebody else has answered for himself, too
            reply_received(case.writer.pk, reason, now)
    for each in filter(None, (case.prospect, case.writer)):
        withdraw(each.pk, case.item, f"they have written again ({case.mark})", now)
    if intent is Intent.OPT_OUT:
        return opt_out(case, now)
    until = case.reading.until if case.reading else None
    welcome(case.item, case.prospect, Wanted(intent, case.text, until), now)
    return f"A reply: {words}; the sequence has ended."


def _colleagues_at(case: Case) -> str:
    """Give the company that is left in peace with the one who answered, where the campaign says so."""
    letter = case.letter
    if letter is None or letter.campaign is None or not letter.campaign.stop_for_colleagues:
        return ""
    return case.company


def opt_out(case: Case, now: datetime) -> str:
    """Never write again to the address written to, nor to the one that asks, should it be another."""
    keys = {address_key(case.item.from_address)}
    if case.letter is not None:
        keys.add(case.letter.address_key)
    elif case.prospect is not None:
        keys.add(case.prospect.address_key)
    for key in sorted(keys - {""}):
        opted_out(key, f"asked for silence ({case.mark})", BY, now)
    return "An opt-out: the address is suppressed."


def _answered_by_machine(case: Case, now: datetime) -> str:
    if case.prospect is None:
        return NO_MATCH
    if case.reading is not None and case.reading.intent in _GONE:
        nobody_there(case.prospect.pk, f"the mailbox says so itself ({case.mark})", now)
        return "An automatic answer: the person is gone or the wrong one; the sequence has ended."
    return f"An automatic answer: the sequence waits until {_put_off(case, case.prospect, now)}."


def _put_off(case: Case, prospect: Prospect, now: datetime) -> date:
    back = case.reading.until if case.reading and case.reading.intent in _AWAY else None
    return write_later(prospect.pk, back, case.mark, now)


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
        return opt_out(case, now)
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
