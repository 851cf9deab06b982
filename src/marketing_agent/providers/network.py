"""Connections to outside services: only to addresses that we may reach, and never beyond a deadline.

A time-out for one read lets a server drip for ever; here every step shares what is left of the whole.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import httpcore2
import httpx2

from marketing_agent.providers.addresses import is_this_machine, may_connect

MAX_BODY = 2_000_000
"""Bytes that one call may bring; more is no answer to anything that we ask."""

MOST_ADDRESSES = 4
"""Of a name that has many, so many are tried."""

SocketOption = (
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
)


class AddressRefusedError(Exception):
    """A name leads to an address that we may not connect to."""


class Deadline:
    """The moment by which everything must be over, in monotonic seconds."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._end = clock() + seconds
        self._clock = clock

    def left(self, at_most: float | None = None) -> float:
        """Give the seconds that are left for one step, at least a thousandth.

        Raises:
            ReadTimeout: when none are.
        """
        left = self._end - self._clock()
        if left <= 0:
            raise httpcore2.ReadTimeout("the whole took too long")
        return max(0.001, left if at_most is None else min(left, at_most))


class GuardedTransport(httpx2.HTTPTransport):
    """Carries HTTP to addresses that we may reach, until the deadline, without a proxy.

    Nothing compressed is taken: a few bytes of it may stand for a great many.
    """

    def __init__(self, deadline: Deadline, trust: ssl.SSLContext) -> None:
        super().__init__(verify=trust, trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=trust, max_connections=1, network_backend=_GuardedBackend(deadline)
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request that asks for plain bytes. Raises RemoteProtocolError for others."""
        request.headers["Accept-Encoding"] = "identity"
        response = super().handle_request(request)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            response.close()
            raise httpx2.RemoteProtocolError("a compressed answer", request=request)
        return response


class _GuardedBackend(httpcore2.SyncBackend):
    """Looks names up itself and connects to the very address that it has judged."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore2.NetworkStream:
        *others, last = _addresses_of(host, port)
        for address in others:  # a machine without IPv6 goes on to the next one
            with suppress(httpcore2.ConnectError, httpcore2.ConnectTimeout):
                return self._connect(address, port, timeout, local_address, socket_options)
        return self._connect(last, port, timeout, local_address, socket_options)

    def _connect(
        self,
        address: str,
        port: int,
        timeout: float | None,
        local_address: str | None,
        socket_options: Iterable[SocketOption] | None,
    ) -> httpcore2.NetworkStream:
        left = self._deadline.left(timeout)
        stream = super().connect_tcp(address, port, left, local_address, socket_options)
        return _TimedStream(stream, self._deadline)


class _TimedStream(httpcore2.NetworkStream):
    """A stream whose every step ends by the deadline, and that brings so many bytes at most."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline
        self._left = MAX_BODY

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._left <= 0:
            raise httpcore2.ReadError("too much")
        got = self._stream.read(max_bytes, self._deadline.left(timeout))
        self._left -= len(got)
        return got

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = self._deadline.left(timeout)
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, left), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  as the base class declares it
        return self._stream.get_extra_info(info)


def _addresses_of(host: str, port: int) -> list[str]:
    """Look a name up and give the addresses to try, each of which we may connect to.

    Raises:
        ConnectError: when the name has no address.
        AddressRefusedError: when any of its addresses is one that we may not reach.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(f"no address for {host}") from error
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))[:MOST_ADDRESSES]
    ours = is_this_machine(host)
    if not all(may_connect(each, to_ourselves=ours) for each in addresses):
        raise AddressRefusedError(f"{host} leads to an address that is not public.")
    return addresses
