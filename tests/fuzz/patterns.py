"""Every regular expression of the readers, and strings that almost match it, at any length.

The expressions are found where they are kept: in modules, and in what modules read once from data files.
"""

import functools
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from re import _constants as kinds  # type: ignore[attr-defined]  # the parser that re itself uses
from re import _parser  # type: ignore[attr-defined]  # as above
from time import process_time
from types import ModuleType
from typing import Any

import marketing_agent.engine
import marketing_agent.mail
from fuzz.promises import text_of
from fuzz.worst_texts import Repeated

_PACKAGES = (marketing_agent.mail, marketing_agent.engine)
_REPEATS = frozenset({kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT})
_SIZES = (250, 500, 1_000, 2_000, 4_000)  # bytes that are tried on an expression alone
_NOTICED, _FAINT = 0.02, 0.002  # seconds of CPU
_FEW = 3  # how often a bounded repetition is carried out
_LETTERS = "a1 .-@<>:=/_\n\u00e9,;\"'()[]{}|*#?&%+~^!$\\`\t0bB"
_HALVES = range(0xD800, 0xE000)  # of characters
_END = "\x01"  # what nothing asks for


@dataclass(frozen=True, slots=True)
class Attack:
    """A string for one expression: `head`, `piece` as often as it fits, and an end that disappoints."""

    name: str
    head: str
    piece: str

    def make(self, size: int) -> bytes:
        """Write it, about `size` bytes long."""
        return Repeated(self.piece, _END, self.head)(size)

    def is_felt_by(self, pattern: re.Pattern[Any]) -> bool:
        """Tell whether the expression takes more than linear time for it, or much time anyway."""
        last = 0.0
        for size in _SIZES:
            seconds = self._seconds(pattern, size)
            if seconds > _FAINT:
                seconds = min(seconds, self._seconds(pattern, size))
            if seconds > _NOTICED:
                return True
            last, before = seconds, last
        return last > _FAINT and last > 3 * before

    def _seconds(self, pattern: re.Pattern[Any], size: int) -> float:
        data = self.make(size)
        text: Any = data if isinstance(pattern.pattern, bytes) else text_of(data)
        begun = process_time()
        pattern.search(text)
        return process_time() - begun


def patterns() -> dict[str, re.Pattern[Any]]:
    """Give each expression once, by the module where it was found first and its beginning."""
    found: dict[str, re.Pattern[Any]] = {}
    for module in _modules():
        for each in _kept_in(vars(module).values(), module.__name__):
            key = f"{module.__name__.removeprefix('marketing_agent.')}: {_beginning(each)}"
            found.setdefault(key, each)
    return found


@cache
def attacks() -> tuple[Attack, ...]:
    """Give the strings that take an expression more than linear time by itself.

    That is no fault yet: a reader may never give it so long a string.
    """
    return tuple(
        attack
        for name, pattern in patterns().items()
        for attack in (Attack(name, *each) for each in dict.fromkeys(near_misses(pattern)))
        if attack.is_felt_by(pattern)
    )


def near_misses(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str]]:
    """Give (head, piece): head, and piece again and again, almost match."""
    tree = list(_parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG))
    whole = _sample(tree)
    yield "", whole[:-1] or whole or "a"
    yield "", whole or "a"
    yield from _pumps(tree, "")


def _modules() -> Iterator[ModuleType]:
    for package in _PACKAGES:
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(each.name)


def _kept_in(values: Iterable[object], module: str) -> Iterator[re.Pattern[Any]]:
    for value in values:
        if isinstance(value, re.Pattern):
            yield value
        elif isinstance(value, functools._lru_cache_wrapper):
            yield from _kept_in(_read_once(value, module), module)
        else:
            yield from _kept_in(_members(value), module)


def _read_once(function: Any, module: str) -> Iterator[object]:
    """Call a cached function without arguments, which reads a data file."""
    if function.__module__ == module and not inspect.signature(function).parameters:
        yield function()


def _members(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, each.name) for each in fields(value)]
    return ()


def _beginning(pattern: re.Pattern[Any]) -> str:
    return repr(pattern.pattern)[:70]


def _pumps(tree: list[Any], before: str) -> Iterator[tuple[str, str]]:
    """Give what stands before each repetition, and what it repeats."""
    for place, (kind, value) in enumerate(tree):
        head = before + _sample(tree[:place])
        if kind in _REPEATS:
            yield head, _sample(value[2]) or "a"
            yield head, _sample(value[2]) + _sample(tree[place + 1 :])[:1] or "a"
        for branch in _branches(kind, value):
            yield from _pumps(list(branch), head)


def _branches(kind: Any, value: Any) -> Iterable[Any]:
    if kind is kinds.BRANCH:
        return value[1]
    if kind is kinds.SUBPATTERN:
        return (value[3],)
    if kind in _REPEATS:
        return (value[2],)
    return (value,) if kind is kinds.ATOMIC_GROUP else ()


def _sample(tree: Iterable[Any]) -> str:
    """Write something short that matches, as far as that can be told without trying."""
    return "".join(_one(kind, value) for kind, value in tree)


def _one(kind: Any, value: Any) -> str:
    if kind is kinds.LITERAL:
        return chr(value)
    if kind is kinds.NOT_LITERAL:
        return "b" if value == ord("a") else "a"
    if kind is kinds.ANY:
        return "a"
    if kind is kinds.IN:
        return _of_class(value)
    if kind in _REPEATS:
        least, most, repeated = value
        return _sample(repeated) * max(least, min(int(most), 1 if least else 0), min(_FEW, least))
    first = next(iter(_branches(kind, value)), ())
    return _sample(first)


def _of_class(members: list[Any]) -> str:
    for kind, value in members:
        if kind is kinds.LITERAL and members[0][0] is not kinds.NEGATE:
            return chr(value)
        if kind is kinds.RANGE and members[0][0] is not kinds.NEGATE:
            return chr(value[0]) if value[0] not in _HALVES else "\udc80"
    return next((each for each in _LETTERS if _is_in(each, members)), "a")


def _is_in(letter: str, members: list[Any]) -> bool:
    negated = members[0][0] is kinds.NEGATE
    return negated != any(_fits(letter, kind, value) for kind, value in members)


def _fits(letter: str, kind: Any, value: Any) -> bool:
    if kind is kinds.LITERAL:
        return ord(letter) == value
    if kind is kinds.RANGE:
        return value[0] <= ord(letter) <= value[1]
    return kind is kinds.CATEGORY and _CATEGORIES[value](letter)


_CATEGORIES = {
    kinds.CATEGORY_DIGIT: str.isdigit,
    kinds.CATEGORY_NOT_DIGIT: lambda letter: not letter.isdigit(),
    kinds.CATEGORY_SPACE: str.isspace,
    kinds.CATEGORY_NOT_SPACE: lambda letter: not letter.isspace(),
    kinds.CATEGORY_WORD: lambda letter: letter.isalnum() or letter == "_",
    kinds.CATEGORY_NOT_WORD: lambda letter: not (letter.isalnum() or letter == "_"),
}
