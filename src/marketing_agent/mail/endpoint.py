"""Where a mail server is and how far it is trusted: shared by SMTP and IMAP."""

import ipaddress
import socket
import ssl
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Security = Literal["tls", "starttls", "plain"]


class EndpointRefusedError(OSError):
    """We do not talk to this server: it is not on loopback, or it would carry plain passwords."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server and our account on it.

    `ca_file` is an extra certificate authority to trust; `loopback_only` refuses every server
    outside 127.0.0.0/8 and ::1, whatever its name resolves to.
    """

    host: str
    port: int
    security: Security
    username: str = ""
    password: str = ""
    ca_file: str | None = None
    loopback_only: bool = False

    def __repr__(self) -> str:
        """Name the server without its password, for logs and tracebacks."""
        return f"Endpoint({self.username}@{self.host}:{self.port} {self.security})"

    def hush(self, said: str) -> str:
        """Blot the password out of a server's words: some repeat the command that they refuse."""
        plain = (self.password, f"\0{self.username}\0{self.password}")  # AUTH LOGIN and PLAIN
        encoded = (b64encode(each.encode("utf-8")).decode("ascii") for each in plain)
        for secret in (*encoded, self.password) if self.password else ():
            said = said.replace(secret, "********")
        return said


@lru_cache(maxsize=16)
def tls_context(ca_file: str | None) -> ssl.SSLContext:
    """A verifying context (certificate and host name), cached: building one costs milliseconds."""
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


def permitted_addresses(endpoint: Endpoint) -> tuple[str, ...]:
    """Resolve the host and return its IP addresses, all of which we may talk to.

    Raises:
        EndpointRefusedError: when any address is not loopback though only loopback is allowed,
            or when the connection would be in plain text outside loopback.
        OSError: when the name does not resolve.
    """
    found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    outside = [one for one in addresses if not ipaddress.ip_address(one).is_loopback]
    if outside and endpoint.loopback_only:
        raise EndpointRefusedError(
            f"{endpoint.host} is {outside[0]}, not a loopback address; only those are allowed here."
        )
    if outside and endpoint.security == "plain":
        raise EndpointRefusedError(f"{endpoint.host} would get mail and password in plain text.")
    return addresses


def connect(endpoint: Endpoint, timeout: float) -> socket.socket:
    """Open a TCP connection to one of the addresses that were checked, never resolving twice.

    Raises:
        OSError: when none answers within `timeout` seconds.
    """
    failure = OSError(f"{endpoint.host} has no address.")
    for address in permitted_addresses(endpoint):
        try:
            return socket.create_connection((address, endpoint.port), timeout)
        except OSError as error:
            failure = error
    raise failure
