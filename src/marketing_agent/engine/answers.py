"""A suggested answer: how long it may be approved, and the moves of its state.

What a person has decided is final: an answer is approved once, and whoever comes later is told who was
first. What was withdrawn because the mail was read otherwise comes back when that was wrong.
"""

from datetime import datetime, timedelta

from marketing_agent.engine.values import SuggestionState as S

GOOD_FOR = timedelta(hours=24)
"""After this time what was suggested is stale, and the link that was sent out is worth nothing."""

TRANSITIONS: dict[S, frozenset[S]] = {
    S.OPEN: frozenset({S.APPROVED, S.DECLINED, S.EXPIRED, S.WITHDRAWN}),
    S.APPROVED: frozenset(),
    S.DECLINED: frozenset(),
    S.EXPIRED: frozenset(),
    S.WITHDRAWN: frozenset({S.OPEN}),
}

_SAID = {
    S.APPROVED: "It was approved by {who} at {when}; nothing is sent twice.",
    S.DECLINED: "It was declined by {who} at {when}.",
    S.EXPIRED: "It could be approved for 24 hours and is stale now. Write an answer of your own.",
    S.WITHDRAWN: "It was withdrawn at {when}: {why}",
}


def is_open(state: S, expires_at: datetime, now: datetime) -> bool:
    """Say whether the answer may still be approved at `now`."""
    return state is S.OPEN and now < expires_at


def say_closed(state: S, who: str, when: datetime | None, why: str) -> str:
    """Say why an answer can no longer be approved; one still marked open has run out of time."""
    template = _SAID.get(state, _SAID[S.EXPIRED])
    moment = when.strftime("%H:%M UTC on %d %b %Y") if when else "an unknown time"
    return template.format(who=who or "somebody", when=moment, why=why)


def sources_of(wanted: S) -> tuple[S, ...]:
    """Give the states from which `wanted` can be reached, for a conditional UPDATE."""
    return tuple(state for state in S if wanted in TRANSITIONS[state])
