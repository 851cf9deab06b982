"""DNS: which servers take a domain's mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import dns.exception
import dns.name
import dns.resolver

LIFETIME_S = 5.0
"""Seconds for one question, all name servers and retries together."""
_CACHED_ANSWERS = 20_000


class DnsUnavailable(Exception):  # noqa: N818  it reads as what it says
    """DNS gave no answer; nothing is known about the domain, and asking later may help."""


@dataclass(frozen=True, slots=True)
class MailHosts:
    """The servers that take a domain's mail, best first; none and `null_mx`: it refuses mail."""

    hosts: tuple[str, ...] = ()
    null_mx: bool = False


class Resolver(Protocol):
    """Something that knows mail servers: DNS, or the sandbox's made-up one."""

    def mail_hosts(self, domain: str) -> MailHosts:
        """Give the servers of `domain` (in punycode).

        Raises:
            DnsUnavailable: when there is no answer now.
        """


class DnsResolver:
    """Asks the machine's name servers, or the ones given, and keeps answers for their time to live."""

    def __init__(self, nameservers: Iterable[str] = (), port: int = 53) -> None:
        self._chosen = tuple(nameservers)
        self._port = port
        self._resolver: dns.resolver.Resolver | None = None

    def mail_hosts(self, domain: str) -> MailHosts:
        """Give the MX hosts by preference, or the domain itself when only A or AAAA exist."""
        answers = self._ask(domain, "MX")
        if answers:
            return _sorted_hosts(answers)
        # RFC 5321 section 5.1: without MX, the host of that name takes the mail.
        implicit = self._ask(domain, "A") or self._ask(domain, "AAAA")
        return MailHosts((domain,)) if implicit else MailHosts()

    def _ask(self, domain: str, kind: str) -> list[str]:
        """Give the answers as text; none for a name or a record that does not exist."""
        try:
            answer = self._ready().resolve(f"{domain}.", kind, raise_on_no_answer=False)
        except (dns.resolver.NXDOMAIN, dns.name.LabelTooLong, dns.name.EmptyLabel):
            return []
        except dns.exception.DNSException as error:
            raise DnsUnavailable(f"DNS gave no answer for {domain}: {_said(error)}") from None
        return [record.to_text() for record in answer.rrset or ()]

    def _ready(self) -> dns.resolver.Resolver:
        if self._resolver is None:
            made = dns.resolver.Resolver(configure=not self._chosen)
            if self._chosen:
                made.nameservers, made.port = list(self._chosen), self._port
            made.lifetime = LIFETIME_S
            made.cache = dns.resolver.LRUCache(_CACHED_ANSWERS)
            self._resolver = made
        return self._resolver


def _said(error: dns.exception.DNSException) -> str:
    return str(error)[:200] or type(error).__name__


def _sorted_hosts(records: list[str]) -> MailHosts:
    pairs = sorted((int(each.split()[0]), each.split()[1].rstrip(".").lower()) for each in records)
    hosts = tuple(host for _, host in pairs if host)
    return MailHosts(hosts, null_mx=not hosts)  # RFC 7505: a lone "." means no mail


class _Installed:
    resolver: Resolver = DnsResolver()


def resolver() -> Resolver:
    """Give the resolver of this process."""
    return _Installed.resolver


def install(other: Resolver) -> Resolver:
    """Let `resolver` give `other` from here on; returns the one installed before."""
    before, _Installed.resolver = _Installed.resolver, other
    return before
