"""Something that is watched, as every look at the system gives it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Concern:
    """Something watched: whether it is so now, and what to say."""

    key: str
    so: bool
    severity: Literal["warning", "critical"]
    summary: str
    proposal: str
