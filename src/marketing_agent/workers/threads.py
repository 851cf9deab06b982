"""The threads of the program: lanes for side-by-side work, jobs, and the keeper of a lease."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Protocol, TypeVar

from django.db import DatabaseError, close_old_connections, connections

from marketing_agent.store.replaced import reconnect_if_replaced
from marketing_agent.workers.claim import RENEW_EVERY, Claim, renew

T = TypeVar("T")


class InlineLanes:
    """One lane: the calling thread."""

    def map(self, function: Callable[[T], None], items: Iterable[T]) -> None:
        """Run `function` over all items in order; the first exception is raised at the end."""
        failures: list[Exception] = []
        for item in items:
            _attempt(function, item, failures)
        _raise_first(failures)


class ThreadLanes:
    """Several lanes, a thread and a database connection each; both end with the work."""

    def __init__(self, lanes: int) -> None:
        self._lanes = lanes

    def map(self, function: Callable[[T], None], items: Iterable[T]) -> None:
        """Run `function` over all items side by side; the first exception is raised at the end."""
        failures: list[Exception] = []
        rest, gate = iter(items), threading.Lock()

        def lane() -> None:
            try:
                for item in _taking_turns(rest, gate):
                    _attempt(function, item, failures)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=lane, name=f"lane-{n}") for n in range(self._lanes)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        _raise_first(failures)


def _taking_turns(rest: Iterator[T], gate: threading.Lock) -> Iterator[T]:
    while True:
        with gate:
            try:
                item = next(rest)
            except StopIteration:
                return
        yield item


def _attempt(function: Callable[[T], None], item: T, failures: list[Exception]) -> None:
    try:
        function(item)
    except Exception as error:  # noqa: BLE001  raised to the caller once the other items are done
        failures.append(error)


def _raise_first(failures: list[Exception]) -> None:
    if failures:
        raise failures[0]


class JobRunner(Protocol):
    """Where a worker's jobs run."""

    def busy(self) -> set[str]:
        """Name the jobs that run now."""

    def start(self, name: str, work: Callable[[], None]) -> None:
        """Run `work` under the job's name."""

    def close(self) -> None:
        """Wait until every job is done."""


class InlineJobs:
    """Runs each job in the calling thread."""

    def busy(self) -> set[str]:
        """Name the jobs that run now: none, for `start` returns when the job is done."""
        return set()

    def start(self, name: str, work: Callable[[], None]) -> None:
        """Run `work` to its end."""
        del name
        work()

    def close(self) -> None:
        """Nothing is left running."""


class JobThreads:
    """Runs jobs side by side, so that a long send cycle does not keep mail from being read."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="job")
        self._running: dict[str, Future[None]] = {}

    def busy(self) -> set[str]:
        """Name the jobs that run now."""
        self._running = {name: each for name, each in self._running.items() if not each.done()}
        return set(self._running)

    def start(self, name: str, work: Callable[[], None]) -> None:
        """Run `work` in a thread; its database connection is checked before and after."""
        self._running[name] = self._pool.submit(_with_fresh_connections, work)

    def close(self) -> None:
        """Wait until every job is done."""
        self._pool.shutdown(wait=True)


def _with_fresh_connections(work: Callable[[], None]) -> None:
    close_old_connections()
    reconnect_if_replaced()
    try:
        work()
    finally:
        close_old_connections()


@contextmanager
def keeping(claim: Claim) -> Iterator[None]:
    """Renew a job's lease from a thread of its own for as long as the body runs."""
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(claim, done), name=f"lease-{claim.job.name}")
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def _keep(claim: Claim, done: threading.Event) -> None:
    try:
        while not done.wait(RENEW_EVERY.total_seconds()):
            _renew_or_wait(claim)
    finally:
        connections.close_all()


def _renew_or_wait(claim: Claim) -> None:
    try:
        renew(claim)
    except DatabaseError:
        connections.close_all()  # the lease outlasts three failed renewals; the next turn tries again
