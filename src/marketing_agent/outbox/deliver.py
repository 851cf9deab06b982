"""The one choke point: every letter of every kind leaves through `deliver`, and nothing else sends.

One lane serves one inbox over one connection. The desk answers the door's question after RCPT and right
before DATA, and every outcome is on disk before the next letter of that inbox is touched.
"""

import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from marketing_agent.engine.door import Refusal
from marketing_agent.engine.smtp_outcome import Phase, SmtpReply, decide
from marketing_agent.engine.values import EmailKind, Outcome
from marketing_agent.inboxes.connection import smtp_endpoint
from marketing_agent.inboxes.secrets import SecretError
from marketing_agent.mail.compose import to_bytes
from marketing_agent.mail.smtp import SmtpSession
from marketing_agent.outbox.letter import letter_of
from marketing_agent.outbox.models import Email
from marketing_agent.outbox.tickets import Desk, NowSource, Result, Ticket

T = TypeVar("T")
Recheck = Callable[[Email], Refusal | None]


class Lanes(Protocol):
    """Runs a function over items, one after the other or side by side."""

    def map(self, function: Callable[[T], None], items: Iterable[T]) -> None:
        """Run `function` over all items and return when the last one is done."""


@dataclass(slots=True)
class Tally:
    """What a delivery came to, by outcome and by reason of refusal."""

    outcomes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What delivering needs from outside: desk, lanes, clock, and the last look for a reply."""

    desk: Desk
    lanes: Lanes
    now: NowSource
    recheck: Recheck | None = None

    def run(self, emails: Sequence[Email]) -> Tally:
        """Deliver claimed letters; each ends recorded, refused with a reason, or held."""
        tally = Tally()
        by_inbox: dict[int, list[Email]] = {}
        for email in emails:
            by_inbox.setdefault(email.inbox_id, []).append(email)
        self.lanes.map(lambda batch: _Lane(self, tally).serve(batch), by_inbox.values())
        return tally


@dataclass(slots=True)
class _Lane:
    """One inbox's letters over one connection, in order."""

    delivery: Delivery
    tally: Tally
    session: SmtpSession | None = None

    def serve(self, batch: Sequence[Email]) -> None:
        """Deliver one inbox's letters; trouble of the account ends the lane and gives the rest back."""
        try:
            self._serve(batch)
        finally:
            if self.session is not None:
                self.session.quit()

    def _serve(self, batch: Sequence[Email]) -> None:
        for place, email in enumerate(batch):
            if self._deliver(Ticket(email)) is Outcome.ACCOUNT:
                self._give_back(batch[place + 1 :])
                break

    def _deliver(self, ticket: Ticket) -> Outcome | None:
        try:
            return self._try(ticket)
        except Exception:  # noqa: BLE001  a bug in one letter must neither lose it nor stop the others
            self._hold(ticket, traceback.format_exc())
            return None

    def _try(self, ticket: Ticket) -> Outcome | None:
        late = self._late_reply(ticket.email)
        if late is not None:
            self._turned_back(ticket, late)
            return None
        started = self.delivery.now()
        data = to_bytes(letter_of(ticket.email, started))
        reply = self._submit(ticket, data)
        if reply is None:
            self._turned_back(ticket, ticket.refusal)
            return None
        return self._record(Result(ticket, decide(reply), reply.phase, reply.text, started))

    def _late_reply(self, email: Email) -> Refusal | None:
        if self.delivery.recheck is None or email.kind != EmailKind.FOLLOW_UP:
            return None
        return self.delivery.recheck(email)

    def _submit(self, ticket: Ticket, data: bytes) -> SmtpReply | None:
        trouble = self._open(ticket.email)
        if trouble is not None or self.session is None:
            return trouble
        return self.session.submit(
            ticket.email.inbox.address,
            ticket.email.to_address,
            data,
            lambda: self.delivery.desk.admit(ticket),
        )

    def _open(self, email: Email) -> SmtpReply | None:
        if self.session is not None and self.session.is_open:
            return None
        try:
            self.session = SmtpSession(smtp_endpoint(email.inbox))
        except SecretError as error:
            return SmtpReply(Phase.LOGIN, None, str(error))
        return self.session.open()

    def _record(self, result: Result) -> Outcome:
        self.delivery.desk.record(result)
        self.tally.outcomes[result.decision.outcome] += 1
        return result.decision.outcome

    def _turned_back(self, ticket: Ticket, refusal: Refusal | None) -> None:
        ticket.refusal = refusal
        self.delivery.desk.turn_back(ticket)
        self.tally.refused["lease_lost" if refusal is None else refusal.code] += 1

    def _give_back(self, rest: Sequence[Email]) -> None:
        for email in rest:
            sentence = "The inbox's account has trouble; the letter waits."
            self._turned_back(
                Ticket(email), Refusal("account", sentence, next_try=self.delivery.now())
            )

    def _hold(self, ticket: Ticket, trace: str) -> None:
        if self.session is not None:
            self.session.close()
        self.delivery.desk.hold(ticket, trace)
        self.tally.refused["held"] += 1
