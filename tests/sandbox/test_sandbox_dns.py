"""The made-up resolver answers as the real one would."""

import pytest

from marketing_agent.mail.address import provider_of
from marketing_agent.providers.dns import DnsUnavailable, MailHosts, Resolver
from marketing_agent.sandbox.dns import SandboxDns


def test_persona_domains_take_mail_at_several_providers() -> None:
    resolver: Resolver = SandboxDns()
    hosts = [resolver.mail_hosts(f"mill{number}.example").hosts[0] for number in range(60)]
    assert {"google", "microsoft"} < {provider_of(host) for host in hosts}
    assert any(host.startswith("mx1.mill") for host in hosts)
    assert resolver.mail_hosts("Example.com.") == resolver.mail_hosts("example.com")


def test_other_domains_take_none() -> None:
    assert SandboxDns().mail_hosts("notexample") == MailHosts()


def test_single_domains_differ_on_demand() -> None:
    refusing = MailHosts(null_mx=True)
    resolver = SandboxDns({"null.example": refusing}, down={"down.example"})
    assert resolver.mail_hosts("null.example") == refusing
    with pytest.raises(DnsUnavailable):
        resolver.mail_hosts("down.example")
