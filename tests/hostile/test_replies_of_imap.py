"""An IMAP server that repeats the login it refuses."""

import socket
from threading import Thread

import pytest

from marketing_agent.mail.endpoint import Endpoint
from marketing_agent.mail.imap import ImapLoginRefused, ImapSession

pytestmark = pytest.mark.enable_socket


def _refuse_loudly(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection, connection.makefile("rwb", buffering=0) as lines:
        lines.write(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        for line in lines:
            tag, _, rest = line.strip().partition(b" ")
            if rest == b"CAPABILITY":
                lines.write(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")
            else:
                lines.write(tag + b" NO I will not do " + rest + b"\r\n")


def test_the_refusal_that_we_keep_holds_no_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=_refuse_loudly, args=(listener,))
        thread.start()
        end = Endpoint("127.0.0.1", listener.getsockname()[1], "plain", "ada", "open sesame")
        with pytest.raises(ImapLoginRefused) as refused:
            ImapSession(end).open()
        thread.join(5)
    assert "I will not do LOGIN" in str(refused.value)
    assert "open sesame" not in str(refused.value)
    assert refused.value.__cause__ is None
