"""Reading over IMAP: every folder, every mail once, and patience with servers."""

import zlib
from datetime import timedelta

import pytest

from inbound.conftest import PASSWORD, put_password
from inbound.scene import BY, INBOX, NOW, an_inbox, mail
from marketing_agent.inbound import reading
from marketing_agent.inbound.actions import arrivals
from marketing_agent.inbound.actions.polls import back_off
from marketing_agent.inbound.fetch import poll_all, poll_inbox
from marketing_agent.inbound.models import InboxItem, RawMail
from marketing_agent.inbound.sessions import SessionPool
from marketing_agent.inboxes.models import Folder, ImapStatus, Inbox
from marketing_agent.operations.actions import start_stop
from marketing_agent.operations.models import Alert
from marketing_agent.sandbox.imap_server import ImapServer

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


def deliver(imap: ImapServer, *bodies: str, folder: str = "INBOX") -> None:
    for body in bodies:
        imap.deliver(INBOX, folder, mail(body), NOW)


def kept() -> int:
    return InboxItem.objects.count()


def test_a_mail_is_kept_raw_with_what_lists_show(imap: ImapServer, inbox: Inbox) -> None:
    deliver(imap, "Grüße")
    assert poll_inbox(inbox, NOW).new == 1
    item = InboxItem.objects.get()
    assert (item.from_address, item.subject, item.state) == (
        "nina@hotel.example",
        "Re: Your bookings",
        "new",
    )
    assert (item.folder, item.uid, item.date) == ("INBOX", 1, NOW - timedelta(hours=2))
    assert zlib.decompress(RawMail.objects.get().compressed) == mail("Grüße")


def test_a_second_poll_brings_only_what_is_new(imap: ImapServer, inbox: Inbox) -> None:
    deliver(imap, "a", "b")
    poll_inbox(inbox, NOW)
    deliver(imap, "c")
    again = poll_inbox(inbox, NOW)
    assert (again.fetched, again.new, kept()) == (2, 1, 3)  # one in INBOX, one in All Mail
    assert Folder.objects.get(name="INBOX").last_uid == 3


def test_junk_and_all_mail_are_read_and_copies_kept_once(imap: ImapServer, inbox: Inbox) -> None:
    poll_inbox(inbox, NOW)
    names = dict(Folder.objects.values_list("role", "name"))
    deliver(imap, "a")  # this server shows it in All Mail as well
    deliver(imap, "b", folder=names["all"])
    deliver(imap, "c", folder=names["junk"])
    result = poll_inbox(inbox, NOW)
    assert (result.fetched, result.new) == (4, 3)
    assert set(names) == {"inbox", "junk", "all"}


def test_a_mail_without_message_id_is_known_by_its_bytes(imap: ImapServer, inbox: Inbox) -> None:
    raw = b"From: nina@hotel.example\r\nSubject: hi\r\n\r\nhello\r\n"
    for _ in range(2):
        imap.deliver(INBOX, "INBOX", raw, NOW)
    imap.deliver(INBOX, "INBOX", raw + b"more\r\n", NOW)
    assert poll_inbox(inbox, NOW).new == 2


def test_a_new_uidvalidity_reads_again_and_keeps_nothing_twice(
    imap: ImapServer, inbox: Inbox
) -> None:
    deliver(imap, "a", "b")
    poll_inbox(inbox, NOW)
    imap.change_uidvalidity(INBOX, "INBOX")
    deliver(imap, "c")
    result = poll_inbox(inbox, NOW)
    assert (result.new, kept()) == (1, 3)
    assert result.fetched >= 3


def test_of_an_old_folder_only_the_newest_mails_are_read(
    imap: ImapServer, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "FIRST_LOOK", 2)
    deliver(imap, "a", "b", "c", "d")
    assert poll_inbox(inbox, NOW).new == 2


def test_a_poll_reads_a_limited_number_and_the_next_one_goes_on(
    imap: ImapServer, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PER_POLL", 2)
    deliver(imap, "a", "b", "c")
    assert [poll_inbox(inbox, NOW).new for _ in range(3)] == [2, 1, 0]


def test_reading_goes_on_under_the_emergency_stop(imap: ImapServer, inbox: Inbox) -> None:
    start_stop("a bug", BY, NOW)
    deliver(imap, "a")
    assert poll_all(NOW)["new"] == 1
    assert inbox.items.count() == 1


def test_a_refused_login_backs_off_is_shown_and_ends_with_a_better_password(
    imap: ImapServer, inbox: Inbox
) -> None:
    put_password(imap, "wrong")
    assert poll_all(NOW)["failed"] == 1
    status = ImapStatus.objects.get()
    assert (status.connected, status.failures) == (False, 1)
    assert status.retry_at == NOW + timedelta(minutes=5)
    assert "refused the login" in status.last_error
    assert "wrong" not in status.last_error
    assert Alert.objects.get(closed_at=None).key == f"imap:{INBOX}"
    assert poll_all(NOW + timedelta(minutes=4))["waiting"] == 1

    put_password(imap, PASSWORD)
    assert poll_all(NOW + timedelta(minutes=4)) == {
        "inboxes": 1, "fetched": 0, "new": 0, "failed": 0, "waiting": 0,
    }  # fmt: skip
    status.refresh_from_db()
    assert (status.connected, status.last_error, status.retry_at) == (True, "", None)
    assert not Alert.objects.filter(closed_at=None).exists()
    assert inbox.imap_status.last_success_at == NOW + timedelta(minutes=4)


def test_an_inbox_without_a_secret_is_shown_and_stops_no_other(
    imap: ImapServer, inbox: Inbox
) -> None:
    an_inbox("inbox2@example.com")
    deliver(imap, "a")
    counts = poll_all(NOW)
    assert (counts["inboxes"], counts["failed"], counts["new"]) == (2, 1, 1)
    assert "No secret holds" in ImapStatus.objects.exclude(inbox=inbox).get().last_error


def test_a_kept_session_that_the_server_closed_is_opened_again(
    imap: ImapServer, inbox: Inbox
) -> None:
    pool = SessionPool()
    poll_inbox(inbox, NOW, pool=pool)
    assert pool.holds(inbox)
    imap.drop_connections()
    deliver(imap, "a")
    assert poll_inbox(inbox, NOW, pool=pool).new == 1
    pool.close()
    assert not pool.holds(inbox)


def test_a_kept_session_ends_with_its_password(imap: ImapServer, inbox: Inbox) -> None:
    pool = SessionPool()
    poll_inbox(inbox, NOW, pool=pool)
    put_password(imap, "wrong")
    assert "refused" in poll_inbox(inbox, NOW, pool=pool).error


def test_waits_double_up_to_an_hour() -> None:
    waits = [back_off(n, lasting=False) for n in (1, 2, 3, 7, 1000)]
    assert waits == [timedelta(minutes=n) for n in (1, 2, 4, 60, 60)]
    assert back_off(1, lasting=True) == timedelta(minutes=5)


def test_two_mails_with_the_same_message_id_are_both_kept(imap: ImapServer, inbox: Inbox) -> None:
    same = {"Message-ID": "<auto@mailer.example>"}
    imap.deliver(INBOX, "INBOX", mail("Hello", sender="nina@hotel.example", **same), NOW)
    imap.deliver(INBOX, "INBOX", mail("Unsubscribe me", sender="otto@other.example", **same), NOW)
    assert poll_inbox(inbox, NOW).new == 2
    assert poll_inbox(inbox, NOW + timedelta(minutes=5)).new == 0
    assert set(InboxItem.objects.values_list("from_address", flat=True)) == {
        "nina@hotel.example",
        "otto@other.example",
    }
