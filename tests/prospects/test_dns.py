"""The resolver against a real name server on this machine."""

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from marketing_agent.mail.address import provider_of
from marketing_agent.providers import dns as product
from marketing_agent.providers.dns import DnsResolver, DnsUnavailable, MailHosts

pytestmark = pytest.mark.enable_socket

ZONE = {
    ("two.test.", "MX"): ["20 Backup.two.test.", "10 mx.two.test."],
    ("null.test.", "MX"): ["0 ."],
    ("plain.test.", "A"): ["192.0.2.1"],
    ("six.test.", "AAAA"): ["2001:db8::1"],
    ("text.test.", "TXT"): ['"nothing to see"'],
}


def answer(wire: bytes) -> bytes:
    query = dns.message.from_wire(wire)
    question = query.question[0]
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.RA
    name, kind = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
    if name == "broken.test.":
        reply.set_rcode(dns.rcode.SERVFAIL)
    elif not any(known == name for known, _ in ZONE):
        reply.set_rcode(dns.rcode.NXDOMAIN)
    elif records := ZONE.get((name, kind)):
        reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
    return reply.to_wire()


@pytest.fixture
def resolver() -> Iterator[DnsResolver]:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            wire, peer = server.recvfrom(4096)
            if not wire:
                return
            server.sendto(answer(wire), peer)

    thread = threading.Thread(target=serve)
    thread.start()
    port = server.getsockname()[1]
    yield DnsResolver(["127.0.0.1"], port)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stop:
        stop.sendto(b"", ("127.0.0.1", port))
    thread.join()
    server.close()


def test_hosts_come_by_preference(resolver: DnsResolver) -> None:
    assert resolver.mail_hosts("two.test") == MailHosts(("mx.two.test", "backup.two.test"))


def test_null_mx_takes_no_mail(resolver: DnsResolver) -> None:
    assert resolver.mail_hosts("null.test") == MailHosts((), null_mx=True)


@pytest.mark.parametrize("domain", ["plain.test", "six.test"])
def test_without_mx_the_host_itself_takes_the_mail(resolver: DnsResolver, domain: str) -> None:
    assert resolver.mail_hosts(domain) == MailHosts((domain,))


@pytest.mark.parametrize("domain", ["missing.test", "text.test", "x" * 64 + ".test"])
def test_nobody_takes_mail_for_names_that_lead_nowhere(resolver: DnsResolver, domain: str) -> None:
    assert resolver.mail_hosts(domain) == MailHosts()


def test_a_failure_is_no_answer(resolver: DnsResolver) -> None:
    with pytest.raises(DnsUnavailable, match=r"broken\.test"):
        resolver.mail_hosts("broken.test")


def test_answers_are_kept(resolver: DnsResolver, monkeypatch: pytest.MonkeyPatch) -> None:
    first = resolver.mail_hosts("two.test")
    monkeypatch.setitem(ZONE, ("two.test.", "MX"), ["10 other.test."])
    assert resolver.mail_hosts("two.test") == first


def test_another_resolver_can_be_installed() -> None:
    class Book:
        def mail_hosts(self, domain: str) -> MailHosts:
            return MailHosts((f"mx.{domain}",))

    before = product.install(Book())
    try:
        assert product.resolver().mail_hosts("a.de") == MailHosts(("mx.a.de",))
    finally:
        assert product.install(before) is not before
    assert provider_of("mx.a.de") == "mx.a.de"
