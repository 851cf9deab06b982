"""Choosing the inbox that a letter leaves from."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """One inbox as the choice sees it: its room now, and its ties to the recipient's provider."""

    inbox_id: int
    room: int
    limit: int
    domain: str
    warm_only: bool
    blocked: frozenset[str]


def choose_inbox(candidates: Iterable[Candidate], provider: str, *, warm: bool) -> int | None:
    """Pick the inbox with room, most of its day still free; the recipient's own provider is preferred.

    Mail within one provider (Google to Google) is filtered least. Returns None when no inbox may write.
    """
    fit = [each for each in candidates if _may_write(each, provider, warm=warm)]
    best = max(fit, key=lambda each: _merit(each, provider), default=None)
    return best.inbox_id if best else None


def _may_write(inbox: Candidate, provider: str, *, warm: bool) -> bool:
    return inbox.room > 0 and provider not in inbox.blocked and (warm or not inbox.warm_only)


def _merit(inbox: Candidate, provider: str) -> tuple[bool, float, int]:
    return inbox.domain == provider, inbox.room / max(1, inbox.limit), -inbox.inbox_id
