"""What a server refuses tells on the inbox at once: its next letter already meets the pause."""

import pytest

from marketing_agent.engine.values import EmailState
from marketing_agent.inboxes.models import HealthReading, Pause
from marketing_agent.outbox.models import Email
from marketing_agent.sandbox.answers import Verb
from outbox.mailroom import MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
WEEK = "0,1,2,3,4,5,6"
SENT = [f"sent{number}" for number in range(7)]
GONE = ["gone1", "gone2", "gone3"]


@pytest.fixture
def ready(room: MailRoom) -> MailRoom:
    room.inbox(window_days=WEEK)
    room.campaign(steps=1)
    return room


def paused_for_health() -> list[str]:
    return list(Pause.objects.filter(cause="health", provider="").values_list("reason", flat=True))


def test_three_hard_bounces_in_the_last_ten_letters_pause_the_inbox_at_once(
    ready: MailRoom,
) -> None:
    ready.people(*SENT)
    assert ready.cycle().outcomes["sent"] == len(SENT)
    ready.people(*GONE, "next")
    ready.answer(Verb.FINAL, "550 5.1.1 no such user", to="gone")
    result = ready.cycle()
    assert result.outcomes == {"hard": 3}
    assert paused_for_health() == ["3 of the last ten letters bounced hard."]
    assert result.refused["inbox_paused"] == 1
    assert len(ready.smtp.accepted) == len(SENT)


def test_two_hard_bounces_are_judged_and_pause_nothing(ready: MailRoom) -> None:
    ready.people(*SENT, "gone1", "gone2")
    ready.answer(Verb.FINAL, "550 5.1.1 no such user", to="gone")
    ready.cycle()
    assert HealthReading.objects.count() == 1
    assert not paused_for_health()


def test_three_dead_letters_count_as_hard_and_pause_the_inbox(ready: MailRoom) -> None:
    ready.people(*GONE)
    ready.answer(Verb.FINAL, "452 4.2.2 mailbox full")
    ready.cycle()
    assert not HealthReading.objects.exists()
    Email.objects.update(state=EmailState.RETRY, failures=3, due_at=ready.clock.now())
    ready.cycle()
    assert Email.objects.filter(state=EmailState.DEAD).count() == 3
    assert paused_for_health()


def test_a_block_has_the_inbox_judged_and_an_account_s_trouble_does_not(ready: MailRoom) -> None:
    ready.people("anna")
    ready.answer(Verb.AUTH, "535 5.7.8 bad credentials")
    ready.cycle()
    assert not HealthReading.objects.exists()
    Pause.objects.update(ended_at=ready.clock.now())
    ready.later(days=1)
    ready.answer(Verb.FINAL, "550 5.7.1 message blocked by policy, looks like spam")
    ready.cycle()
    assert HealthReading.objects.count() == 1
