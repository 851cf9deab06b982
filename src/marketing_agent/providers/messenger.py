"""Telling people: one message to one channel, whatever the channel is (Apprise knows over a hundred).

A channel's URL holds its password or token, so it appears in no message, error or log line.
"""

import logging
from typing import Any

TIMEOUT_S = 20.0
"""Seconds that one channel may take."""


class MessengerError(Exception):
    """The channel did not take the message; the text says which kind of channel, never its URL."""


def is_channel(url: str) -> bool:
    """Say whether Apprise knows what to do with a URL; nobody is asked whether anybody listens there."""
    return _channel(url) is not None


def tell(url: str, title: str, body: str) -> None:
    """Send a message to the channel behind an Apprise URL such as slack://… or mailtos://….

    Raises:
        MessengerError: when the URL is none that Apprise knows, or nobody took the message in time.
    """
    import apprise  # noqa: PLC0415  loaded by the one who tells, not by every command

    channel = _channel(url)
    if channel is None:
        raise MessengerError("A URL of a channel cannot be read; see the list of Apprise's URLs.")
    messenger = apprise.Apprise(services=[channel])
    kind = str(channel.service_name or "The channel")
    taken = messenger.notify(
        body=body, title=title, body_format=apprise.NotifyFormat.TEXT, timeout=TIMEOUT_S
    )
    if not taken:
        raise MessengerError(f"{kind} did not take the message.")


def _channel(url: str) -> Any:  # noqa: ANN401  the library's own class, which is loaded only now
    import apprise  # noqa: PLC0415  as above

    # The library's warnings repeat parts of the URL.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    return apprise.Apprise.instantiate(url, suppress_exceptions=True)
