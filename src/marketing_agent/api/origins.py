"""Where a request comes from: behind which proxy, under which host, from which page."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.http import HttpRequest

_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP")
_OWN_SITES = frozenset({"same-origin", "none"})
_LONGEST_CHAIN = 20


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from.

    Attributes:
        address: the client's address, behind trusted proxies the one they report.
        host: the name (and port) that the client asked for.
        secure: whether the client spoke TLS.
        direct: no proxy, trusted or not, stands between.
    """

    address: str
    host: str
    secure: bool
    direct: bool


def origin_of(request: HttpRequest, proxies: tuple[str, ...]) -> Origin:
    """Find out where a request comes from; forwarded headers count only from `proxies`."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    host = str(request.META.get("HTTP_HOST", ""))
    direct = not any(name in request.META for name in _FORWARDED)
    if not _is_one_of(peer, proxies):
        return Origin(peer, host, request.is_secure(), direct)
    return Origin(
        address=_client_behind(request, peer, proxies),
        host=_first(request, "HTTP_X_FORWARDED_HOST") or host,
        secure=_first(request, "HTTP_X_FORWARDED_PROTO").lower() == "https",
        direct=False,
    )


def is_loopback(address: str) -> bool:
    """Say whether an address is this machine talking to itself."""
    parsed = _parse(address)
    return parsed is not None and parsed.is_loopback


def names_loopback(host: str) -> bool:
    """Say whether a Host header names this machine; a rebound DNS name does not."""
    return _name_of(host) in _LOOPBACK_NAMES


def comes_from_elsewhere(request: HttpRequest, host: str) -> bool:
    """Say whether a browser sent this on behalf of another site (Origin, Fetch Metadata)."""
    origin = request.META.get("HTTP_ORIGIN")
    if origin is not None and not _same_place(origin, host):
        return True
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    return site is not None and site not in _OWN_SITES


def _same_place(origin: str, host: str) -> bool:
    try:
        return urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:
        return False


def _name_of(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _client_behind(request: HttpRequest, peer: str, proxies: tuple[str, ...]) -> str:
    # Read from the right: each trusted proxy appends whom it saw; what stands further left than
    # the first stranger is that stranger's own claim.
    chain = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")[-_LONGEST_CHAIN:]
    for hop in reversed([part.strip() for part in chain]):
        if _parse(hop) is None:
            return peer
        if not _is_one_of(hop, proxies):
            return hop
    return peer


def _first(request: HttpRequest, header: str) -> str:
    return str(request.META.get(header, "")).split(",")[0].strip()


def _is_one_of(address: str, networks: tuple[str, ...]) -> bool:
    parsed = _parse(address)
    return parsed is not None and any(_holds(network, parsed) for network in networks)


def _holds(network: str, address: IPv4Address | IPv6Address) -> bool:
    try:
        return address in ip_network(network, strict=False)
    except ValueError:
        return False


def _parse(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
