"""One cell of the matrix: a world, some workers, a death, the clearing up, and the verdict."""

import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from crash import child, forks
from crash.arming import Arm
from crash.child import Shift
from crash.company import Company
from crash.facts import Facts
from crash.judge import Taken, Truth, Verdict
from crash.place import Place
from crash.post import Post, behaviour, open_post
from crash.scenes import Point, Scene
from crash.stages import Stage, Stages
from crash.worlds import Worlds
from marketing_agent.sandbox.answers import as_usual
from marketing_agent.sandbox.certificates import Certificates

_HEARD_S = 0.05
"""Time in which the server has dealt with what the dead had sent."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one death.

    Attributes:
        killed: whether a worker died at the step.
        doubtful: letters whose outcome nobody knows because of it, and whether the server took each.
        verdict: what was wrong in the end.
        troubles: what else was not as it had to be while the workers lived.
    """

    killed: bool
    doubtful: Mapping[str, bool]
    verdict: Verdict
    troubles: tuple[str, ...]

    @property
    def unknown(self) -> int:
        """How many letters' outcomes nobody knew because of this death."""
        return len(self.doubtful)

    @property
    def is_clean(self) -> bool:
        """Whether nothing at all was wrong."""
        return self.verdict == Verdict() and not self.troubles


class Workshop:
    """Lets workers die on copies of the stages."""

    def __init__(self, folder: Path, certificates: Certificates) -> None:
        self._worlds = Worlds(folder)
        self._certificates = certificates
        self._stages = Stages(self._worlds, certificates)

    def die(self, point: Point, workers: int, hit: int = 1, mutant: str = "") -> Outcome:
        """Let the first of some workers that comes to the point for the `hit`th time die there."""
        stage = self._stages.stage(point.scene)
        with self._copy(stage) as (here, post):
            place = replace(here, mutant=mutant)
            post.smtp.decide = behaviour(point.scene)
            codes = _live(place, point, workers, point.hit or hit)
            post.smtp.decide = as_usual
            threading.Event().wait(_HEARD_S)
            before = post.taken()
            facts = forks.ask(child.clear_up, place)
            new = [each for each in facts.doubtful if each not in stage.doubtful]
            doubtful = _were_taken(new, before)
            truth = Truth(
                (*stage.taken, *post.taken()), stage.mails, stage.parts, stage.doubtful | doubtful
            )
            verdict = forks.ask(child.tell, place, truth)
        troubles = [*_wrong_ends(codes), *_not_tried(point.scene, workers, facts, before)]
        return Outcome(-signal.SIGKILL in codes, doubtful, verdict, tuple(troubles))

    @contextmanager
    def _copy(self, stage: Stage) -> Iterator[tuple[Place, Post]]:
        with (
            self._worlds.copy(stage.place) as place,
            open_post(place, self._certificates, stage.filed) as post,
        ):
            yield place, post


def _live(place: Place, point: Point, workers: int, hit: int) -> list[int | None]:
    """Let workers work until one has died and the others have nothing left to do; gives their ends."""
    died = Path(place.home, "died")
    deadly = Arm(point, hit, died)
    barrier = forks.barrier(workers)
    company = Company(place.home, str(died), barrier, workers) if workers > 1 else None
    shift = Shift(deadly, company)
    crew = [forks.start(child.work, place, point.scene, shift) for _ in range(workers)]
    return [forks.end(each) for each in crew]


def _were_taken(names: Sequence[str], taken: Sequence[Taken]) -> dict[str, bool]:
    there = {each.message_id for each in taken}
    return {each: each in there for each in names}


def _wrong_ends(codes: Sequence[int | None]) -> Iterator[str]:
    """One worker at most was killed, and all the others came to their end by themselves."""
    survivors = [each for each in codes if each != -signal.SIGKILL]
    if len(survivors) < len(codes) - 1:
        yield f"more than one worker was killed: {codes}"
    yield from (f"a worker ended with {each}" for each in survivors if each != 0)


def _not_tried(scene: Scene, workers: int, facts: Facts, taken: Sequence[Taken]) -> Iterator[str]:
    """Say in what the scene was not what it says it is, or was not kept to."""
    if workers > 1 and scene.sends and facts.senders < 2:
        yield f"letters of {facts.senders} workers were taken, though {workers} were sending"
    if workers > 1 and scene.refuses and facts.tried < 2:
        yield f"{facts.tried} workers tried to send, though {workers} were there"
    if scene.is_stopped and taken:
        yield f"{len(taken)} letters left under the stop"
    if scene is Scene.RESUME:
        if facts.stopped == facts.resuming:
            yield f"the stop was half ended: stopped {facts.stopped}, resuming {facts.resuming}"
        if facts.stopped and taken:
            yield f"{len(taken)} letters left before the stop was ended"
