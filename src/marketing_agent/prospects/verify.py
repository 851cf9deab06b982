"""Verification at home: does the domain of an address take mail (MX)? Only then is it *ready*."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from marketing_agent.engine.values import Stage
from marketing_agent.mail.address import provider_of
from marketing_agent.prospects.actions import move, set_verification
from marketing_agent.prospects.models import Prospect
from marketing_agent.providers.dns import DnsUnavailable, MailHosts, Resolver

VALID = "valid"
NO_MAIL_HOST = "no_mail_host"
NULL_MX = "null_mx"
UNAVAILABLE = "unavailable"  # DNS gave no answer: asked again later, never taken for a yes

RETRY_AFTER = timedelta(minutes=30)
GIVE_UP_AFTER = 5
"""Domains in a row without any answer after which this round ends: the resolver itself is down."""

_LARGE = frozenset({"google", "microsoft", "yahoo"})

Enroll = Callable[[Collection[int], datetime], object]
"""What happens to prospects in the transaction that makes them ready."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What DNS says of a domain."""

    word: str
    detail: str
    provider: str = ""


def verify_enriched(
    limit: int, resolver: Resolver, now: datetime, *, enroll: Enroll
) -> dict[str, int]:
    """Verify at most `limit` addresses, a look-up for each domain; gives how many got which verdict.

    Look-ups are made outside of any transaction. `enroll` is given the prospects that became
    ready, inside the transaction that made them so.
    """
    counts: dict[str, int] = defaultdict(int)
    silent = 0
    for domain, ids in _by_domain(_waiting(limit, now)).items():
        verdict = judge(domain, resolver)
        silent = silent + 1 if verdict.word == UNAVAILABLE else 0
        _record(domain, ids, verdict, enroll, now)
        counts[verdict.word] += len(ids)
        if silent >= GIVE_UP_AFTER:
            break
    return dict(counts)


def _waiting(limit: int, now: datetime) -> Iterable[tuple[int, str]]:
    enriched = Prospect.objects.filter(stage=Stage.ENRICHED).order_by("id")
    fresh = enriched.filter(verification="unchecked")
    rows = list(fresh.values_list("pk", "domain")[:limit])
    again = enriched.filter(verification=UNAVAILABLE, verified_at__lte=now - RETRY_AFTER)
    return rows + list(again.values_list("pk", "domain")[: limit - len(rows)])


def _by_domain(rows: Iterable[tuple[int, str]]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for pk, domain in rows:
        groups[domain].append(pk)
    return groups


def judge(domain: str, resolver: Resolver) -> Verdict:
    """Ask DNS whether `domain` takes mail (RFC 5321 section 5.1, RFC 7505)."""
    try:
        found = resolver.mail_hosts(domain)
    except DnsUnavailable as error:
        return Verdict(UNAVAILABLE, str(error))
    if found.null_mx:
        return Verdict(NULL_MX, f"{domain} says that it takes no mail (null MX).")
    if not found.hosts:
        return Verdict(NO_MAIL_HOST, f"{domain} has neither a mail server nor an address.")
    return Verdict(VALID, f"Mail goes to {found.hosts[0]}.", provider_among(found, domain))


def provider_among(found: MailHosts, domain: str) -> str:
    """Name who runs the mail of a domain: google, microsoft, yahoo, else the domain itself."""
    names = (provider_of(host) for host in found.hosts)
    return next((name for name in names if name in _LARGE), domain)


def _record(domain: str, ids: list[int], verdict: Verdict, enroll: Enroll, now: datetime) -> None:
    with transaction.atomic():
        # An address replaced while DNS was asked is judged by its new domain in the next round.
        rows = Prospect.objects.select_for_update().filter(pk__in=ids, domain=domain)
        same = list(rows.filter(stage=Stage.ENRICHED).values_list("pk", flat=True))
        set_verification(same, verdict.word, verdict.detail, now, provider=verdict.provider)
        if verdict.word == VALID:
            move(same, Stage.READY, "the address was verified", now)
            enroll(same, now)
