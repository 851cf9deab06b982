"""Trouble of our own account pauses the inbox, whatever else keeps it quiet."""

import pytest

from marketing_agent.inboxes.actions import pause
from marketing_agent.inboxes.models import Inbox, Pause
from marketing_agent.sandbox.answers import Verb
from outbox.mailroom import BY, MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


def quieten(room: MailRoom, inbox: Inbox, provider: str) -> None:
    now = room.clock.now()
    pause(inbox.pk, cause="block", reason="a block", until=None, by=BY, now=now, provider=provider)


@pytest.mark.parametrize("quiet", [True, False])
def test_a_quota_pauses_the_whole_inbox_also_beside_a_pause_towards_one_provider(
    room: MailRoom, quiet: bool
) -> None:
    inbox = room.inbox()
    room.campaign()
    room.people("anna")
    if quiet:
        quieten(room, inbox, "google")
    room.answer(Verb.RCPT, "550 5.4.5 Daily user sending limit exceeded")
    assert room.cycle().outcomes == {"account": 1}
    assert Pause.objects.filter(provider="").values_list("cause", flat=True).get() == "account"
