"""Verification: what DNS says decides who is ready, and silence never does."""

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest

from marketing_agent.engine.values import Stage
from marketing_agent.prospects.actions import create
from marketing_agent.prospects.models import Prospect
from marketing_agent.prospects.verify import GIVE_UP_AFTER, RETRY_AFTER, verify_enriched
from marketing_agent.providers.dns import DnsUnavailable, MailHosts
from prospects.files import BY, NOW

pytestmark = pytest.mark.django_db


class Book:
    """A resolver that looks domains up in a table; a domain that it lacks gets no answer."""

    def __init__(self, **hosts: MailHosts) -> None:
        self.hosts = {f"{name}.de": found for name, found in hosts.items()}
        self.asked: list[str] = []

    def mail_hosts(self, domain: str) -> MailHosts:
        self.asked.append(domain)
        if domain not in self.hosts:
            raise DnsUnavailable(f"DNS gave no answer for {domain}")
        return self.hosts[domain]


def enter(*domains: str) -> None:
    for number, domain in enumerate(domains):
        create({"email": f"anna{number}@{domain}.de"}, BY, NOW)


def verify(
    book: Book, *, limit: int = 100, now: datetime = NOW
) -> tuple[dict[str, int], list[int]]:
    enrolled: list[int] = []

    def enroll(ids: Collection[int], _: datetime) -> None:
        assert not Prospect.objects.filter(pk__in=ids).exclude(stage=Stage.READY).exists()
        enrolled.extend(ids)

    return verify_enriched(limit, book, now, enroll=enroll), enrolled


def state() -> list[tuple[str, str]]:
    return list(Prospect.objects.order_by("pk").values_list("stage", "verification"))


def test_who_takes_mail_becomes_ready_and_is_enrolled() -> None:
    enter("adler", "null", "gone", "loewe")
    google = MailHosts(("aspmx.l.google.com", "alt.aspmx.l.google.com"))
    book = Book(
        adler=google,
        null=MailHosts(null_mx=True),
        gone=MailHosts(),
        loewe=MailHosts(("mx.host.de",)),
    )
    counts, enrolled = verify(book)
    assert counts == {"valid": 2, "null_mx": 1, "no_mail_host": 1}
    assert state() == [
        ("ready", "valid"),
        ("enriched", "null_mx"),
        ("enriched", "no_mail_host"),
        ("ready", "valid"),
    ]
    first, last = Prospect.objects.filter(stage=Stage.READY).order_by("pk")
    assert (first.provider, last.provider) == ("google", "loewe.de")
    assert enrolled == [first.pk, last.pk]
    assert first.stage_changes.get().after == Stage.READY


def test_silence_verifies_nobody_and_is_asked_again_later() -> None:
    enter("silent")
    assert verify(Book())[0] == {"unavailable": 1}
    assert state() == [("enriched", "unavailable")]
    book = Book(silent=MailHosts(("mx.silent.de",)))
    assert verify(book, now=NOW + RETRY_AFTER - timedelta(seconds=1)) == ({}, [])
    assert verify(book, now=NOW + RETRY_AFTER)[0] == {"valid": 1}
    assert state() == [("ready", "valid")]


def test_the_silent_ones_at_the_head_block_nobody() -> None:
    enter("silent", "silent", "adler")
    book = Book(adler=MailHosts(("mx.adler.de",)))
    for _ in range(2):
        verify(book, limit=2)
    assert state()[2] == ("ready", "valid")


def test_a_domain_is_asked_once_for_all_its_addresses() -> None:
    enter("adler", "adler", "adler")
    book = Book(adler=MailHosts(("mx.adler.de",)))
    assert verify(book)[0] == {"valid": 3}
    assert book.asked == ["adler.de"]


def test_a_dead_resolver_ends_the_round_early() -> None:
    enter(*(f"d{number}" for number in range(GIVE_UP_AFTER + 3)))
    book = Book()
    verify(book)
    assert len(book.asked) == GIVE_UP_AFTER
    assert state()[-1] == ("enriched", "unchecked")


def test_an_address_replaced_meanwhile_is_not_judged_by_its_old_domain() -> None:
    enter("adler")

    class Slow(Book):
        def mail_hosts(self, domain: str) -> MailHosts:
            Prospect.objects.update(domain="other.de", address_key="anna@other.de")
            return super().mail_hosts(domain)

    _, enrolled = verify(Slow(adler=MailHosts(("mx.adler.de",))))
    assert (state(), enrolled) == ([("enriched", "unchecked")], [])


def test_only_enriched_prospects_are_verified() -> None:
    enter("adler")
    Prospect.objects.update(stage=Stage.SUPPRESSED)
    assert verify(Book(adler=MailHosts(("mx.adler.de",)))) == ({}, [])
