"""An inbound mail's life: the steps that every fetched mail goes through, and their one loop.

A mail that breaks a step is held with its traceback and the others go on. All that follows from one
mail is written in one transaction; a mail read twice changes nothing the second time.
"""

import traceback
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.db import OperationalError

from marketing_agent.accounts.actor import Actor
from marketing_agent.engine.intents import Reading
from marketing_agent.engine.values import IdSource, Intent, ItemKind, ItemState
from marketing_agent.inbound.actions import hold, put_back, release, settle
from marketing_agent.inbound.actions.arrivals import remark
from marketing_agent.inbound.case import Case, SeenId
from marketing_agent.inbound.claim import LeaseLostError, claim, rescue
from marketing_agent.inbound.known import Known
from marketing_agent.inbound.matching import tie
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inbound.storable import storable
from marketing_agent.inbound.threads import OPT_OUT_MARK, hints_of, look_up
from marketing_agent.inboxes.actions import check_inboxes
from marketing_agent.mail.classify import classify
from marketing_agent.mail.intent import intent_of, own_words
from marketing_agent.mail.message_ids import canonical
from marketing_agent.mail.parse import parse
from marketing_agent.store.repeatable import repeatable

T = TypeVar("T")
Step = Callable[[Case, Known], None]

PORTION = 100
"""Mails claimed and looked up together."""

_LONGEST_TEXT = 20_000
_KINDS = {
    "bounce": ItemKind.BOUNCE,
    "complaint": ItemKind.COMPLAINT,
    "auto-reply": ItemKind.AUTO_REPLY,
    "challenge-response": ItemKind.CHALLENGE_RESPONSE,
    "delivered": ItemKind.DELIVERED,
}
_WRITTEN = frozenset({ItemKind.REPLY, ItemKind.AUTO_REPLY})


def spot_own_copy(case: Case, known: Known) -> None:
    """A mail of ours, seen again in All Mail or written by hand from this account, is no reply."""
    copy = known.own_copy(canonical(case.item.message_id), case.hints)
    # A stranger may repeat our Message-ID, so the sender has to be ours as well.
    if case.sender in known.own and (copy is not None or case.found.kind == "human"):
        case.kind = ItemKind.OWN_COPY
        if copy is not None:
            case.letter = copy.letter
            case.seen_as = SeenId(canonical(case.item.message_id), IdSource.OWN_COPY)


def tell_kind(case: Case, known: Known) -> None:
    """Bounce, complaint, automatic answer, or a person's mail, which may turn out to be a reply."""
    del known
    if case.kind is not ItemKind.OWN_COPY:
        case.kind = _KINDS.get(case.found.kind, ItemKind.OTHER)


def match_letter(case: Case, known: Known) -> None:
    """Find the letter that the mail belongs to: by the strongest hint that fits."""
    if case.kind is not ItemKind.OWN_COPY:
        tie(case, known)


def tell_reply(case: Case, known: Known) -> None:
    """A person's mail is a reply once it belongs to a letter or a prospect of ours."""
    del known
    if case.kind is ItemKind.OTHER and case.match:
        case.kind = ItemKind.REPLY


def strip_quote(case: Case, known: Known) -> None:
    """Keep what the person wrote; our own words below it say nothing of what they want."""
    del known
    if case.kind in _WRITTEN or case.kind is ItemKind.OTHER:
        case.text = storable(own_words(case.mail), _LONGEST_TEXT)


def tell_intent(case: Case, known: Known) -> None:
    """Read what the person wants; the subject of a List-Unsubscribe mail says it all.

    Where a person has said it already, that stands.
    """
    if case.decided:
        case.reading = Reading(Intent(case.item.intent), 1.0, (), case.item.until)
    elif case.kind is ItemKind.COMPLAINT and case.found.feedback_type == "opt-out":
        case.kind = ItemKind.REPLY if case.match else ItemKind.OTHER
        case.reading = Reading(Intent.OPT_OUT, 1.0, ("the unsubscribe button",))
    elif case.match == OPT_OUT_MARK or _says_unsubscribe(case):
        case.reading = Reading(Intent.OPT_OUT, 1.0, (case.mail.subject[:80],))
    elif case.kind in _WRITTEN:
        case.reading = intent_of(
            case.mail,
            automatic=case.kind is ItemKind.AUTO_REPLY,
            ours=frozenset(known.own),
            words=case.text,
        )


STEPS: tuple[Step, ...] = (
    spot_own_copy,
    tell_kind,
    match_letter,
    tell_reply,
    strip_quote,
    tell_intent,
)
"""What happens to each mail before `settle` writes the result with everything that follows."""


def process_new(limit: int, owner: str, now: datetime) -> dict[str, int]:
    """Work through fetched mail, the oldest first, at most `limit`; gives counts by state and kind.

    What a power cut takes of it is done again: the mail itself was stored durably.
    """
    with repeatable():
        return _process(limit, owner, now)


def _process(limit: int, owner: str, now: datetime) -> dict[str, int]:
    rescue(now)
    counts: Counter[str] = Counter(processed=0, held=0)
    harmed: set[int] = set()
    while limit > 0:
        items = claim(min(limit, PORTION), owner)
        if not items:
            break
        _work_through(items, counts, harmed, now)
        limit -= len(items)
    if harmed:
        check_inboxes(sorted(harmed), now)
    return dict(counts)


def reprocess(limit: int, owner: str, by: Actor, now: datetime) -> dict[str, int]:
    """Take up what was held or failed once more; gives how many, and what came of them."""
    released = release(by, now, limit=limit)
    return {"released": released, **process_new(limit, owner, now)}


def _work_through(
    items: Sequence[InboxItem], counts: Counter[str], harmed: set[int], now: datetime
) -> None:
    opened = (_guarded(item, partial(_open, item), now) for item in items)
    cases = [case for case in opened if case is not None]
    counts["held"] += len(items) - len(cases)
    known = look_up(cases)
    for case in cases:
        state = _guarded(case.item, partial(_take_steps, case, known, now), now)
        counts[state or "held"] += 1
        if state == ItemState.PROCESSED:
            counts[case.kind] += 1
            if case.kind in {ItemKind.BOUNCE, ItemKind.COMPLAINT} and case.letter is not None:
                harmed.add(case.letter.inbox_id)


def _open(item: InboxItem) -> Case:
    raw = zlib.decompress(item.raw.compressed)
    mail = parse(raw)
    found = classify(mail)
    hints = hints_of(mail, found.original_message_id)
    return Case(item, mail, found, hints, remark=remark(item.size, len(raw)))


def _take_steps(case: Case, known: Known, now: datetime) -> ItemState:
    for step in STEPS:
        step(case, known)
    return settle(case, now)


def _guarded(item: InboxItem, work: Callable[[], T], now: datetime) -> T | None:
    """Do `work`; trouble of the database gives the mail back, a bug holds it with its traceback."""
    try:
        return work()
    except LeaseLostError:
        return None  # whoever has the mail now writes what becomes of it
    except OperationalError as error:
        put_back(item, str(error), now)
    except Exception:  # noqa: BLE001  a poison mail must neither be lost nor stop the others
        hold(item, traceback.format_exc(), now)
    return None


def _says_unsubscribe(case: Case) -> bool:
    person = case.kind in {ItemKind.REPLY, ItemKind.OTHER}
    return person and case.mail.subject.strip().casefold().startswith("unsubscribe")
