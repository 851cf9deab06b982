"""A made-up resolver: persona domains have mail servers, everything else has none."""

from collections.abc import Collection, Mapping
from zlib import crc32

from marketing_agent.providers.dns import DnsUnavailable, MailHosts

_OURS = ("example", "example.com", "example.org", "example.net")
_HOSTS = (
    "aspmx.l.google.com",
    "{dashed}.mail.protection.outlook.com",
    "mx1.{domain}",
)


class SandboxDns:
    """Knows the domains kept for examples (RFC 2606), shared out among three kinds of provider.

    `known` holds answers for single domains, `down` the domains whose name servers are silent.
    No name in an answer is ever connected to.
    """

    def __init__(
        self, known: Mapping[str, MailHosts] | None = None, down: Collection[str] = ()
    ) -> None:
        self._known, self._down = dict(known or {}), frozenset(down)

    def mail_hosts(self, domain: str) -> MailHosts:
        """Give the made-up servers of `domain`.

        Raises:
            DnsUnavailable: The domain is one of those that are down.
        """
        domain = domain.lower().rstrip(".")
        if domain in self._down:
            raise DnsUnavailable(f"The name servers of {domain} do not answer")
        if domain in self._known:
            return self._known[domain]
        return _made_up(domain) if _is_ours(domain) else MailHosts()


def _is_ours(domain: str) -> bool:
    return any(domain == each or domain.endswith(f".{each}") for each in _OURS)


def _made_up(domain: str) -> MailHosts:
    pattern = _HOSTS[crc32(domain.encode()) % len(_HOSTS)]
    return MailHosts((pattern.format(domain=domain, dashed=domain.replace(".", "-")),))
