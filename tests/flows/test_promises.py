"""Random histories of sending, answers, faults and deaths; the promises hold after every step."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from marketing_agent.engine.values import BounceType, EmailState, SuppressionCause
from marketing_agent.inboxes.actions import pause, resume
from marketing_agent.inboxes.models import Inbox
from marketing_agent.operations.actions import end_stop, start_stop
from marketing_agent.outbox.actions.dead import replay
from marketing_agent.outbox.actions.resolve import resolve
from marketing_agent.outbox.actions.responses import (
    FailureReport,
    record_bounce,
    record_complaint,
    reply_received,
)
from marketing_agent.outbox.actions.suppress import suppress
from marketing_agent.outbox.claim import rescue
from marketing_agent.outbox.deliver import Delivery
from marketing_agent.outbox.desk import DirectDesk
from marketing_agent.outbox.models import Email
from marketing_agent.outbox.send import run_cycle
from marketing_agent.outbox.tickets import Result, Ticket
from marketing_agent.prospects.models import Prospect
from marketing_agent.sandbox import invariants
from marketing_agent.sandbox.answers import Answer, Mishap, Verb
from marketing_agent.workers.threads import InlineLanes
from outbox.mailroom import BY, MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]

ANSWERS: tuple[tuple[Verb, Answer], ...] = (
    (Verb.RCPT, None),
    (Verb.RCPT, "550 5.1.1 no such user"),
    (Verb.RCPT, "452 4.2.2 mailbox full"),
    (Verb.RCPT, "451 4.7.1 greylisted, try again later"),
    (Verb.RCPT, Mishap.CLOSE),
    (Verb.AUTH, "535 5.7.8 bad credentials"),
    (Verb.FINAL, "550 5.7.1 blocked as spam"),
    (Verb.FINAL, "451 4.3.0 try later"),
    (Verb.FINAL, Mishap.CLOSE),
    (Verb.FINAL, Mishap.ACCEPT_AND_CLOSE),
)


class Killed(BaseException):
    """SIGKILL, as far as a test within one process can have it."""


class DyingDesk(DirectDesk):
    """A desk whose worker dies at a chosen moment of the first letter."""

    moment = ""

    def admit(self, ticket: Ticket) -> bool:
        if self.moment == "before the door":
            raise Killed
        admitted = super().admit(ticket)
        if self.moment == "before DATA":
            raise Killed
        return admitted

    def record(self, result: Result) -> None:
        if self.moment == "before the record":
            raise Killed
        super().record(result)


class Histories(RuleBasedStateMachine):
    """One world; each rule is something that happens in it."""

    room: MailRoom

    @initialize()
    def begin(self) -> None:
        self.world = transaction.atomic()
        self.world.__enter__()
        self.room.smtp.decide = lambda _: None
        self.already = len(self.room.smtp.accepted)
        self.room = MailRoom(self.room.smtp)
        self.room.inbox(daily_limit=6, window_days="0,1,2,3,4,5,6")
        self.room.inbox("inbox2@example.com", daily_limit=6, warmup_enabled=True)
        self.room.campaign(steps=3)
        self.number = 0

    def teardown(self) -> None:
        if hasattr(self, "world"):
            transaction.set_rollback(True)
            self.world.__exit__(None, None, None)

    @rule(tier=st.sampled_from(["hot", "warm", "cold"]))
    def a_prospect_is_ready(self, tier: str) -> None:
        self.number += 1
        self.room.prospect(f"person{self.number}", tier=tier)

    @rule(minutes=st.sampled_from([1, 15, 120, 24 * 60, 3 * 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.room.later(minutes=minutes)

    @rule()
    def a_cycle_runs(self) -> None:
        self.room.cycle()

    @rule(answer=st.sampled_from(ANSWERS))
    def the_server_changes_its_mind(self, answer: tuple[Verb, Answer]) -> None:
        self.room.answer(*answer)

    @rule(moment=st.sampled_from(["before the door", "before DATA", "before the record"]))
    def a_worker_dies_and_is_missed(self, moment: str) -> None:
        desk = DyingDesk(self.room.clock.now)
        desk.moment = moment
        delivery = Delivery(desk, InlineLanes(), self.room.clock.now)
        try:
            run_cycle(delivery, "dying")
        except Killed:
            Email.objects.exclude(lease_until=None).update(lease_until=Now() - timedelta(seconds=1))
        rescue(self.room.clock.now())

    @rule()
    def somebody_stops_everything(self) -> None:
        start_stop("a doubt", BY, self.room.clock.now())

    @rule()
    def the_stop_ends(self) -> None:
        end_stop(BY, self.room.clock.now())

    @rule(hours=st.sampled_from([1, 48]))
    def an_inbox_is_paused(self, hours: int) -> None:
        now = self.room.clock.now()
        inbox = Inbox.objects.earliest("id")
        until = now + timedelta(hours=hours)
        pause(inbox.pk, cause="manual", reason="a doubt", until=until, by=BY, now=now)

    @rule()
    def the_pause_ends(self) -> None:
        resume(Inbox.objects.earliest("id").pk, by=BY, now=self.room.clock.now())

    @precondition(lambda self: self.number > 0)
    @rule(data=st.data())
    def somebody_opts_out(self, data: st.DataObject) -> None:
        key = self._somebody(data).address_key
        suppress("address", key, SuppressionCause.OPT_OUT, "asked", BY, self.room.clock.now())

    @precondition(lambda self: self.number > 0)
    @rule(data=st.data())
    def somebody_replies(self, data: st.DataObject) -> None:
        reply_received(self._somebody(data).pk, "a reply", self.room.clock.now())

    @rule(kind=st.sampled_from(BounceType))
    def a_report_of_failure_comes_back(self, kind: BounceType) -> None:
        sent = Email.objects.filter(state=EmailState.SENT).order_by("id").last()
        if sent is not None:
            report = FailureReport(sent.address_key, kind, "5.0.0")
            record_bounce(sent, report, None, self.room.clock.now())

    @rule()
    def somebody_complains(self) -> None:
        sent = Email.objects.filter(state=EmailState.SENT).order_by("id").first()
        if sent is not None:
            record_complaint(sent, None, "abuse", self.room.clock.now())

    @rule()
    def a_person_resolves_what_is_unknown(self) -> None:
        accepted = set(self._accepted())
        for email in Email.objects.filter(state=EmailState.UNKNOWN):
            sent = email.message_id in accepted
            resolve(email.public_id, sent=sent, reason="log", by=BY, now=self.room.clock.now())

    @rule()
    def a_person_replays_dead_letters(self) -> None:
        for email in Email.objects.filter(state=EmailState.DEAD):
            replay(email.public_id, BY, self.room.clock.now())

    @invariant()
    def every_promise_is_kept(self) -> None:
        if hasattr(self, "world"):
            kept = invariants.check(invariants.gather(self._accepted()))
            assert all(kept.values()), [name for name, held in kept.items() if not held]

    def _accepted(self) -> list[str]:
        return self.room.accepted()[self.already :]

    def _somebody(self, data: st.DataObject) -> Prospect:
        return data.draw(st.sampled_from(list(Prospect.objects.order_by("id"))))


@pytest.fixture
def histories(room: MailRoom) -> Iterator[type[Histories]]:
    Histories.room = room
    yield Histories
    del Histories.room


def search(histories: type[Histories], examples: int, steps: int) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]  # hypothesis leaves it untyped
        histories,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_history_breaks_a_promise(histories: type[Histories]) -> None:
    search(histories, examples=40, steps=25)


@pytest.mark.long
def test_no_long_history_breaks_a_promise(histories: type[Histories]) -> None:
    search(histories, examples=400, steps=60)
