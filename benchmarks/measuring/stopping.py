"""Emergency stops, timed: called while senders idle, work, wait for hung servers, are frozen or dead."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import mean, median

from django.core.management import call_command

from marketing_agent.operations.stop import SETTLED_S, steady
from marketing_agent.sandbox.answers import Answer, Mishap, Moment, Verb
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.smtp_server import SmtpServer
from marketing_agent.settings import settings
from marketing_agent.workers.stopping import stop_everything
from measuring.installation import CERTIFICATES
from measuring.letters import BY, add_inboxes, add_prospects, open_mail_room

INBOXES, LETTERS = 16, 600
_HERE = Path(__file__).resolve().parents[1]
_LISTEN_ON_S = SETTLED_S + 0.5  # a sender that missed the stop would go on for longer
_BEGIN_WITHIN_S = 30.0


@dataclass(frozen=True)
class Stop:
    """One stop: how long the call took, letters under way (None: unknown), commands DATA around it."""

    took_ms: float
    under_way: int | None
    before: int
    between: int
    late: int


@dataclass
class Kind:
    """Stops of one kind."""

    name: str
    stops: list[Stop] = field(default_factory=list)

    @property
    def median_ms(self) -> float:
        """Median time until the call returned (ms)."""
        return median(each.took_ms for each in self.stops)

    @property
    def slowest_ms(self) -> float:
        """Longest time until the call returned (ms)."""
        return max(each.took_ms for each in self.stops)

    @property
    def under_way(self) -> float | None:
        """Letters past DATA, on average of the stops that could count them."""
        counted = [each.under_way for each in self.stops if each.under_way is not None]
        return mean(counted) if counted else None

    @property
    def before(self) -> int:
        """Commands DATA that began before the call returned."""
        return sum(each.before for each in self.stops)

    @property
    def between(self) -> int:
        """Commands DATA that had passed the last check, and that the socket took after the return."""
        return sum(each.between for each in self.stops)

    @property
    def late(self) -> int:
        """Commands DATA that passed the last check after the call had returned."""
        return sum(each.late for each in self.stops)


class _Sender:
    """A sender process; `begun` holds when each DATA passed the last check and was out."""

    def __init__(self, lanes: int, limit: int) -> None:
        self.begun: list[tuple[float, float]] = []
        self._process = subprocess.Popen(  # noqa: S603  our own program
            [sys.executable, "-m", "measuring.stopped_sender", str(lanes), str(limit)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_HERE,
        )
        assert self._process.stdout is not None  # noqa: S101  for the type checker
        self._process.stdout.readline()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def begin(self) -> None:
        assert self._process.stdin is not None  # noqa: S101  for the type checker
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def signal(self, number: int) -> None:
        self._process.send_signal(number)  # nothing to one that has ended

    def end(self) -> None:
        """End it as it may be: a server that hangs would hold it for ten minutes."""
        self._process.kill()
        self._process.wait()
        self._reader.join()

    def _read(self) -> None:
        assert self._process.stdout is not None  # noqa: S101  for the type checker
        for line in self._process.stdout:
            passed, out = map(float, line.split())
            self.begun.append((passed, out))


Trial = Callable[[list[_Sender]], None]


def measure(port: int, count: int, seed: int) -> list[Kind]:
    """Stop `count` times in each situation; `port` is that of a server that takes every letter."""
    moments = Random(seed)  # noqa: S311  no secret
    with _server_that_never_answers() as hung:
        return [
            _kind("one, with nothing to do", count, moments, port, [(1, 0)]),
            _kind("one of 16 lanes at full speed", count, moments, port, [(16, LETTERS)]),
            _kind("four of 4 lanes at full speed", count, moments, port, [(4, LETTERS)] * 4),
            _kind("one of 16 lanes, all servers hang", count, moments, hung, [(16, LETTERS)]),
            _kind("one, killed at full speed", count, moments, port, [(16, LETTERS)], _kill),
            _kind("one, frozen and woken up again", count, moments, port, [(16, LETTERS)], _freeze),
        ]


def _kind(
    name: str,
    count: int,
    moments: Random,
    port: int,
    crew: list[tuple[int, int]],
    beforehand: Trial | None = None,
) -> Kind:
    kind = Kind(name)
    for _ in range(count):
        _new_world(port, LETTERS * len(crew))
        with _senders(crew) as senders:
            _wait_until_they_work(senders, crew)
            threading.Event().wait(moments.uniform(0, 0.2))
            if beforehand:
                beforehand(senders)
            kind.stops.append(_stop(senders))
    return kind


def _stop(senders: list[_Sender]) -> Stop:
    done = stop_everything("to see how long it takes", BY)
    returned = steady()
    for each in senders:
        each.signal(signal.SIGCONT)  # nothing to one that is awake
    threading.Event().wait(_LISTEN_ON_S)
    for each in senders:
        each.end()
    begun = [at for each in senders for at in each.begun]
    late = sum(passed > returned for passed, _ in begun)
    before = sum(out <= returned for _, out in begun)
    between = len(begun) - before - late
    return Stop(1000 * done.took_s, done.past_data, before, between, late)


def _new_world(port: int, people: int) -> None:
    """Empty the store, as no two stops share anything, and fill it."""
    call_command("flush", verbosity=0, interactive=False)
    for name in ("STOP", "store-mark.json"):
        Path(settings().home, name).unlink(missing_ok=True)
    open_mail_room()
    add_inboxes(INBOXES, port, daily_limit=people)
    add_prospects(people)


@contextmanager
def _senders(crew: list[tuple[int, int]]) -> Iterator[list[_Sender]]:
    with ExitStack() as stack:
        senders = []
        for lanes, limit in crew:
            senders.append(_Sender(lanes, limit))
            stack.callback(senders[-1].end)
        for each in senders:
            each.begin()
        yield senders


def _wait_until_they_work(senders: list[_Sender], crew: list[tuple[int, int]]) -> None:
    give_up_at = steady() + _BEGIN_WITHIN_S
    while any(limit and not each.begun for each, (_, limit) in zip(senders, crew, strict=True)):
        if steady() > give_up_at:
            sys.exit("The senders did not begin; nothing was measured.")
        threading.Event().wait(0.005)


def _kill(senders: list[_Sender]) -> None:
    for each in senders:
        each.end()


def _freeze(senders: list[_Sender]) -> None:
    for each in senders:
        each.signal(signal.SIGSTOP)


@contextmanager
def _server_that_never_answers() -> Iterator[int]:
    """Run a server that takes a letter up to its final dot and then says nothing."""
    folder = Path(settings().home, CERTIFICATES)
    names = ("ca.pem", "server.pem", "server.key")
    certificates = Certificates(*(folder / name for name in names))

    def decide(moment: Moment) -> Answer:
        return Mishap.HANG if moment.verb is Verb.FINAL else None

    with SmtpServer(certificates=certificates, decide=decide) as server:
        yield server.port
