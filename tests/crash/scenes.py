"""What goes on when a worker is killed, and what a step is."""

from dataclasses import dataclass
from enum import StrEnum

CREWS = (1, 4)
"""With so many workers is nearly every step tried."""

CONNECTIONS = 4
"""So many connections does the worker have open that sends over several at once."""


class Scene(StrEnum):
    """What goes on when the worker dies."""

    SEND = "letters leave"
    REFUSED = "servers refuse at RCPT"
    REFUSED_LATE = "servers refuse at the final dot"
    STOPPED = "a stop comes before the door"
    STOPPED_LATE = "a stop comes behind the door"
    RESUME = "a stop is ended"
    FOLLOW_UP = "follow-ups leave"
    LANES = "one worker sends over four connections"
    INBOUND = "mail comes in"
    DOUBT = "an unknown outcome is looked into"
    RESCUE = "a dead worker's letters are taken over"

    @property
    def sends(self) -> bool:
        """Whether the servers take letters while the workers live."""
        return self in {Scene.SEND, Scene.FOLLOW_UP}

    @property
    def refuses(self) -> bool:
        """Whether the servers refuse letters meanwhile."""
        return self in {Scene.REFUSED, Scene.REFUSED_LATE}

    @property
    def is_stopped(self) -> bool:
        """Whether a stop is pressed before the first letter can leave."""
        return self in {Scene.STOPPED, Scene.STOPPED_LATE}

    @property
    def hands_over(self) -> bool:
        """Whether letters are claimed and handed over."""
        return self.sends or self.refuses or self.is_stopped or self is Scene.RESUME


class Moment(StrEnum):
    """When, relative to the function."""

    BEFORE = "before"
    AFTER = "after"
    HALF = "half"


@dataclass(frozen=True, slots=True)
class Point:
    """One step.

    Attributes:
        name: as the table shows it.
        scene: what goes on meanwhile.
        target: the function, as module:attribute.
        moment: when the worker dies.
        given: only a call that has this among its arguments counts; None: every call does.
        doubtful: whether DATA was marked as begun and its outcome is not in the store yet.
        hit: the worker dies when it comes here for the so manyth time; 0: as the test asks.
    """

    name: str
    scene: Scene
    target: str
    moment: Moment
    given: object = None
    doubtful: bool = False
    hit: int = 0

    @property
    def crews(self) -> tuple[int, ...]:
        """With how many workers the step is tried."""
        return (1,) if self.scene is Scene.LANES else CREWS

    @property
    def most_unknown(self) -> int:
        """How many outcomes one death here may leave unknown: one for each open connection."""
        if not self.doubtful:
            return 0
        return CONNECTIONS if self.scene is Scene.LANES else 1
