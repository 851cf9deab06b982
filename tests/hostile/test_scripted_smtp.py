"""The scripted server itself: it must not fail of its own when it is stopped amid a deed."""

import socket

import pytest

from hostile.scripted_smtp import GoneError, Talk, scripted


def test_a_deed_ends_quietly_when_its_server_was_stopped_under_it() -> None:
    ours, theirs = socket.socketpair()
    with scripted() as server, theirs:
        talk = Talk(server, ours)
        ours.close()
        with pytest.raises(GoneError):
            talk.stays(0)
