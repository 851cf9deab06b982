"""A letter's states and the moves between them.

*transmitting* begins right before DATA. Between there and a recorded outcome nobody can know
what the server did (RFC 1047), so the only ways out are an outcome or *unknown*, never *planned*.
"""

from marketing_agent.engine.values import EmailState as S

TRANSITIONS: dict[S, frozenset[S]] = {
    S.PLANNED: frozenset({S.CLAIMED, S.HELD, S.CANCELLED}),
    S.HELD: frozenset({S.PLANNED, S.CLAIMED, S.CANCELLED}),
    S.RETRY: frozenset({S.CLAIMED, S.HELD, S.CANCELLED, S.DEAD}),
    # A lapsed claim goes back to planned: nothing was said to a server beyond RCPT.
    S.CLAIMED: frozenset(
        {S.PLANNED, S.HELD, S.TRANSMITTING, S.RETRY, S.BOUNCED, S.FAILED, S.DEAD, S.CANCELLED}
    ),
    S.TRANSMITTING: frozenset({S.SENT, S.RETRY, S.BOUNCED, S.HELD, S.FAILED, S.UNKNOWN, S.DEAD}),
    S.SENT: frozenset({S.BOUNCED}),
    # A server's late answer to the very attempt says what became of the letter, as evidence does.
    S.UNKNOWN: frozenset({S.SENT, S.PLANNED, S.BOUNCED, S.CANCELLED, S.RETRY, S.HELD, S.DEAD}),
    S.DEAD: frozenset({S.PLANNED, S.CANCELLED}),
    S.BOUNCED: frozenset(),
    S.FAILED: frozenset({S.PLANNED, S.CANCELLED}),
    S.CANCELLED: frozenset(),
}

OPEN = frozenset({S.PLANNED, S.HELD, S.RETRY, S.CLAIMED})
"""Letters that may still leave; a reply or a suppression cancels the ones nobody has claimed."""

CANCELLABLE = frozenset({S.PLANNED, S.HELD, S.RETRY})
DUE = frozenset({S.PLANNED, S.HELD, S.RETRY})
"""States from which a letter is claimed once its time has come."""


def may_move(current: S, wanted: S) -> bool:
    """Say whether a letter may go from `current` to `wanted`."""
    return wanted in TRANSITIONS[current]


def sources_of(wanted: S) -> tuple[S, ...]:
    """Give the states from which `wanted` can be reached, for a conditional UPDATE."""
    return tuple(state for state in S if wanted in TRANSITIONS[state])
