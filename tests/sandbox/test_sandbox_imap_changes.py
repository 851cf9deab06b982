"""The IMAP server of the sandbox changes what it says and what it holds, as it is told to."""

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError

from marketing_agent.sandbox.answers import Answer, Mishap
from marketing_agent.sandbox.imap.session import Cut, ImapMoment
from marketing_agent.sandbox.imap_server import ImapServer
from sandbox.test_sandbox_imap import MONDAY, US, client, mail, server

__all__ = ["client", "server"]

pytestmark = pytest.mark.enable_socket


def test_what_is_said_is_changed_on_its_way(server: ImapServer, client: IMAPClient) -> None:
    server.deliver(US, "INBOX", mail("ada@mill.example", "one"), MONDAY)
    server.tamper = lambda moment, said: (
        said.replace(b"one@mill", b"two@mill") if moment.command == "UID FETCH" else said
    )
    client.select_folder("INBOX")
    assert b"<two@mill.example>" in client.fetch([1], ["BODY.PEEK[]"])[1][b"BODY[]"]
    server.tamper = lambda _moment, said: Cut(said[:10])
    with pytest.raises((IMAPClientAbortError, OSError)):
        client.noop()
    client.shutdown()


def test_what_is_said_ends_in_silence(server: ImapServer, client: IMAPClient) -> None:
    server.tamper = lambda _moment, said: Cut(said[:10], Mishap.HANG)
    client.socket().settimeout(0.1)
    with pytest.raises((IMAPClientAbortError, OSError)):
        client.noop()
    client.shutdown()


def test_folders_are_renamed_and_removed_and_messages_expunged(
    server: ImapServer, client: IMAPClient
) -> None:
    for token in ("one", "two"):
        server.deliver(US, "INBOX", mail("ada@mill.example", token), MONDAY)
    server.rename_folder(US, "Junk", "Unwanted")
    server.remove_folder(US, "Sent")
    server.expunge(US, "INBOX", 1)
    assert [name for *_, name in client.list_folders()] == ["INBOX", "Unwanted", "All Mail"]
    assert client.find_special_folder(rb"\Junk") == "Unwanted"
    answer = client.select_folder("INBOX")
    assert (client.search(), answer[b"UIDNEXT"], answer[b"EXISTS"]) == ([2], 3, 1)


def test_a_hook_may_change_what_the_server_holds(server: ImapServer, client: IMAPClient) -> None:
    def decide(moment: ImapMoment) -> Answer:
        if moment.command == "SELECT":
            server.deliver(US, "INBOX", mail("ada@mill.example", "one"), MONDAY)
        return None

    server.decide = decide
    assert client.select_folder("INBOX")[b"EXISTS"] == 1


def test_uids_are_given_away_again(server: ImapServer, client: IMAPClient) -> None:
    for token in ("one", "two"):
        server.deliver(US, "INBOX", mail("ada@mill.example", token), MONDAY)
    before = client.select_folder("INBOX")[b"UIDVALIDITY"]
    server.start_over(US, "INBOX")
    assert server.deliver(US, "INBOX", mail("ada@mill.example", "three"), MONDAY) == 1
    assert client.select_folder("INBOX")[b"UIDVALIDITY"] == before
