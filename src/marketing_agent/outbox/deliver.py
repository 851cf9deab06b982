"""The one choke point: every letter of every kind leaves through `Delivery`, and nothing else sends.

One lane serves one inbox over one connection. The desk answers the door's question after RCPT and right
before DATA, and every outcome is on disk before the next letter of that inbox is touched.
"""

import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from marketing_agent.engine.door import Refusal
from marketing_agent.engine.smtp_outcome import SmtpReply, decide
from marketing_agent.engine.values import Outcome
from marketing_agent.mail.smtp import SmtpSession
from marketing_agent.outbox.models import Email
from marketing_agent.outbox.passage import LETTER, Passage, Recheck
from marketing_agent.outbox.tickets import Desk, NowSource, Result, Ticket
from marketing_agent.store.lanes import Lanes
from marketing_agent.store.trouble import STORE_TROUBLE

_FOR_ALL = frozenset(
    {
        "emergency_stop",
        "review",
        "inbox_paused",
        "limit_reached",
        "store_trouble",
        "mark_unwritable",
    }
)
"""Refusals that meet every letter of an inbox alike, answers included."""
_SOON, _LATER = timedelta(minutes=1), timedelta(minutes=15)
_BREAKS = 2
"""Broken connections in a row after which a lane leaves the server alone for a while."""


@dataclass(slots=True)
class Tally:
    """What a delivery came to, by outcome and by reason of refusal."""

    outcomes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Count another lane's letters too."""
        self.outcomes.update(other.outcomes)
        self.refused.update(other.refused)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What delivering needs from outside: desk, lanes, clock, and the last look for a reply."""

    desk: Desk
    lanes: Lanes
    now: NowSource
    recheck: Recheck | None = None

    def run(self, emails: Sequence[Email]) -> Tally:
        """Deliver claimed letters; each ends recorded, refused with a reason, or held."""
        by_inbox: dict[int, list[Email]] = {}
        for email in emails:
            by_inbox.setdefault(email.inbox_id, []).append(email)
        # A lane counts for itself: two threads that add to one number can lose a letter.
        lanes = [_Lane(self, batch) for batch in by_inbox.values()]
        self.lanes.map(_Lane.serve, lanes)
        whole = Tally()
        for lane in lanes:
            whole.add(lane.tally)
        return whole


@dataclass(slots=True)
class _Lane:
    """One inbox's letters over one connection, in order."""

    delivery: Delivery
    batch: Sequence[Email]
    tally: Tally = field(default_factory=Tally)
    session: SmtpSession | None = None
    breaks: int = 0  # in a row

    def serve(self) -> None:
        """Deliver one inbox's letters; trouble of the account ends the lane and gives the rest back."""
        try:
            self._serve()
        finally:
            if self.session is not None:
                self.session.quit()

    def _serve(self) -> None:
        for place, email in enumerate(self.batch):
            ticket = Ticket(email)
            for_all = self._for_all(ticket, self._deliver(ticket))
            if for_all is not None:
                self._give_back(self.batch[place + 1 :], for_all)
                break

    def _for_all(self, ticket: Ticket, outcome: Outcome | None) -> Refusal | None:
        """Give what keeps the inbox's other letters back, too; no server need be asked about them."""
        now, refusal = self.delivery.now(), ticket.refusal
        if outcome is Outcome.ACCOUNT:
            return Refusal(
                "account", "The inbox's account has trouble; the letter waits.", next_try=now
            )
        if outcome is Outcome.UNKNOWN or self.breaks >= _BREAKS:
            sentence = "The connection to the inbox's server kept breaking; the letter waits."
            return Refusal("connection_broken", sentence, next_try=now + _LATER)
        return refusal if refusal is not None and refusal.code in _FOR_ALL else None

    def _deliver(self, ticket: Ticket) -> Outcome | None:
        try:
            return self._settle(self._pass(ticket))
        except STORE_TROUBLE as error:
            self._leave(ticket, error)
            return None
        except Exception:  # noqa: BLE001  a bug in one letter must neither lose it nor stop the others
            self._hold(ticket, traceback.format_exc())
            return None

    def _pass(self, ticket: Ticket) -> Passage:
        delivery = self.delivery
        passage = Passage(ticket, delivery.now(), delivery.desk, delivery.recheck, self.session)
        for step in LETTER:
            step(passage)
            self.session = passage.session
            if passage.ended:
                break
        return passage

    def _settle(self, passage: Passage) -> Outcome | None:
        if passage.reply is None:
            self._turn_back(passage.ticket)
            return None
        return self._record(passage, passage.reply)

    def _record(self, passage: Passage, reply: SmtpReply) -> Outcome:
        decision = decide(reply)
        result = Result(passage.ticket, decision, reply.phase, reply.text, passage.started_at)
        self.delivery.desk.record(result)
        self.tally.outcomes[decision.outcome] += 1
        broke = decision.outcome is Outcome.TEMPORARY and decision.transient
        self.breaks = self.breaks + 1 if broke else 0
        return decision.outcome

    def _turn_back(self, ticket: Ticket) -> None:
        self.delivery.desk.turn_back(ticket)
        self.tally.refused[ticket.refusal.code if ticket.refusal else "lease_lost"] += 1

    def _give_back(self, rest: Sequence[Email], refusal: Refusal) -> None:
        for email in rest:
            self._turn_back(Ticket(email, refusal=refusal))

    def _leave(self, ticket: Ticket, error: Exception) -> None:
        """Give a letter back whose way the store's own trouble has ended; it has done nothing wrong.

        While the store stays away this raises: then the lease lapses, and a rescue settles the letter.
        """
        if ticket.begun:
            self._hold(ticket, traceback.format_exc())
        self._close()
        sentence = f"The store had trouble, so the letter waits: {error}"
        ticket.refusal = Refusal("store_trouble", sentence, next_try=self.delivery.now() + _SOON)
        if not ticket.begun:
            self._turn_back(ticket)

    def _hold(self, ticket: Ticket, trace: str) -> None:
        self._close()
        self.delivery.desk.hold(ticket, trace)
        self.tally.refused["held"] += 1

    def _close(self) -> None:
        if self.session is not None:
            self.session.close()
