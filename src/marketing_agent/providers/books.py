"""What is kept of outside services: how their calls went, their breakers, and what the day has cost.

Money is reserved before a call and settled after it. A reservation that is never settled stays spent: a
process that died may have paid.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from marketing_agent.providers.breaker import Breaker, admit, failed, refused
from marketing_agent.providers.errors import NotAsked, ProviderError, ProviderNonsense
from marketing_agent.providers.limiter import Limiter

BREAKER_OPEN, OVER_BUDGET, OVER_LIMIT = "breaker_open", "over_budget", "over_limit"
BAD_REQUEST = "bad_request"
"""A request that the service cannot read: perhaps this one alone, so the others go on for a while."""


@dataclass(frozen=True, slots=True)
class Service:
    """One outside service.

    Attributes:
        name: a short word, such as grok.
        budget: what a day (UTC) may cost, in the service's own unit; None for no limit.
        limiter: gives the turns.
        setup: changes with the key, the address and the model; a new one closes the breaker.
    """

    name: str
    budget: int | None
    limiter: Limiter
    setup: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """The permission for one call, with what was reserved for it on which day."""

    service: str
    day: date
    amount: int


@dataclass(frozen=True, slots=True)
class Report:
    """How a call went: what it cost (None when nobody knows), how long it took, and its error."""

    cost: int | None
    took_s: float
    error: ProviderError | None = None

    @property
    def kind(self) -> str:
        """The error's word; empty when there is none."""
        return self.error.kind if self.error is not None else ""


class Books(Protocol):
    """Where calls are entered: the store, or the memory of a command that has no store."""

    def begin(self, service: Service, amount: int, now: datetime) -> Ticket:
        """Let a call through and reserve what it may cost at most.

        Raises:
            NotAsked: when the breaker is open, or the day's budget does not allow it.
        """

    def end(self, ticket: Ticket, report: Report, now: datetime) -> None:
        """Enter how a call went: its cost, the breaker's next state, and the counters."""


class MemoryBooks:
    """Books that end with the process; for commands that touch no store. Of one thread."""

    def __init__(self) -> None:
        self.breakers: dict[str, Breaker] = {}
        self.spent: Counter[tuple[str, date]] = Counter()
        self.kinds: Counter[tuple[str, str]] = Counter()

    def begin(self, service: Service, amount: int, now: datetime) -> Ticket:
        """Let a call through and reserve what it may cost at most. Raises NotAsked."""
        breaker = self.breakers.get(service.name, Breaker())
        admitted = admit(breaker, now)
        if admitted is None:
            raise not_asked_yet(service.name, breaker, now)
        day = day_of(now)
        if not fits(self.spent[service.name, day], amount, service.budget):
            raise over_budget(service.name, now)
        self.breakers[service.name] = admitted
        self.spent[service.name, day] += amount
        return Ticket(service.name, day, amount)

    def end(self, ticket: Ticket, report: Report, now: datetime) -> None:
        """Enter how a call went."""
        breaker = self.breakers.get(ticket.service, Breaker())
        self.breakers[ticket.service] = after(breaker, report, now)
        self.spent[ticket.service, ticket.day] += correction(ticket, report)
        self.kinds[ticket.service, report.kind] += 1


def after(breaker: Breaker, report: Report, now: datetime) -> Breaker:
    """Give the breaker after a call; whoever answers nonsense is there all the same."""
    error = report.error
    if error is None or isinstance(error, ProviderNonsense):
        return Breaker()
    if not error.temporary and error.kind != BAD_REQUEST:
        return refused(breaker, now)
    wait = timedelta(seconds=error.retry_after_s) if error.retry_after_s else None
    return failed(breaker, now, wait)


def correction(ticket: Ticket, report: Report) -> int:
    """Give what is to be added to the day's account once the real cost is known."""
    return 0 if report.cost is None else report.cost - ticket.amount


def fits(spent: int, amount: int, budget: int | None) -> bool:
    """Say whether a budget still allows for an amount."""
    return budget is None or spent + amount <= budget


def day_of(now: datetime) -> date:
    """Give the day that a call is charged to."""
    return now.astimezone(UTC).date()


def not_asked_yet(name: str, breaker: Breaker, now: datetime) -> NotAsked:
    """Say that a service is left alone for a while."""
    rest = breaker.rest_until(now)
    sentence = f"{name} was left alone until {rest:%H:%M:%S}Z, for it had failed."
    return NotAsked(BREAKER_OPEN, sentence, retry_after_s=(rest - now).total_seconds())


def over_budget(name: str, now: datetime) -> NotAsked:
    """Say that a service was not asked, for the day's budget is spent."""
    midnight = datetime.combine(day_of(now) + timedelta(days=1), datetime.min.time(), UTC)
    left = (midnight - now).total_seconds()
    return NotAsked(OVER_BUDGET, f"The day's budget for {name} is spent.", retry_after_s=left)
