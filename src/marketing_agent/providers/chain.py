"""Asking outside services in order: the first that answers is believed, and what the others said is kept.

Every call goes past the service's limiter, breaker and budget, and is entered in the books.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Generic, Protocol, TypeVar

from marketing_agent.providers.books import OVER_LIMIT, Books, Report, Service
from marketing_agent.providers.errors import NotAsked, ProviderError

Q_contra = TypeVar("Q_contra", contravariant=True)
Q = TypeVar("Q")
A = TypeVar("A")

PATIENCE_S = 10.0
"""Seconds that a call waits for its turn at most."""


@dataclass(frozen=True, slots=True)
class Priced(Generic[A]):
    """An answer and what it cost, in the service's unit; None when nobody knows."""

    answer: A
    cost: int | None


class Provider(Protocol[Q_contra, A]):
    """One service that can be asked."""

    @property
    def service(self) -> Service:
        """Its name, budget and limiter."""

    def most(self, question: Q_contra) -> int:
        """Give what the answer may cost at most."""

    def ask(self, question: Q_contra) -> Priced[A]:
        """Ask once.

        Raises:
            ProviderError: typed as temporary, permanent or nonsense.
        """


@dataclass(frozen=True, slots=True)
class Said:
    """What became of one service that gave no answer."""

    name: str
    error: ProviderError


@dataclass(frozen=True, slots=True)
class Reply(Generic[A]):
    """The answer, whose it is, what it cost, and what those before it said."""

    answer: A
    by: str
    cost: int | None
    said: tuple[Said, ...] = ()


class NobodyAnswered(Exception):  # noqa: N818  it reads as what it says
    """No service gave an answer; the message holds a sentence for each of them."""

    def __init__(self, said: Sequence[Said]) -> None:
        super().__init__(in_words(said))
        self.said = tuple(said)

    @property
    def asked(self) -> bool:
        """Whether any service was asked at all."""
        return any(not isinstance(each.error, NotAsked) for each in self.said)

    @property
    def temporary(self) -> bool:
        """Whether one of them may answer later by itself."""
        return any(each.error.temporary for each in self.said)

    @property
    def retry_after_s(self) -> float | None:
        """The seconds after which the first of them may be asked again, where one says so."""
        waits = [each.error.retry_after_s for each in self.said if each.error.temporary]
        return min((wait for wait in waits if wait is not None), default=None)


class Chain(Generic[Q, A]):
    """Services in the order in which they are asked.

    Args:
        providers: the best first.
        books: where calls are entered.
        now: the clock, for a call takes time.
        wait: waits so many seconds for a turn.
    """

    def __init__(
        self,
        providers: Sequence[Provider[Q, A]],
        books: Books,
        now: Callable[[], datetime],
        wait: Callable[[float], object],
    ) -> None:
        self._providers = tuple(providers)
        self._books, self._now, self._wait = books, now, wait

    def ask(self, question: Q) -> Reply[A]:
        """Ask one after the other until one answers.

        Raises:
            NobodyAnswered: when none does.
        """
        said: list[Said] = []
        for provider in self._providers:
            name = provider.service.name
            try:
                found = self._ask(provider, question)
            except ProviderError as error:
                said.append(Said(name, error))
            else:
                return Reply(found.answer, name, found.cost, tuple(said))
        raise NobodyAnswered(said)

    def _ask(self, provider: Provider[Q, A], question: Q) -> Priced[A]:
        amount = provider.most(question)
        return guarded(
            provider.service, amount, lambda: provider.ask(question),
            books=self._books, now=self._now, wait=self._wait,
        )  # fmt: skip


def guarded(
    service: Service,
    amount: int,
    call: Callable[[], Priced[A]],
    *,
    books: Books,
    now: Callable[[], datetime],
    wait: Callable[[float], object],
) -> Priced[A]:
    """Make one call past a service's limiter, breaker and budget, and enter how it went.

    Raises:
        NotAsked: when it must not be made now.
        ProviderError: as the call itself raised it.
    """
    _wait_for_turn(service, wait)
    ticket, started = books.begin(service, amount, now()), monotonic()
    try:
        found = call()
    except ProviderError as error:
        books.end(ticket, Report(error.cost, monotonic() - started, error), now())
        raise
    books.end(ticket, Report(found.cost, monotonic() - started), now())
    return found


def _wait_for_turn(service: Service, wait: Callable[[float], object]) -> None:
    seconds = service.limiter.turn(PATIENCE_S)
    if seconds is None:
        sentence = f"{service.name} is asked too often; this call did not get a turn."
        raise NotAsked(OVER_LIMIT, sentence, retry_after_s=PATIENCE_S)
    if seconds:
        wait(seconds)


def in_words(said: Sequence[Said]) -> str:
    """Give what the services said, one sentence each."""
    return " ".join(str(each.error) for each in said)
