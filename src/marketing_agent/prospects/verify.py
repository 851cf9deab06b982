"""Verification at home: does the domain of an address take mail (MX)? Only then is it *ready*."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from marketing_agent.engine.values import Stage
from marketing_agent.mail.address import provider_of
from marketing_agent.prospects.actions import move, write_verifications
from marketing_agent.prospects.models import Prospect
from marketing_agent.prospects.portions import portions
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

SideBySide = Callable[[Callable[[str], None], Iterable[str]], None]
"""Runs a function over domains; the worker's lanes do it side by side."""

PORTION = 200
"""Domains whose verdicts are written in one transaction."""


def one_by_one(function: Callable[[str], None], domains: Iterable[str]) -> None:
    """Run `function` over domains in this thread."""
    for domain in domains:
        function(domain)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What DNS says of a domain."""

    word: str
    detail: str
    provider: str = ""


def verify_enriched(
    limit: int,
    resolver: Resolver,
    now: datetime,
    *,
    enroll: Enroll,
    side_by_side: SideBySide = one_by_one,
) -> dict[str, int]:
    """Verify at most `limit` addresses, a look-up for each domain; gives how many got which verdict.

    Look-ups are made outside of any transaction, `side_by_side` where the caller has lanes. `enroll`
    is given the prospects that became ready, inside the transaction that made them so.
    """
    counts: Counter[str] = Counter()
    for domains in portions(_by_domain(_waiting(limit, now)).items(), PORTION):
        verdicts = _judge_all([domain for domain, _ in domains], resolver, side_by_side)
        _record({pk: domain for domain, ids in domains for pk in ids}, verdicts, enroll, now)
        counts.update({verdicts[name].word: 0 for name in verdicts})
        for domain, ids in domains:
            if domain in verdicts:
                counts[verdicts[domain].word] += len(ids)
        if len(verdicts) < len(domains):
            break
    return dict(counts)


def _judge_all(
    domains: Sequence[str], resolver: Resolver, side_by_side: SideBySide
) -> dict[str, Verdict]:
    """Judge domains; those after five without any answer in a row stay unjudged for this round."""
    verdicts: dict[str, Verdict] = {}
    silent: list[str] = []

    def look_up(domain: str) -> None:
        if len(silent) >= GIVE_UP_AFTER:
            return
        verdicts[domain] = verdict = judge(domain, resolver)
        if verdict.word == UNAVAILABLE:
            silent.append(domain)
        else:
            silent.clear()

    side_by_side(look_up, domains)
    return verdicts


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


def _record(
    domain_of: Mapping[int, str],
    verdicts: Mapping[str, Verdict],
    enroll: Enroll,
    now: datetime,
) -> None:
    judged = [pk for pk, domain in domain_of.items() if domain in verdicts]
    with transaction.atomic():
        rows = Prospect.objects.select_for_update().filter(pk__in=judged, stage=Stage.ENRICHED)
        # An address replaced while DNS was asked is judged by its new domain in the next round.
        same = [row for row in rows.order_by("pk") if row.domain == domain_of[row.pk]]
        for row in same:
            verdict = verdicts[row.domain]
            row.verification, row.provider = verdict.word, verdict.provider
            row.verification_detail = verdict.detail
        write_verifications(same, now)
        ready = [row.pk for row in same if row.verification == VALID]
        move(ready, Stage.READY, "the address was verified", now)
        enroll(ready, now)
