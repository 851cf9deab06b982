"""Several workers side by side: they start together, and all have letters in hand at the same time."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from crash import arming

BATCH = 2
"""Letters (or mails) that each of several workers claims at a time, so that all of them get some."""

PATIENCE_S = 20.0
_GLANCE_S = 0.002


@dataclass(frozen=True, slots=True)
class Company:
    """The workers of a cell: where they meet, how many they are, and the file that tells of a death."""

    home: str
    died: str
    barrier: "Barrier"
    workers: int

    def begin_together(self) -> None:
        """Wait until every worker stands ready."""
        self.barrier.wait(PATIENCE_S)

    def meet_with_letters(self) -> None:
        """Let no worker hand over a letter before each has claimed some, or one of them has died.

        Else the first to come would take them all, and the others would look on.
        """
        arming.around("marketing_agent.outbox.steps:claim", self._meet)

    def _meet(self, claim: Callable[..., Sequence[Any]]) -> Callable[..., Sequence[Any]]:
        mine = Path(self.home, f"has-letters-{os.getpid()}")

        def claim_and_wait(*args: Any, **kwargs: Any) -> Sequence[Any]:
            claimed = claim(*args, **kwargs)
            if claimed and not mine.exists():
                mine.touch()
                self._wait_for_the_others()
            return claimed

        return claim_and_wait

    def _wait_for_the_others(self) -> None:
        ends_at = time.monotonic() + PATIENCE_S
        while self._there() < self.workers:
            if time.monotonic() > ends_at:
                raise TimeoutError("Not every worker has got letters.")
            threading.Event().wait(_GLANCE_S)

    def _there(self) -> int:
        ready = len(list(Path(self.home).glob("has-letters-*")))
        return ready + Path(self.died).exists()
