"""Letters that should have left and did not."""

from pathlib import Path

import pytest

from inboxes.world import DAY, NOW, an_inbox, letters
from marketing_agent.engine.values import Stage
from marketing_agent.inboxes.actions import add_inbox, update_inbox
from marketing_agent.inboxes.capacity import days
from marketing_agent.inboxes.models import Inbox
from marketing_agent.operations.models import Alert
from marketing_agent.operations.watching import watch
from marketing_agent.prospects.importing import import_file
from marketing_agent.prospects.models import Prospect
from marketing_agent.providers import dns
from marketing_agent.sandbox.dns import SandboxDns
from marketing_agent.workers.tasks.verifying import verify_prospects
from operations.world import enrollment, prospect
from outbox.mailroom import BY, MailRoom

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


def test_what_an_import_brings_in_leaves_as_letters(room: MailRoom, tmp_path: Path) -> None:
    room.inbox()
    room.campaign()
    file = tmp_path / "prospects.csv"
    file.write_text("Company,City,First Name,Email\nLodge,Graz,Anna,anna@lodge.example\n")
    import_file(file, dry_run=False, by=BY, now=room.clock.now(), allow_test_domains=True)
    before = dns.install(SandboxDns())
    verify_prospects(room.clock.now())
    dns.install(before)
    assert room.cycle().outcomes["sent"] == 1


def test_hundreds_who_must_not_be_written_to_do_not_starve_the_one_behind_them(
    room: MailRoom,
) -> None:
    room.inbox()
    room.campaign()
    head = room.people(*(f"head{n}" for n in range(230)))
    Prospect.objects.filter(pk__in=[each.pk for each in head]).update(stage=Stage.LOST)
    room.people("anna")
    assert room.cycle().outcomes["sent"] == 1


def test_an_installation_that_never_sent_is_noticed_too() -> None:
    enrollment(prospect(), next_due_at=NOW)
    watch(NOW + 3 * DAY)
    assert not Alert.objects.exists()
    watch(NOW + 4 * DAY)
    assert Alert.objects.get(closed_at=None).key == "silence"


def test_one_account_in_two_spellings_is_one_inbox(room: MailRoom) -> None:
    room.inbox()
    again, new = add_inbox(" Inbox1@Example.COM ", by=BY, now=room.clock.now())
    assert (Inbox.objects.count(), again.address, new) == (1, "inbox1@example.com", False)


def test_each_inbox_has_a_warm_up_of_its_own_that_no_edit_resets() -> None:
    today = NOW.date()
    first = an_inbox(warmup_enabled=True, warmup_start_date=today - 15 * DAY)
    letters(first, 2, NOW - 14 * DAY)
    letters(first, 2, NOW - 7 * DAY)
    second = an_inbox("inbox2@example.com", warmup_enabled=True, warmup_start_date=today)
    update_inbox(first.address, {"daily_limit": 30}, BY, NOW)
    known = days(Inbox.objects.all(), NOW)
    assert (known[first.pk].week, known[second.pk].week) == (3, 1)
