"""Putting a deadly step around a function of the product, in a process that was forked for it."""

import functools
import importlib
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crash.scenes import Moment, Point


@dataclass(frozen=True, slots=True)
class Arm:
    """A point, at which of its hits the worker dies, and the file that tells that one has died."""

    point: Point
    hit: int
    died: Path


def arm(deadly: Arm) -> None:
    """Let this process die at the point. Of several that are armed alike only the first one dies."""
    owner, name = _find(deadly.point.target)
    setattr(owner, name, _around(getattr(owner, name), deadly))


def before(target: str, deed: Callable[[], object]) -> None:
    """Do something before each call of a function."""
    around(target, lambda real: lambda *a, **k: (deed(), real(*a, **k))[1])


def after(target: str, deed: Callable[[], object]) -> None:
    """Do something after each call of a function."""
    around(target, lambda real: lambda *a, **k: (real(*a, **k), deed())[0])


def around(target: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Put a function around another one."""
    owner, name = _find(target)
    real = getattr(owner, name)
    setattr(owner, name, functools.wraps(real)(wrap(real)))


def _find(target: str) -> tuple[Any, str]:
    module, _, path = target.partition(":")
    owner: Any = importlib.import_module(module)
    *outer, name = path.split(".")
    for each in outer:
        owner = getattr(owner, each)
    return owner, name


def _around(real: Callable[..., Any], deadly: Arm) -> Callable[..., Any]:
    hits = iter(range(1, 10_000))

    @functools.wraps(real)
    def step(*args: Any, **kwargs: Any) -> Any:
        if not _counts(deadly.point, args) or next(hits) != deadly.hit:
            return real(*args, **kwargs)
        if deadly.point.moment is Moment.BEFORE:
            _die_first(deadly.died)
        if deadly.point.moment is Moment.HALF:
            _send_half(args, deadly.died)
        result = real(*args, **kwargs)
        _die_first(deadly.died)
        return result

    return step


def _counts(point: Point, args: tuple[Any, ...]) -> bool:
    return point.given is None or point.given in [a for a in args if isinstance(a, (str, bytes))]


def _send_half(args: tuple[Any, ...], died: Path) -> None:
    channel, data = args
    if not died.exists():
        channel.send(data[: len(data) // 2])
    _die_first(died)


def _die_first(died: Path) -> None:
    """Kill this very process, unless another one has died already."""
    try:
        died.touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
