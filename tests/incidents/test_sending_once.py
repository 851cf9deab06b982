"""Letters that left and were not known, or left again."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from incidents.trouble import mend, refuse
from marketing_agent.engine.values import EmailState
from marketing_agent.outbox.claim import rescue
from marketing_agent.outbox.deliver import Delivery
from marketing_agent.outbox.desk import DirectDesk
from marketing_agent.outbox.models import Attempt, Email
from marketing_agent.outbox.tickets import Result
from marketing_agent.prospects.models import Prospect
from marketing_agent.sandbox.answers import Mishap, Verb, as_usual
from marketing_agent.workers.threads import InlineLanes
from outbox.mailroom import MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


@pytest.fixture
def ready(room: MailRoom) -> MailRoom:
    room.inbox()
    room.campaign()
    return room


class KilledError(BaseException):
    """What a kill looks like from inside: no handler of ours catches it."""


class DyingDesk(DirectDesk):
    """A worker that is killed when it would record its second outcome."""

    recorded = 0

    def record(self, result: Result) -> None:
        self.recorded += 1
        if self.recorded == 2:
            raise KilledError
        super().record(result)


def test_a_letter_whose_attempt_cannot_be_recorded_does_not_leave(ready: MailRoom) -> None:
    ready.people("anna")
    refuse("INSERT", "outbox_attempt")
    ready.cycle()
    assert not ready.smtp.accepted
    letter = ready.letter("anna")
    # PostgreSQL tells trouble of its own from a row that it refuses, SQLite does not.
    assert (letter.state, letter.reason_code) in [("held", "error"), ("planned", "store_trouble")]
    assert "the disk is full" in letter.reason


def test_a_letter_whose_outcome_cannot_be_recorded_is_unknown_and_never_sent_again(
    ready: MailRoom,
) -> None:
    ready.people("anna")
    refuse("UPDATE", "outbox_attempt", "NEW.outcome = 'sent'")
    ready.cycle()
    assert len(ready.smtp.accepted) == 1
    assert ready.letter("anna").state == EmailState.UNKNOWN
    mend("outbox_attempt")
    ready.later(days=1)
    assert ready.cycle().outcomes.total() == 0
    assert len(ready.smtp.accepted) == 1


def test_a_crash_in_the_middle_of_a_batch_skips_nothing_and_repeats_nothing(
    ready: MailRoom,
) -> None:
    ready.people("anna", "ben", "clara")
    dying = Delivery(DyingDesk(ready.clock.now), InlineLanes(), ready.clock.now)
    with pytest.raises(KilledError):
        dying.run(ready.claimed())
    Email.objects.exclude(lease_until=None).update(lease_until=Now() - timedelta(seconds=1))
    assert rescue(ready.clock.now()) == {"planned": 1, "unknown": 1}
    assert ready.cycle().outcomes["sent"] == 1
    assert sorted(each.to[0] for each in ready.smtp.accepted) == [
        "anna@anna.example",
        "ben@ben.example",
        "clara@clara.example",
    ]


def test_no_other_inbox_takes_up_a_letter_whose_outcome_is_unknown(ready: MailRoom) -> None:
    ready.inbox("inbox2@example.com")
    ready.people("anna")
    ready.answer(Verb.FINAL, Mishap.ACCEPT_AND_CLOSE)
    ready.cycle()
    ready.smtp.decide = as_usual
    ready.later(days=1)
    assert ready.cycle().outcomes.total() == 0
    assert (len(ready.smtp.accepted), Attempt.objects.count()) == (1, 1)


def test_an_address_keeps_its_24_hours_when_it_passes_to_another_prospect(
    ready: MailRoom,
) -> None:
    ready.people("anna")
    assert ready.cycle().outcomes["sent"] == 1
    Prospect.objects.all().delete()
    ready.campaign(steps=1)
    ready.people("anna")
    Email.objects.update(campaign=None)  # nothing but the address itself remembers the letter
    assert ready.cycle().refused["too_soon"] == 1
    assert len(ready.smtp.accepted) == 1


def test_after_weeks_of_downtime_only_the_days_letters_leave(room: MailRoom) -> None:
    room.inbox(daily_limit=5)
    room.campaign()
    room.people(*(f"name{n}" for n in range(12)))
    room.plan()
    room.later(days=21)
    assert room.cycle().outcomes["sent"] == 5
    assert room.cycle().outcomes.total() == 0
