"""What the fuzz tests feed to readers, timed: the slowest of it for each reader."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from time import process_time

from measuring.installation import TESTS

sys.path.insert(0, str(TESTS))

from fuzz.patterns import Attack, attacks
from fuzz.promises import PromiseError
from fuzz.targets import TARGETS, Target
from fuzz.worst_cases import cases_for, placed
from fuzz.worst_mails import Maker

SIZE = 60_000  # bytes
_SIZES = (500, 2_000, 8_000, SIZE)
_HOPELESS = 0.1  # seconds after which more is not waited for
_LINE = 480  # bytes: just under what a line may have before readers look away


@dataclass(frozen=True, slots=True)
class Slowest:
    """The food that took a target longest: its name and milliseconds."""

    target: str
    case: str
    said: str


def worst_food() -> Iterator[Slowest]:
    """Time every worst case, and every attack on a regular expression, in one piece and in lines."""
    for target in TARGETS:
        timed = ((*_seconds(target, make), name) for name, make in _foods(target))
        seconds, size, name = max(timed, key=lambda each: each[0] / each[1])
        more = "" if size == SIZE else f" for {size} bytes"
        yield Slowest(target.name, name, f"{1_000 * seconds:.1f}{more}")


def _foods(target: Target) -> Iterator[tuple[str, Maker]]:
    yield from cases_for(target)
    for attack in attacks():
        for make in (attack.make, _lines(attack)):
            name = f"{attack.name[:50]} {attack.head[-10:]!r} {attack.piece[:10]!r}"
            yield from ((name, each) for each in placed(target, make))


def _lines(attack: Attack) -> Maker:
    line = attack.make(_LINE - len(attack.head)) + b"\n"
    return lambda size: line * (size // len(line))


def _seconds(target: Target, make: Maker) -> tuple[float, int]:
    """Give the seconds, and for how many bytes: no more than can be waited for."""
    seconds, size = 0.0, 0
    for size in _SIZES:
        seconds = _time(target, make(size))
        if seconds > _HOPELESS:
            break
    return seconds, size


def _time(target: Target, data: bytes) -> float:
    begun = process_time()
    with suppress(PromiseError):  # a test's matter; here only the time counts
        target.check(data)
    return process_time() - begun
