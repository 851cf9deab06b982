"""The one choke point: every letter of every kind leaves through `Delivery`, and nothing else sends.

One lane serves one inbox over one connection. The desk answers the door's question after RCPT and right
before DATA, and every outcome is on disk before the next letter of that inbox is touched.
"""

import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from marketing_agent.engine.door import Refusal
from marketing_agent.engine.smtp_outcome import SmtpReply, decide
from marketing_agent.engine.values import Outcome
from marketing_agent.mail.smtp import SmtpSession
from marketing_agent.outbox.models import Email
from marketing_agent.outbox.passage import LETTER, Passage, Recheck
from marketing_agent.outbox.tickets import Desk, NowSource, Result, Ticket
from marketing_agent.store.lanes import Lanes


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

    def serve(self) -> None:
        """Deliver one inbox's letters; trouble of the account ends the lane and gives the rest back."""
        try:
            self._serve()
        finally:
            if self.session is not None:
                self.session.quit()

    def _serve(self) -> None:
        for place, email in enumerate(self.batch):
            if self._deliver(Ticket(email)) is Outcome.ACCOUNT:
                self._give_back(self.batch[place + 1 :])
                break

    def _deliver(self, ticket: Ticket) -> Outcome | None:
        try:
            return self._settle(self._pass(ticket))
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
        return decision.outcome

    def _turn_back(self, ticket: Ticket) -> None:
        self.delivery.desk.turn_back(ticket)
        self.tally.refused[ticket.refusal.code if ticket.refusal else "lease_lost"] += 1

    def _give_back(self, rest: Sequence[Email]) -> None:
        for email in rest:
            sentence = "The inbox's account has trouble; the letter waits."
            refusal = Refusal("account", sentence, next_try=self.delivery.now())
            self._turn_back(Ticket(email, refusal=refusal))

    def _hold(self, ticket: Ticket, trace: str) -> None:
        if self.session is not None:
            self.session.close()
        self.delivery.desk.hold(ticket, trace)
        self.tally.refused["held"] += 1
