"""Our IMAP session against Debian's Dovecot."""

from dataclasses import replace

import pytest

from contract.conftest import ADA, BEN, Connect
from contract.letters import NOW, await_mail, letter, raw
from marketing_agent.mail.endpoint import Security
from marketing_agent.mail.imap import ImapLoginRefused, ImapSession, ImapUnavailable
from marketing_agent.mail.parse import parse

pytestmark = pytest.mark.enable_socket


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("who", [ADA, BEN])
def test_odd_passwords_let_us_in(imap_of: Connect, who: str, security: Security) -> None:
    with ImapSession(imap_of(who, security)) as session:
        assert session.select("INBOX").uidvalidity > 0


def test_a_wrong_password_is_permanent(imap_of: Connect) -> None:
    with pytest.raises(ImapLoginRefused) as refused:
        ImapSession(imap_of(ADA, password="wrong")).open()
    assert refused.value.temporary is False


def test_a_certificate_that_nobody_vouches_for_ends_the_talk(imap_of: Connect) -> None:
    with pytest.raises(ImapUnavailable) as refused:
        ImapSession(replace(imap_of(ADA), ca_file=None)).open()
    assert refused.value.temporary is False


def test_a_port_where_nobody_listens_is_temporary(imap_of: Connect) -> None:
    with pytest.raises(ImapUnavailable) as refused:
        ImapSession(replace(imap_of(ADA), port=1)).open()
    assert refused.value.temporary is True


def test_folders_are_found_by_their_special_use(imap_of: Connect) -> None:
    with ImapSession(imap_of(ADA)) as session:
        folders = session.folders()
    assert (folders.inbox, folders.junk, folders.sent) == ("INBOX", "Junk", "Sent")


def test_a_copy_in_sent_is_found_again_byte_for_byte(imap_of: Connect) -> None:
    written = letter(ADA, BEN)
    with ImapSession(imap_of(ADA)) as session:
        session.append("Sent", raw(written), NOW)
        session.select("Sent")
        (uid,) = session.search_message_id(written.message_id)
        fetched = next(iter(session.fetch_since(uid - 1, 1)))
    assert (fetched.uid, fetched.raw, fetched.complete) == (uid, raw(written), True)


def test_only_what_is_new_is_fetched_in_order(imap_of: Connect) -> None:
    letters = [letter(ADA, BEN) for _ in range(3)]
    with ImapSession(imap_of(ADA)) as session:
        before = session.select("Junk")
        for each in letters:
            session.append("Junk", raw(each), NOW, seen=False)
        after = session.select("Junk")
        new = list(session.fetch_since(before.uidnext - 1, 2))
    assert (after.uidvalidity, after.uidnext) == (before.uidvalidity, before.uidnext + 3)
    assert [parse(each.raw).message_id for each in new] == [e.message_id for e in letters[:2]]


def test_idle_reports_a_mail_that_arrives_meanwhile(imap_of: Connect) -> None:
    written = letter(BEN, ADA)
    with ImapSession(imap_of(ADA)) as waiting, ImapSession(imap_of(ADA)) as other:
        assert waiting.has_idle()
        waiting.select("INBOX")
        other.append("INBOX", raw(written), NOW, seen=False)
        assert await_mail(waiting, lambda mail: mail.message_id == written.message_id)


def test_a_sender_is_found_by_day(imap_of: Connect) -> None:
    written = letter("ceo@example.com", ADA)
    with ImapSession(imap_of(ADA)) as session:
        session.append("INBOX", raw(written), NOW)
        session.select("INBOX")
        (uid,) = session.search_message_id(written.message_id)
        assert uid in session.search_from_since("ceo@example.com", NOW.date())
        assert session.search_from_since("nobody@example.com", NOW.date()) == ()
