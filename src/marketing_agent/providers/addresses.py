"""Which addresses of the network we may connect to: public ones, and ourselves where that was asked for.

A name that leads to a private address is refused wherever it came from: a setting, a redirect, or a DNS
answer that changed between two questions.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address
_LOCAL_NAMES = frozenset({"localhost", "localhost."})

Ip = IPv4Address | IPv6Address


def check_url(url: str) -> None:
    """Refuse an address that a key must not be sent to.

    Raises:
        ValueError: with half a sentence, when it is neither https:// nor on this machine.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address such as https://api.x.ai/v1")
    if parts.username or parts.password:
        raise ValueError("must not hold a name or password; the key is a secret")
    if parts.scheme == "http" and not is_this_machine(parts.hostname):
        raise ValueError("must begin with https://, for a key is sent there")
    found = _literal(parts.hostname)
    if found is not None and not may_connect(found, to_ourselves=found.is_loopback):
        raise ValueError("must not be a private address")


def is_this_machine(host: str) -> bool:
    """Say whether a URL's host names this machine in so many words."""
    found = _literal(host)
    return host.lower() in _LOCAL_NAMES or (found is not None and found.is_loopback)


def may_connect(address: Ip | str, *, to_ourselves: bool) -> bool:
    """Say whether an address may be connected to; loopback only where the URL names this machine."""
    inner = _unwrapped(ip_address(str(address).partition("%")[0]))
    if to_ourselves:
        return inner.is_loopback
    return inner.is_global and not inner.is_multicast


def _literal(host: str) -> Ip | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _unwrapped(address: Ip) -> Ip:
    """Give the IPv4 address that an IPv6 address stands for (mapped, 6to4, NAT64), else itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address
