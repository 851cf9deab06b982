"""Where work is done side by side: each lane holds a database connection of its own."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Lanes(Protocol):
    """Runs a function over items, one after the other or side by side."""

    def map(self, function: Callable[[T], None], items: Iterable[T]) -> None:
        """Run `function` over all items; one item's exception is raised after the last is done."""
