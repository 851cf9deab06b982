import os
import signal
import sys
import threading

import pytest

from marketing_agent.workers.supervisor import (
    LONGEST_WAIT_S,
    SETTLED_S,
    Child,
    Supervisor,
    wait_before_restart,
)

FALLS_OVER = [sys.executable, "-c", "raise SystemExit(3)"]
STAYS = [sys.executable, "-c", "import signal; signal.pause()"]
DEAF = [
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); signal.pause()",
]


@pytest.mark.parametrize(("failures", "wait_s"), [(1, 1), (2, 2), (3, 4), (7, 60), (99, 60)])
def test_the_wait_doubles_up_to_a_minute(failures: int, wait_s: float) -> None:
    assert wait_before_restart(failures) == wait_s <= LONGEST_WAIT_S


def ended(child: Child) -> None:
    assert child.process is not None
    child.process.wait(timeout=30)


def test_a_child_that_falls_over_starts_again_after_its_wait() -> None:
    child = Child("web", FALLS_OVER)
    child.look(100)
    ended(child)
    child.look(101)
    assert (child.process, child.failures, child.start_at) == (None, 1, 102)
    child.look(101.9)
    assert child.process is None
    child.look(102)
    ended(child)
    child.look(103)
    assert (child.failures, child.start_at) == (2, 105)


def test_a_child_that_had_settled_begins_its_waits_anew() -> None:
    child = Child("web", FALLS_OVER, failures=6)
    child.look(100)
    ended(child)
    child.look(100 + SETTLED_S)
    assert (child.failures, child.start_at) == (1, 100 + SETTLED_S + 1)


def test_the_end_reaches_every_child() -> None:
    children = [Child("web", STAYS), Child("worker", STAYS)]
    supervisor = Supervisor(children)
    stopper = threading.Timer(0.2, supervisor.stop)
    with kept_signals():
        stopper.start()
        supervisor.run()
    assert [each.process and each.process.returncode for each in children] == [-15, -15]


def test_a_child_that_will_not_end_is_killed_when_its_time_is_over() -> None:
    child = Child("worker", DEAF)
    child.start(0)
    assert child.process is not None
    supervisor = Supervisor([child], grace_s=0)
    supervisor.stop()
    with kept_signals():
        supervisor.run()
    assert child.process.returncode in {-signal.SIGKILL, -signal.SIGTERM}


def test_a_signal_reaches_the_supervisor_and_its_children_end() -> None:
    child = Child("worker", STAYS)
    supervisor = Supervisor([child])
    sender = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM))
    with kept_signals():
        sender.start()
        supervisor.run()
    assert child.process is not None
    assert child.process.returncode == -signal.SIGTERM


class kept_signals:  # noqa: N801  used as a statement
    """Puts this process's own signal handlers back."""

    _numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def __enter__(self) -> None:
        self._before = {number: signal.getsignal(number) for number in self._numbers}

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
