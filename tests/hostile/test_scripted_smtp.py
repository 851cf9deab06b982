"""The scripted server itself: it must not fail of its own when it is stopped amid a deed."""

import socket

import pytest

from hostile.scripted_smtp import GoneError, Talk, scripted


@pytest.mark.enable_socket
def test_a_deed_ends_quietly_when_its_server_was_stopped_under_it() -> None:
    with scripted() as server, socket.socket() as closed:
        talk = Talk(server, closed)
        closed.close()
        with pytest.raises(GoneError):
            talk.stays(0)
