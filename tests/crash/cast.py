"""What each person of the matrix does, and what must stand in the store and on the server at the end."""

from dataclasses import dataclass
from datetime import UTC, datetime

from marketing_agent.sandbox.behaviours import Behaviour

SEED = 3
"""Draws what people write; with this one Emil is back within the week that a cell lives."""

BACK = datetime(2026, 3, 5, tzinfo=UTC)
"""The day after the last one that Emil's automatic answer names."""


def address_of(name: str) -> str:
    """Give a person's address."""
    return f"{name}@{name}.example"


CAST = {
    address_of("anna"): Behaviour.INTERESTED,
    address_of("ben"): Behaviour.OPT_OUT,
    address_of("clara"): Behaviour.BOUNCE_UNKNOWN,
    address_of("dora"): Behaviour.COMPLAINT,
    address_of("emil"): Behaviour.OUT_OF_OFFICE,
    address_of("frida"): Behaviour.UNTHREADED,
    address_of("gerd"): Behaviour.SILENT,
    address_of("hanna"): Behaviour.SILENT,
}
"""Everybody whose first letter is due at the beginning, and what they do once answers are let in."""

NEWCOMERS = (address_of("ida"), address_of("jonas"))
"""One more for each inbox, written to the day after: sending goes on, as it does in earnest.

That a letter is not in Sent proves something only where one that was handed over later is.
"""

ONE_ANSWER = {address_of("anna"): Behaviour.INTERESTED}
"""The world in which follow-ups are due and one answer lies unread."""

REFUSED = {
    address_of("anna"): Behaviour.REFUSED_UNKNOWN,
    address_of("dora"): Behaviour.REFUSED_UNKNOWN,
}
"""Those to whom the server takes no letter while the first workers live."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What must be so of a person at the end.

    Attributes:
        letters: the steps whose letter the server took, each once.
        sequence: the state of their enrollment.
        stage: where their prospect stands.
        mail: what their one mail was found to be; empty: none came.
        banned: why they are suppressed; empty: they are not.
        bounces: how many bounces that count are kept.
        complaints: how many complaints are kept.
        replied: whether they are known to have written back.
        quiet_until: before this moment no second letter may leave.
    """

    letters: tuple[int, ...] = (1,)
    sequence: str = "stopped"
    stage: str = "contacted"
    mail: str = ""
    banned: str = ""
    bounces: int = 0
    complaints: int = 0
    replied: bool = False
    quiet_until: datetime | None = None

    @property
    def next_step(self) -> int:
        """Where the sequence of two letters stands; it does not move beyond its last one."""
        return min(len(self.letters) + 1, 2)


FATES: dict[Behaviour, Fate] = {
    Behaviour.SILENT: Fate((1, 2), "finished"),
    Behaviour.INTERESTED: Fate(stage="engaged", mail="reply", replied=True),
    Behaviour.UNTHREADED: Fate(stage="engaged", mail="reply", replied=True),
    Behaviour.OPT_OUT: Fate(stage="suppressed", mail="reply", banned="opt_out", replied=True),
    Behaviour.BOUNCE_UNKNOWN: Fate(stage="bounced", mail="bounce", banned="hard_bounce", bounces=1),
    Behaviour.COMPLAINT: Fate(
        stage="suppressed", mail="complaint", banned="complaint", complaints=1
    ),
    Behaviour.OUT_OF_OFFICE: Fate((1, 2), "finished", mail="auto_reply", quiet_until=BACK),
    Behaviour.REFUSED_UNKNOWN: Fate((), stage="bounced", banned="hard_bounce", bounces=1),
}
