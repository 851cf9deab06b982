"""Hostility that lasts, or that shows between one poll and the next: nothing twice, nothing lost."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from hostile.conftest import Patience
from hostile.imap_deeds import (
    FETCH,
    POISON,
    SELECT,
    cut_in_half,
    deliver,
    fetches,
    replaced,
    says,
    without_body,
)
from hostile.test_imap_servers import kept, patience
from inbound.conftest import PASSWORD, certificates, imap, inbox, put_password
from inbound.scene import INBOX, NOW, an_inbox, mail
from marketing_agent.inbound.actions import arrivals
from marketing_agent.inbound.fetch import poll_inbox
from marketing_agent.inbound.models import InboxItem
from marketing_agent.inboxes.models import Folder, ImapStatus, Inbox
from marketing_agent.mail import imap_wire
from marketing_agent.operations.models import Alert, ErrorGroup
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.imap.mailbox import Folder as Place
from marketing_agent.sandbox.imap.session import Cut, ImapMoment, as_written
from marketing_agent.sandbox.imap_server import ImapServer

__all__ = ["certificates", "imap", "inbox", "patience"]

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


def hours(number: float) -> datetime:
    return NOW + timedelta(hours=number)


def places() -> dict[str, str]:
    return dict(Folder.objects.exclude(role="").values_list("role", "name"))


def read_up_to(name: str = "INBOX") -> int:
    return Folder.objects.get(name=name).last_uid


@pytest.mark.parametrize("trouble", [cut_in_half, without_body])
def test_a_mail_that_cannot_be_read_for_days_stops_none_behind_it(
    imap: ImapServer, inbox: Inbox, trouble: object
) -> None:
    fetches(trouble, POISON)(imap)  # type: ignore[arg-type]  # both change what is said
    deliver(imap, "a", "b", "c")
    imap.remove_folder(INBOX, "All Mail")
    for number, letter in enumerate("defgh"):
        poll_inbox(inbox, hours(number))
        assert read_up_to() == 1
        assert "b" not in kept(inbox)
        deliver(imap, letter)
    result = poll_inbox(inbox, hours(5))
    assert kept(inbox) == Counter("acdefgh")
    assert result.fetched == 1  # what came from behind the gap is not asked for again
    status = ImapStatus.objects.get()
    assert (status.connected, status.failures, status.last_success_at) == (True, 6, hours(5))
    assert status.retry_at == hours(5) + timedelta(minutes=10)
    assert "with gaps" in Alert.objects.get(closed_at=None).summary

    imap.tamper = as_written
    assert poll_inbox(inbox, hours(6)).fetched == 1
    assert kept(inbox) == Counter("abcdefgh")
    assert read_up_to() == 8
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_mail_that_vanishes_at_last_is_passed_by(imap: ImapServer, inbox: Inbox) -> None:
    fetches(without_body, POISON)(imap)
    imap.remove_folder(INBOX, "All Mail")
    deliver(imap, "a", "b", "c")
    poll_inbox(inbox, hours(0))
    imap.expunge(INBOX, "INBOX", 2)
    assert poll_inbox(inbox, hours(1)).error == ""
    assert (read_up_to(), kept(inbox)) == (3, Counter("ac"))


def test_uids_that_are_given_away_again_are_read_again(imap: ImapServer, inbox: Inbox) -> None:
    deliver(imap, "a", "b", "c")
    poll_inbox(inbox, hours(0))
    imap.start_over(INBOX, "INBOX")
    deliver(imap, "d")
    assert poll_inbox(inbox, hours(1)).new == 1
    assert kept(inbox) == Counter("abcd")
    assert read_up_to() == 1


def test_a_folder_whose_newest_mails_were_deleted_is_not_read_again(
    imap: ImapServer, inbox: Inbox
) -> None:
    deliver(imap, "a", "b", "c")
    poll_inbox(inbox, hours(0))
    imap.expunge(INBOX, "INBOX", 2, 3)
    assert poll_inbox(inbox, hours(1)).fetched == 0
    assert read_up_to() == 3


def test_a_uidvalidity_that_changes_at_every_poll_loses_and_doubles_nothing(
    imap: ImapServer, inbox: Inbox
) -> None:
    for number, letter in enumerate("abcdef"):
        deliver(imap, letter)
        imap.change_uidvalidity(INBOX, "INBOX")
        assert poll_inbox(inbox, hours(number)).new == 1
    assert kept(inbox) == Counter("abcdef")


def test_a_uidnext_that_stands_still_hides_no_mail(imap: ImapServer, inbox: Inbox) -> None:
    says(SELECT, replaced(rb"UIDNEXT \d+", b"UIDNEXT 1"))(imap)
    for number, letter in enumerate("abcdef"):
        deliver(imap, letter)
        assert poll_inbox(inbox, hours(number)).new == 1
    assert kept(inbox) == Counter("abcdef")


@pytest.mark.parametrize(
    ("role", "name", "new"),
    [("junk", "Junk", "Unwanted"), ("all", "All Mail", "Everything")],
)
def test_a_folder_renamed_between_polls_is_known_by_its_special_use(
    imap: ImapServer,
    inbox: Inbox,
    monkeypatch: pytest.MonkeyPatch,
    role: str,
    name: str,
    new: str,
) -> None:
    monkeypatch.setattr(arrivals, "FIRST_LOOK", 1)
    deliver(imap, "a", folder=name)
    poll_inbox(inbox, hours(0))
    deliver(imap, "b", "c", "d", folder=name)
    imap.rename_folder(INBOX, name, new)
    assert poll_inbox(inbox, hours(1)).new == 3
    assert places()[role] == new
    imap.rename_folder(INBOX, new, name)
    deliver(imap, "e", folder=name)
    assert poll_inbox(inbox, hours(2)).new == 1
    assert places()[role] == name
    assert kept(inbox) == Counter("abcde")


@pytest.fixture
def plain(certificates: Certificates, imap: ImapServer) -> Iterator[ImapServer]:  # noqa: ARG001  its settings
    """A server that knows no special uses."""
    names = ("INBOX", "Spam", "Archive", "Sent")
    with ImapServer(
        {INBOX: PASSWORD}, lambda: NOW, certificates=certificates, folders=map(Place, names)
    ) as server:
        yield server


def test_a_folder_renamed_between_polls_is_known_by_its_usual_name(
    db: None, plain: ImapServer
) -> None:
    del db
    put_password(plain, PASSWORD)
    inbox = an_inbox()
    poll_inbox(inbox, hours(0))
    assert places() == {"inbox": "INBOX", "junk": "Spam", "all": "Archive"}
    deliver(plain, "a", folder="Spam")
    plain.rename_folder(INBOX, "Spam", "Junk E-mail")
    plain.rename_folder(INBOX, "Archive", "Alle Nachrichten")
    deliver(plain, "b", folder="Alle Nachrichten")
    plain.rename_folder(INBOX, "Sent", "Gesendet")
    poll_inbox(inbox, hours(1))
    assert places() == {"inbox": "INBOX", "junk": "Junk E-mail", "all": "Alle Nachrichten"}
    plain.rename_folder(INBOX, "Junk E-mail", "Where is it")  # nobody can know this one
    deliver(plain, "c")
    poll_inbox(inbox, hours(2))
    assert kept(inbox) == Counter("abc")


def test_a_mail_with_fewer_bytes_than_announced_says_so(imap: ImapServer, inbox: Inbox) -> None:
    says(FETCH, replaced(rb"RFC822.SIZE \d+", b"RFC822.SIZE 99999"))(imap)
    deliver(imap, "a")
    poll_inbox(inbox, hours(0))
    assert "announced 99999 bytes" in InboxItem.objects.get().reason
    assert kept(inbox) == Counter("a")
    assert "announced 99999 bytes" in InboxItem.objects.get().reason


def test_an_answer_without_end_is_given_up(
    imap: ImapServer, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_wire, "MAX_EXCHANGE", 200_000)
    imap.tamper = lambda moment, said: (
        said + b"* 1 EXISTS\r\n" * 50_000 if moment.command == "LIST" else said
    )
    assert "does not end" in poll_inbox(inbox, hours(0)).error


@pytest.mark.parametrize("seed", range(40))
def test_no_garbled_answer_escapes_or_keeps_us(
    imap: ImapServer, inbox: Inbox, patience: Patience, seed: int
) -> None:
    """A server that garbles what it says makes a poll fail, and nothing else."""
    patience(True)
    dice = random.Random(seed)  # noqa: S311  no secret

    def garble(_moment: ImapMoment, said: bytes) -> bytes | Cut:
        return _garbled(said, dice) if dice.random() < 0.15 else said

    deliver(imap, "a", "b", "c")
    imap.tamper = garble
    for number in range(3):
        poll_inbox(inbox, hours(number))
    patience(False)
    imap.tamper = as_written
    assert poll_inbox(inbox, hours(9)).error == ""
    kept(inbox)
    assert not ErrorGroup.objects.exists()


def _garbled(said: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(said))
    return dice.choice(
        [
            said[:place] + said[place + 1 :],
            said[:place] + dice.randbytes(3) + said[place:],
            said[:place] + b"(" + said[place:],
            said[:place] + b'"' + said[place:],
            said[:place] + b"99999999999999999999 " + said[place:],
            said[:place] + b"\r\n" + said[place:],
            said[:place] + b"\r\n",
            said + said,
            b"",
        ]
    )


def test_the_mail_of_a_server_that_repeats_itself_is_kept_once(
    imap: ImapServer, inbox: Inbox
) -> None:
    raw = mail("once", subject="Re: a")
    for _ in range(5):
        imap.deliver(INBOX, "INBOX", raw, NOW)
    imap.deliver(INBOX, "Junk", raw, NOW)
    for number in range(3):
        poll_inbox(inbox, hours(number))
        imap.change_uidvalidity(INBOX, "INBOX")
    assert kept(inbox) == Counter("a")
