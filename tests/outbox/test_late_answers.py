"""A worker that slept past its lease reads the server's answer, while its letter is *unknown* already."""

import pytest
from django.db.models import F

from marketing_agent.engine.values import EmailState
from marketing_agent.outbox.actions.resolve import resolve
from marketing_agent.outbox.claim import rescue
from marketing_agent.outbox.deliver import Delivery
from marketing_agent.outbox.desk import DirectDesk
from marketing_agent.outbox.models import Attempt, Contact, Email
from marketing_agent.outbox.tickets import Result
from marketing_agent.sandbox.answers import Verb
from marketing_agent.workers.threads import InlineLanes
from outbox.mailroom import BY, MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


class SleepyDesk(DirectDesk):
    """Sleeps before it writes an outcome down, until others have taken the letter for lost."""

    def __init__(self, room: MailRoom, *, resolved: bool = False) -> None:
        super().__init__(room.clock.now)
        self._room = room
        self._resolved = resolved

    def record(self, result: Result) -> None:
        """Record it late."""
        now = self._room.clock.now()
        Email.objects.exclude(lease_until=None).update(lease_until=F("created_at"))
        assert rescue(now) == {"planned": 0, "unknown": 1}
        if self._resolved:
            email = Email.objects.get()
            resolve(email.public_id, sent=False, reason="the server's log", by=BY, now=now)
            self._room.answer(Verb.FINAL, None)
            assert self._room.cycle().outcomes["sent"] == 1
        super().record(result)


@pytest.fixture
def ready(room: MailRoom) -> MailRoom:
    room.inbox(window_days="0,1,2,3,4,5,6")
    room.campaign(steps=1)
    room.people("anna")
    return room


def deliver_asleep(room: MailRoom, **how: bool) -> None:
    desk = SleepyDesk(room, **how)
    Delivery(desk, InlineLanes(), room.clock.now).run(room.claimed())


@pytest.mark.parametrize(
    ("answer", "state", "outcome"),
    [
        (None, EmailState.SENT, "sent"),
        ("451 4.3.0 try later", EmailState.RETRY, "temporary"),
        ("550 5.7.1 blocked as spam", EmailState.HELD, "block"),
        ("550 5.1.1 user unknown", EmailState.BOUNCED, "hard"),
        ("550 5.7.60 not your sender", EmailState.RETRY, "account"),
    ],
)
def test_its_clear_answer_settles_the_letter(
    ready: MailRoom, answer: str | None, state: EmailState, outcome: str
) -> None:
    ready.answer(Verb.FINAL, answer)
    deliver_asleep(ready)
    assert (Email.objects.get().state, Attempt.objects.get().outcome) == (state, outcome)


def test_a_letter_that_was_tried_again_since_is_left_as_it_is(ready: MailRoom) -> None:
    ready.answer(Verb.FINAL, "451 4.3.0 try later")
    deliver_asleep(ready, resolved=True)
    assert Email.objects.get().state == EmailState.SENT
    assert Contact.objects.get().last_email_id == Email.objects.get().pk
    assert len(ready.smtp.accepted) == 1
