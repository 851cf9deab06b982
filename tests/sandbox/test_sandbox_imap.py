"""The IMAP server of the sandbox, asked by IMAPClient."""

import gc
import socket
import threading
from asyncio import BaseEventLoop
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from marketing_agent.sandbox.answers import Answer, Mishap
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.imap.mailbox import PLAIN
from marketing_agent.sandbox.imap.session import ImapMoment
from marketing_agent.sandbox.imap_server import ImapServer
from marketing_agent.sandbox.smtp_server import Security

pytestmark = pytest.mark.enable_socket
US = "inbox1@example.com"
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 10, tzinfo=UTC)


def mail(sender: str, token: str, body: str = "Hello") -> bytes:
    head = f"From: {sender}\r\nMessage-ID: <{token}@mill.example>\r\nSubject: Re: offer"
    return f"{head}\r\n\r\n{body}\r\n".encode()


@pytest.fixture
def server(certificates: Certificates, accounts: dict[str, str]) -> Iterator[ImapServer]:
    with ImapServer(accounts, lambda: TUESDAY, certificates=certificates) as server:
        yield server


def connect(server: ImapServer, certificates: Certificates) -> IMAPClient:
    context = certificates.client_context()
    return IMAPClient("127.0.0.1", server.port, ssl_context=context, timeout=5)


@pytest.fixture
def client(server: ImapServer, certificates: Certificates) -> Iterator[IMAPClient]:
    with connect(server, certificates) as client:
        client.login(US, "first-secret")
        yield client


def on(command: str, answer: Answer) -> Callable[[ImapMoment], Answer]:
    return lambda moment: answer if moment.command == command else None


def test_shows_the_special_folders(client: IMAPClient) -> None:
    found = {name: set(flags) - {rb"\HasNoChildren"} for flags, _, name in client.list_folders()}
    assert found == {
        "INBOX": set(),
        "Junk": {rb"\Junk"},
        "Sent": {rb"\Sent"},
        "All Mail": {rb"\All"},
    }
    assert client.find_special_folder(rb"\Junk") == "Junk"


def test_a_wrong_password_is_refused(server: ImapServer, certificates: Certificates) -> None:
    with (
        connect(server, certificates) as client,
        pytest.raises(LoginError, match="AUTHENTICATIONFAILED"),
    ):
        client.login(US, "second-secret")


def test_a_changed_password_counts_at_once(server: ImapServer, certificates: Certificates) -> None:
    server.put_account(US, "changed")
    server.put_account("new@example.com", "added")
    for user, password in ((US, "changed"), ("new@example.com", "added")):
        with connect(server, certificates) as client:
            client.plain_login(user, password)
            assert client.select_folder("INBOX")[b"EXISTS"] == 0


def test_fetches_what_was_delivered(server: ImapServer, client: IMAPClient) -> None:
    raw = mail("ada@mill.example", "one", body='Brackets ) ( and "quotes" {3}')
    uid = server.deliver(US, "INBOX", raw, MONDAY)
    client.select_folder("INBOX")
    [found] = client.fetch([uid], ["BODY.PEEK[]", "RFC822.SIZE", "INTERNALDATE", "FLAGS"]).values()
    assert found[b"BODY[]"] == raw
    assert found[b"RFC822.SIZE"] == len(raw)
    assert found[b"INTERNALDATE"].astimezone(UTC) == MONDAY
    assert found[b"FLAGS"] == ()


def test_fetches_headers_and_parts(server: ImapServer, client: IMAPClient) -> None:
    uid = server.deliver(US, "INBOX", mail("ada@mill.example", "one"), MONDAY)
    client.select_folder("INBOX", readonly=True)
    items = ["BODY.PEEK[HEADER]", "BODY.PEEK[TEXT]<0.3>", "BODY.PEEK[HEADER.FIELDS (SUBJECT)]"]
    found = client.fetch([uid], items)[uid]
    assert found[b"BODY[HEADER]"].endswith(b"Subject: Re: offer\r\n\r\n")
    assert found[b"BODY[TEXT]<0>"] == b"Hel"
    assert found[b"BODY[HEADER.FIELDS (SUBJECT)]"] == b"Subject: Re: offer\r\n\r\n"


def test_reading_marks_as_seen_and_peeking_does_not(server: ImapServer, client: IMAPClient) -> None:
    uid = server.deliver(US, "INBOX", mail("ada@mill.example", "one"), MONDAY)
    client.select_folder("INBOX")
    client.fetch([uid], ["BODY.PEEK[]"])
    assert client.search("UNSEEN") == [uid]
    client.fetch([uid], ["BODY[]"])
    assert client.search("UNSEEN") == []


def test_finds_by_message_id_sender_and_day(server: ImapServer, client: IMAPClient) -> None:
    server.deliver(US, "INBOX", mail("ada@mill.example", "one"), MONDAY)
    server.deliver(US, "INBOX", mail("bob@forge.example", "two"), TUESDAY)
    server.deliver(US, "INBOX", mail("ada@mill.example", "three"), TUESDAY)
    client.select_folder("INBOX")
    assert client.search(["HEADER", "Message-ID", "<two@mill.example>"]) == [2]
    assert client.search(["FROM", "Ada@mill.example", "SINCE", date(2026, 3, 3)]) == [3]
    assert client.search(["OR", "FROM", "bob", "BEFORE", date(2026, 3, 3)]) == [1, 2]
    assert client.search(["NOT", ["UID", "2:*"]]) == [1]
    assert client.search(["TEXT", "hello", "LARGER", 10, "SUBJECT", "offer"]) == [1, 2, 3]


def test_a_range_up_to_the_star_always_holds_the_last(
    server: ImapServer, client: IMAPClient
) -> None:
    server.deliver(US, "INBOX", mail("ada@mill.example", "one"), MONDAY)
    client.select_folder("INBOX")
    assert client.search(["UID", "7:*"]) == [1]


def test_inbox_and_sent_are_seen_in_all_mail_but_junk_is_not(server: ImapServer) -> None:
    for folder in ("INBOX", "Junk", "Sent"):
        server.deliver(US, folder, mail("ada@mill.example", folder), MONDAY)
    names = [raw.split(b"<")[1].split(b"@")[0] for raw in server.messages(US, "All Mail")]
    assert names == [b"INBOX", b"Sent"]
    assert len(server.messages(US, "Junk")) == 1


def test_appends_with_and_without_a_date(server: ImapServer, client: IMAPClient) -> None:
    client.append("Sent", mail(US, "own"), flags=[rb"\Seen"], msg_time=MONDAY)
    assert b"APPENDUID 1000 2" in client.append("Sent", mail(US, "other"))
    client.select_folder("Sent")
    assert client.search(["ON", date(2026, 3, 2)]) == [1]
    assert client.search(["ON", date(2026, 3, 3), "UNSEEN"]) == [2]
    assert server.messages(US, "Sent")[0] == mail(US, "own")
    with pytest.raises(IMAPClientError, match="TRYCREATE"):
        client.append("Nowhere", mail(US, "lost"))


def test_idle_wakes_when_mail_arrives(server: ImapServer, client: IMAPClient) -> None:
    client.select_folder("INBOX")
    client.idle()
    delivery = threading.Thread(
        target=server.deliver, args=(US, "INBOX", mail("ada@mill.example", "one"), MONDAY)
    )
    delivery.start()
    assert client.idle_check(timeout=5) == [(1, b"EXISTS")]
    delivery.join()
    client.idle_done()
    assert client.search() == [1]


def test_noop_tells_of_new_mail(server: ImapServer, client: IMAPClient) -> None:
    client.select_folder("INBOX")
    server.deliver(US, "INBOX", mail("ada@mill.example", "one"), MONDAY)
    assert (1, b"EXISTS") in client.noop()[1]


def test_uidvalidity_changes_and_uids_begin_afresh(server: ImapServer, client: IMAPClient) -> None:
    for token in ("one", "two"):
        server.deliver(US, "INBOX", mail("ada@mill.example", token), MONDAY)
    before = client.select_folder("INBOX")
    client.delete_messages([1])
    client.expunge()
    assert server.change_uidvalidity(US, "INBOX") == before[b"UIDVALIDITY"] + 1
    after = client.select_folder("INBOX")
    assert after[b"UIDVALIDITY"] == before[b"UIDVALIDITY"] + 1
    assert (after[b"UIDNEXT"], client.search()) == (2, [1])


def test_status_counts_without_selecting(server: ImapServer, client: IMAPClient) -> None:
    server.deliver(US, "Junk", mail("ada@mill.example", "one"), MONDAY)
    assert client.folder_status("Junk", ["MESSAGES", "UIDNEXT", "UNSEEN"]) == {
        b"MESSAGES": 1,
        b"UIDNEXT": 2,
        b"UNSEEN": 1,
    }


def test_flags_are_kept(server: ImapServer, client: IMAPClient) -> None:
    uid = server.deliver(US, "INBOX", mail("ada@mill.example", "one"), MONDAY)
    client.select_folder("INBOX")
    assert client.add_flags([uid], [rb"\Flagged"]) == {uid: (rb"\Flagged",)}
    assert client.remove_flags([uid], [rb"\Flagged"]) == {uid: ()}
    client.select_folder("INBOX", readonly=True)
    with pytest.raises(IMAPClientError, match="READ-ONLY"):
        client.set_flags([uid], [rb"\Seen"])


def test_starttls_comes_before_the_login(
    certificates: Certificates, accounts: dict[str, str]
) -> None:
    with (
        ImapServer(
            accounts,
            lambda: MONDAY,
            certificates=certificates,
            security=Security.STARTTLS,
            folders=PLAIN,
        ) as server,
        IMAPClient("127.0.0.1", server.port, ssl=False, timeout=5) as client,
    ):
        with pytest.raises(LoginError):
            client.login(US, "first-secret")
        client.starttls(certificates.client_context())
        client.login(US, "first-secret")
        assert len(client.list_folders()) == 3


def test_a_client_that_leaves_at_the_end_of_the_handshake_leaves_nothing_behind(
    certificates: Certificates, accounts: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def leave(*_: object, **__: object) -> None:
        """Give no transport, as Python 3.11 does then."""

    monkeypatch.setattr(BaseEventLoop, "start_tls", leave)
    imap = ImapServer(
        accounts, lambda: MONDAY, certificates=certificates, security=Security.STARTTLS
    )
    with (
        imap as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=5) as client,
        client.makefile("rb") as lines,
    ):
        lines.readline()
        client.sendall(b"1 STARTTLS\r\n")
        assert lines.readline().startswith(b"1 OK")
        assert lines.read() == b""
    gc.collect()  # a writer without its transport would complain now


@pytest.mark.parametrize("answer", ["NO [UNAVAILABLE] Try later", "BAD Out of order"])
def test_the_hook_refuses_a_command(server: ImapServer, client: IMAPClient, answer: Answer) -> None:
    server.decide = on("SELECT", answer)
    with pytest.raises(IMAPClientError):
        client.select_folder("INBOX")


def test_the_hook_closes_and_hangs(
    server: ImapServer, client: IMAPClient, certificates: Certificates
) -> None:
    server.decide = on("SELECT", Mishap.CLOSE)
    with pytest.raises((IMAPClientAbortError, OSError)):
        client.select_folder("INBOX")
    client.shutdown()
    with connect(server, certificates) as other:
        other.login(US, "first-secret")
        server.decide = on("NOOP", Mishap.HANG)
        other.socket().settimeout(0.1)
        with pytest.raises((IMAPClientAbortError, OSError)):
            other.noop()
        other.shutdown()


def test_connections_are_dropped_by_a_restart(server: ImapServer, client: IMAPClient) -> None:
    server.drop_connections()
    with pytest.raises((IMAPClientAbortError, OSError)):
        client.noop()
    client.shutdown()


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"a FETCH 1 UID\r\n", b"a BAD Log in first"),
        (b"a DANCE\r\n", b"a BAD DANCE is not known here"),
        (b"a LOGIN (x\r\n", b"a BAD A parenthesis is never closed"),
        (b"a LOGIN x\r\n", b"a BAD An argument is missing or of the wrong kind"),
        (b"\r\n", b"* BAD An argument is missing or of the wrong kind"),
    ],
)
def test_nonsense_is_answered_bad(accounts: dict[str, str], line: bytes, reply: bytes) -> None:
    with (
        ImapServer(accounts, lambda: MONDAY, security=Security.PLAIN) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=5) as client,
        client.makefile("rb") as replies,
    ):
        assert replies.readline().startswith(b"* OK")
        client.sendall(line)
        assert replies.readline().strip() == reply
