"""A whole world on loopback: mail servers, recipients, inboxes, a campaign, and prospects in a CSV."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from marketing_agent.accounts.actor import Actor
from marketing_agent.campaigns.actions import save_campaign
from marketing_agent.campaigns.drafts import StepDraft
from marketing_agent.engine.values import SuppressionCause
from marketing_agent.inboxes.actions import add_inbox, put_secret
from marketing_agent.inboxes.actions.secrets import CHANNELS
from marketing_agent.operations.actions import set_switch
from marketing_agent.outbox.actions.suppress import suppress
from marketing_agent.providers import dns
from marketing_agent.sandbox.behaviours import Behaviour, deal
from marketing_agent.sandbox.certificates import Certificates, make_certificates
from marketing_agent.sandbox.dns import SandboxDns
from marketing_agent.sandbox.imap_server import ImapServer
from marketing_agent.sandbox.internet import Internet
from marketing_agent.sandbox.personas import Personas
from marketing_agent.sandbox.population import SUPPRESSED_DOMAIN, people, write_csv
from marketing_agent.sandbox.salesperson import Salesperson, at_work
from marketing_agent.sandbox.smtp_server import SmtpServer
from marketing_agent.settings import settings
from marketing_agent.workers import clock
from marketing_agent.workers.clock import SimulatedClock

BY = Actor("demo", "sandbox")
ZONES = {
    "inbox1@example.com": "Europe/London",
    "inbox2@example.com": "Europe/Vienna",
    "inbox3@example.com": "UTC",
}
"""The inboxes of the world at its beginning, each in its own time zone."""

NEWCOMER = "new@example.com"
"""An account whose credentials are there already, for the runbook that adds it."""

_PASSWORD = "a password of the sandbox"  # noqa: S105  it opens nothing but the sandbox

STEPS = (
    StepDraft(
        subject="{{ company }} in {{ city }}",
        body="Hello {{ first_name }},\n\nguests who write to hotels in {{ city }} wait six hours for an "
        "answer on average. We answer for {{ company }} within a minute, in their language.\n\n"
        "Shall I show you how that looks with your own mail?\n\nBest regards\n{{ sender.name }}",
    ),
    StepDraft(
        day_offset=3,
        body="Hello {{ first_name }},\n\na short example says more than a long letter: which question do "
        "your guests ask most often?\n\nBest regards\n{{ sender.name }}",
    ),
    StepDraft(
        day_offset=4,
        body="Hello {{ first_name }},\n\nthis is my last note. If answering guests is nothing that "
        "{{ company }} wants to think about now, no reply is needed.\n\n"
        "Best regards\n{{ sender.name }}",
    ),
)


_TIERS = ("hot", "warm", "cold")

SHOWN = (
    Behaviour.INTERESTED,
    Behaviour.QUESTION,
    Behaviour.NOT_INTERESTED,
    Behaviour.OPT_OUT,
    Behaviour.OUT_OF_OFFICE,
    Behaviour.BOUNCE_UNKNOWN,
    Behaviour.BOUNCE_FULL,
    Behaviour.BOUNCE_BLOCKED,
    Behaviour.COMPLAINT,
)
"""What even a short run shows, one of each among the first who are written to."""


@dataclass(frozen=True, slots=True)
class World:
    """The running servers and what connects them."""

    clock: SimulatedClock
    smtp: SmtpServer
    imap: ImapServer
    internet: Internet
    salesperson: Salesperson
    prospects_csv: Path


@contextmanager
def running_world(start: datetime, seed: int, count: int) -> Iterator[World]:
    """Start the servers, install clock and resolver, and furnish the store; all ends with the block."""
    home = settings().home
    certificates = make_certificates(home / "certificates")
    with ExitStack() as stack:
        time = SimulatedClock(start)
        stack.callback(clock.install, clock.install(time))
        stack.callback(dns.install, dns.install(SandboxDns()))
        world = _servers(stack, certificates, seed, count, home / "prospects.csv", time)
        write_csv(world.prospects_csv, count, seed)
        _furnish(world, start)
        yield world


def _servers(
    stack: ExitStack,
    certificates: Certificates,
    seed: int,
    count: int,
    csv: Path,
    time: SimulatedClock,
) -> World:
    accounts = dict.fromkeys([*ZONES, NEWCOMER], _PASSWORD)
    imap = stack.enter_context(ImapServer(accounts, clock.now, certificates=certificates))
    internet = Internet(Personas(seed, cast(seed, count)), imap, clock.now)
    smtp = stack.enter_context(
        SmtpServer(
            accounts,
            certificates=certificates,
            decide=internet.decide,
            received=internet.receive,
            clock=clock.now,
        )
    )
    return World(time, smtp, imap, internet, stack.enter_context(at_work()), csv)


def cast(seed: int, count: int) -> dict[str, Behaviour]:
    """Deal the people their parts; those whom a short run must show are written to first."""
    rows = sorted(people(count, seed), key=lambda row: _TIERS.index(row[7]))
    dealt = deal(seed, [row[5] for row in rows])
    early = [address for address in dealt if dealt[address] is Behaviour.SILENT]
    late = list(reversed(dealt))
    for part, place in zip(SHOWN, early, strict=False):
        holder = next((each for each in late if dealt[each] is part), place)
        dealt[place], dealt[holder] = dealt[holder], dealt[place]
    return dealt


def _furnish(world: World, now: datetime) -> None:
    for name, value in {
        "sender_name": "Ada Adler",
        "sender_company": "Example Ltd",
        "postal_address": "1 Example Street, 1010 Vienna, Austria",
    }.items():
        set_switch(name, value, BY, now)
    put_secret(CHANNELS, world.salesperson.url, BY, now)
    for number, address in enumerate([*ZONES, NEWCOMER], start=1):
        put_secret(f"SMTP_INBOX_{number}", secret_of(world, address), BY, now)
    for address, zone in ZONES.items():
        add_inbox(address, by=BY, now=now, zone=zone, warmup_start_date=f"{now:%Y-%m-%d}")
    save_campaign("Faster answers", STEPS, BY, now)
    suppress("domain", SUPPRESSED_DOMAIN, SuppressionCause.MANUAL, "asked by letter", BY, now)


def secret_of(world: World, address: str) -> str:
    """Give an inbox's credentials in the form with seven parts."""
    smtp, imap = world.smtp.port, world.imap.port
    return f"{address}|{_PASSWORD}|127.0.0.1|{smtp}|Ada Adler|127.0.0.1|{imap}"
