"""After a restore, an old copy or a long outage, what is due waits for a person instead of leaving."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from marketing_agent.accounts.models import AuditEntry
from marketing_agent.engine.guard import Mark
from marketing_agent.engine.values import EmailState
from marketing_agent.operations.actions import set_switch
from marketing_agent.operations.models import Alert
from marketing_agent.operations.why_overall import about_switches
from marketing_agent.outbox.actions.guards import begin_generation
from marketing_agent.outbox.actions.release import release_all
from marketing_agent.outbox.models import Attempt, Email, Generation, Guard
from marketing_agent.outbox.review import review
from marketing_agent.outbox.tickets import Ticket
from marketing_agent.store import mark
from outbox.mailroom import BY, MailRoom
from store_copies import keep_copy, put_back

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]


def released(room: MailRoom) -> int:
    return release_all(BY, room.clock.now())


class TestAnOldCopy:
    @pytest.fixture
    def put_back_too_old(self, ready: MailRoom) -> MailRoom:
        """Send to Anna, keep a copy, send to Ben and Clara, and put the copy back."""
        ready.people("anna")
        ready.cycle()
        ready.people("ben", "clara")
        copy = keep_copy()
        assert ready.cycle().outcomes["sent"] == 2
        put_back(copy)
        return ready

    def test_sends_nothing_and_says_what_it_holds(self, put_back_too_old: MailRoom) -> None:
        result = put_back_too_old.cycle()
        assert (result.outcomes.total(), result.refused) == (0, {"review": 2})
        last = Attempt.objects.latest("id").pk
        assert f"ends with try {last}, and try {last + 2} was made" in result.note
        guard = Guard.objects.get()
        assert (guard.cause, guard.letters, guard.steps) == ("rolled_back", 0, 2)
        assert len(put_back_too_old.smtp.accepted) == 3

    def test_calls_a_person_and_says_how_to_go_on(self, put_back_too_old: MailRoom) -> None:
        put_back_too_old.cycle()
        alert = Alert.objects.get(closed_at=None)
        assert alert.severity == "critical"
        assert (
            "What was due is held: 0 letters and 2 further steps, and nothing leaves at all"
            in alert.summary
        )
        assert "outbox release" in alert.proposal
        assert "outbox release" in next(about_switches())

    def test_is_noticed_once_and_not_again_after_the_release(
        self, put_back_too_old: MailRoom
    ) -> None:
        put_back_too_old.cycle()
        put_back_too_old.cycle()
        assert Guard.objects.count() == 1
        released(put_back_too_old)
        assert put_back_too_old.cycle().outcomes["sent"] == 2
        assert Guard.objects.count() == 1
        assert not Alert.objects.filter(closed_at=None).exists()
        assert AuditEntry.objects.filter(action="outbox.release").count() == 1

    def test_begins_a_new_generation_that_the_home_knows(self, put_back_too_old: MailRoom) -> None:
        put_back_too_old.cycle()
        generations = list(Generation.objects.order_by("id").values_list("public_id", flat=True))
        assert len(generations) == 2
        assert mark.read() == Mark(generations[-1], Attempt.objects.latest("id").pk)

    def test_put_back_a_second_time_is_noticed_a_second_time(self, ready: MailRoom) -> None:
        ready.people("anna", "ben")
        ready.cycle(limit=1)
        for times in (1, 2):
            copy = keep_copy()
            assert ready.cycle().outcomes["sent"] == 1
            put_back(copy)
            assert ready.cycle().outcomes.total() == 0
            assert Guard.objects.count() == times
            released(ready)
        assert ready.cycle().refused["review"] == 0

    def test_under_a_worker_in_the_middle_of_a_cycle_lets_no_further_letter_begin(
        self, ready: MailRoom
    ) -> None:
        ready.people("anna")
        ready.cycle()
        ready.people("ben")
        [letter] = ready.claimed()
        known = mark.read()
        assert known is not None
        mark.write(Mark(known.generation, known.high + 10))  # the store lacks ten tries
        with pytest.raises(OperationalError, match="was made before"):
            ready.delivery().desk.admit(Ticket(letter))
        assert ready.deliver([letter]).refused == {"store_trouble": 1}
        assert ready.letter("ben").state == EmailState.PLANNED
        assert len(ready.smtp.accepted) == Attempt.objects.count() == 1


class TestARestore:
    def test_that_changed_the_generation_holds_all_that_is_due(self, ready: MailRoom) -> None:
        ready.people("anna")
        ready.cycle()
        ready.people("ben")
        begin_generation(ready.clock.now())
        Generation.objects.order_by("id").first().delete()  # type: ignore[union-attr]  # as a restore does
        assert ready.cycle().refused == {"review": 1}
        assert Guard.objects.get().cause == "restored"

    def test_that_another_machine_has_noticed_is_followed_without_holding_anything_again(
        self, ready: MailRoom
    ) -> None:
        ready.people("anna")
        ready.cycle()
        here = mark.read()
        assert here is not None
        begin_generation(ready.clock.now())
        ready.people("ben")
        assert ready.cycle().outcomes["sent"] == 1
        assert mark.read() != here
        assert not Guard.objects.exists()

    def test_a_lost_mark_is_suspicious_where_the_store_has_one_home_only(
        self, ready: MailRoom
    ) -> None:
        ready.people("anna")
        ready.cycle()
        ready.people("ben")
        mark.path().unlink()
        refused = ready.cycle().refused
        assert refused == ({"review": 1} if connection.vendor == "sqlite" else {})
        assert mark.read() is not None

    def test_a_mark_that_nobody_can_understand_is_suspicious(self, ready: MailRoom) -> None:
        ready.people("anna")
        ready.cycle()
        ready.people("ben")
        mark.path().write_text("{")
        assert ready.cycle().refused == {"review": 1}


class TestAnOutage:
    def test_of_a_night_holds_nothing(self, ready: MailRoom) -> None:
        ready.people("anna", "ben")
        ready.cycle(limit=1)
        ready.go_down(hours=23)
        assert ready.cycle().outcomes["sent"] == 1

    def test_of_days_holds_what_was_due_and_lets_newer_work_pass(self, ready: MailRoom) -> None:
        ready.people("anna", "ben")
        ready.cycle(limit=1)
        ready.plan()
        ready.people("clara")
        ready.go_down(days=3)
        assert ready.cycle().outcomes.total() == 0
        guard = Guard.objects.get()
        assert (guard.cause, guard.letters, guard.steps) == ("downtime", 1, 2)
        assert (ready.letter("ben").state, ready.letter("ben").reason_code) == ("held", "review")
        ready.later(minutes=1)
        ready.people("dora")
        assert ready.cycle().outcomes["sent"] == 1
        assert [each.to for each in ready.smtp.accepted][-1] == ("dora@dora.example",)

    def test_is_over_when_a_person_says_so_and_all_is_planned_anew(self, ready: MailRoom) -> None:
        ready.people("anna", "ben")
        ready.cycle(limit=1)
        ready.plan()
        ready.go_down(days=3)
        ready.cycle()
        assert released(ready) == 1
        result = ready.cycle()
        assert result.outcomes["sent"] == 2  # Anna's second letter and Ben's first, written anew
        assert len(set(ready.accepted())) == len(ready.accepted()) == 3

    def test_with_nothing_due_is_no_matter(self, ready: MailRoom) -> None:
        ready.cycle()
        ready.go_down(days=30)
        ready.cycle()
        assert not Guard.objects.exists()

    def test_may_be_longer_where_the_operator_says_so(self, ready: MailRoom) -> None:
        set_switch("longest_outage_h", 100, BY, ready.clock.now())
        ready.people("anna", "ben")
        ready.cycle(limit=1)
        ready.go_down(days=3)
        assert ready.cycle().outcomes["sent"] == 2

    def test_under_an_emergency_stop_cycles_go_on_so_it_is_none(self, ready: MailRoom) -> None:
        ready.people("anna")
        set_switch("emergency_stop", True, BY, ready.clock.now())
        for _ in range(6):
            ready.go_down(hours=20)
            ready.cycle()
        set_switch("emergency_stop", False, BY, ready.clock.now())
        assert ready.cycle().outcomes["sent"] == 1
        assert not Guard.objects.exists()


def test_a_person_sees_what_is_held_by_campaign_and_step(ready: MailRoom) -> None:
    ready.people("anna", "ben")
    ready.cycle(limit=1)
    ready.plan()
    assert review().guard is None
    ready.go_down(days=4)
    ready.cycle()
    found = review()
    assert not found.all_held
    parts = [(each.campaign, each.step, each.letters, each.steps) for each in found.parts]
    assert parts == [("First", 1, 1, 0), ("First", 2, 0, 1)]
    assert found.parts[1].oldest == ready.clock.now() - timedelta(days=1)
    assert found.people == ("ben@ben.example", "anna@anna.example")


def test_the_mark_keeps_up_with_every_letter(ready: MailRoom) -> None:
    ready.people("anna", "ben", "clara")
    ready.cycle()
    known = mark.read()
    assert known is not None
    assert known.high == Attempt.objects.latest("id").pk
    assert mark.path().stat().st_mode & 0o777 == 0o600


def test_a_guard_at_the_door_holds_letters_that_were_claimed_before(ready: MailRoom) -> None:
    ready.people("anna")
    [letter] = ready.claimed()
    Guard.objects.create(
        cause="restored", summary="A test.", letters=0, steps=0, noticed_at=ready.clock.now()
    )
    assert ready.deliver([letter]).refused == {"review": 1}
    assert Email.objects.get().reason == "Held for review. A test."
