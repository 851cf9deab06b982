"""How the time of a reader grows with its food; the machine's other work is measured away.

Only the quickest of several tries counts, and whoever looks slow is tried again: a try can be too
slow for many reasons, too fast for none.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from time import process_time

from fuzz.promises import PromiseError

Check = Callable[[bytes], object]
Make = Callable[[int], bytes]

FACTOR = 8  # how much longer the longest food is; quadratic time grows by the square of it
MOST = 3.0  # times as much a byte; linear time gives 1, n log n 1.3, quadratic time 8
HARMLESS = 0.004  # seconds of CPU; what is done so soon cannot have taken quadratic time
TOO_LONG = 1.0  # seconds of CPU; nobody measures on behind it
_CAREFUL = (1, 2, 4, FACTOR)  # so that cubic time is noticed before it takes hours
_CANNOT_LAST = 0.01  # seconds for the shortest food, of which even cubic time makes five
_TRIES = (1, 3, 5)


@dataclass(frozen=True, slots=True)
class Growth:
    """Seconds of CPU for foods of several sizes, in bytes."""

    seconds: dict[int, float]

    @property
    def excess(self) -> float:
        """How many times as much a byte costs in the longest food as in the shortest."""
        (small, short), *_, (large, long) = sorted(self.seconds.items())
        return (long / short) / (large / small) if short and long > HARMLESS else 1.0

    @property
    def is_bearable(self) -> bool:
        """Tell whether the time stays far under quadratic."""
        return self.excess < MOST and max(self.seconds.values()) < TOO_LONG

    @property
    def is_beyond_doubt(self) -> bool:
        """Tell whether it is so slow that the machine's other work cannot be why."""
        return self.excess > 2 * MOST and max(self.seconds.values()) > 20 * HARMLESS

    def __str__(self) -> str:
        """Say it for people."""
        times = ", ".join(
            f"{size} bytes {1000 * each:.1f} ms" for size, each in self.seconds.items()
        )
        return f"{times}: {self.excess:.1f} times as much a byte"


def grow(check: Check, make: Make, size: int) -> Growth:
    """Measure a reader from `size` to `FACTOR` times `size` bytes; broken promises are not judged."""
    if _is_quick(check, make(size * FACTOR), make(size)):
        return Growth({size: HARMLESS, size * FACTOR: HARMLESS})
    found = Growth({})
    for tries in _TRIES:
        found = Growth(dict(_climb(check, make, size, tries)))
        if found.is_bearable or found.is_beyond_doubt:
            break
    return found


def _is_quick(check: Check, long: bytes, short: bytes) -> bool:
    """Tell it without waiting long: whoever is slow with little need not be given much."""
    return _seconds(check, short) < HARMLESS / 2 and _seconds(check, long) < HARMLESS


def _climb(check: Check, make: Make, size: int, tries: int) -> Iterator[tuple[int, float]]:
    steps = list(_CAREFUL)
    while steps:
        step = steps.pop(0)
        data = make(size * step)
        quickest = min(_seconds(check, data) for _ in range(tries))
        yield size * step, quickest
        if quickest < _CANNOT_LAST:
            steps = steps[-1:]
        elif quickest > TOO_LONG:
            return


def _seconds(check: Check, data: bytes) -> float:
    gc.disable()  # as timeit does: its rounds fall on whoever allocates much, and cost what others left
    begun = process_time()
    with suppress(PromiseError):
        check(data)
    spent = process_time() - begun
    gc.enable()
    return spent
