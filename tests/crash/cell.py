"""One cell of the matrix: a world, some workers, a death, the clearing up, and the verdict."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from crash import child, forks
from crash.arming import Arm
from crash.judge import Findings, Verdict
from crash.place import INBOXES, NOW, Place
from crash.points import IN_DATA, Point, Scene
from crash.post import Filed, Post, behaviour, loses_answers, open_post
from crash.seed import old_message_id
from crash.worlds import Worlds
from marketing_agent.engine.evidence import CALIBRATION
from marketing_agent.sandbox.answers import as_usual
from marketing_agent.sandbox.behaviours import Behaviour
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.letter import read_letter
from marketing_agent.sandbox.personas import Personas

CAST = {
    "anna@anna.example": Behaviour.INTERESTED,
    "ben@ben.example": Behaviour.OPT_OUT,
    "clara@clara.example": Behaviour.BOUNCE_UNKNOWN,
    "dora@dora.example": Behaviour.COMPLAINT,
    "emil@emil.example": Behaviour.OUT_OF_OFFICE,
    "frida@frida.example": Behaviour.UNTHREADED,
    "gerd@gerd.example": Behaviour.SILENT,
    "hanna@hanna.example": Behaviour.SILENT,
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A world to begin with: the store, what lies in the accounts, what the server took so far."""

    place: Place
    filed: tuple[Filed, ...]
    taken: dict[str, int]
    mails: int = 0
    doubtful: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one death."""

    killed: bool
    findings: Findings
    verdict: Verdict

    @property
    def unknown(self) -> int:
        """How many letters' outcomes nobody knows because of this death."""
        return len(self.findings.doubtful)


class Workshop:
    """Makes stages once and lets workers die on copies of them."""

    def __init__(self, folder: Path, certificates: Certificates) -> None:
        self._worlds = Worlds(folder)
        self._certificates = certificates
        self._stages: dict[Scene, Stage] = {}

    def die(self, point: Point, workers: int, hit: int = 1, mutant: str = "") -> Outcome:
        """Let the first of some workers that comes to the point for the `hit`th time die there."""
        stage = self._stage(point.scene)
        with self._copy(stage) as (here, post):
            place = replace(here, mutant=mutant)
            died = Path(place.home, "died")
            post.smtp.decide = behaviour(point.scene)
            deadly = Arm(point, hit, died)
            crew = [forks.start(child.work, place, point.scene, deadly) for _ in range(workers)]
            codes = [forks.end(each) for each in crew]
            killed = died.exists() and codes.count(-signal.SIGKILL) == 1
            post.smtp.decide = as_usual
            findings = forks.ask(child.clear_up, place, self._counted(stage, post))
            verdict = forks.ask(child.tell, place, self._counted(stage, post), stage.mails)
        return Outcome(killed, findings.without(stage.doubtful), verdict)

    @contextmanager
    def _copy(self, stage: Stage) -> Iterator[tuple[Place, Post]]:
        with (
            self._worlds.copy(stage.place) as place,
            open_post(place, self._certificates, stage.filed) as post,
        ):
            yield place, post

    def _counted(self, stage: Stage, post: Post) -> dict[str, int]:
        found = post.accepted()
        found.update(stage.taken)
        return dict(found)

    def _stage(self, scene: Scene) -> Stage:
        if scene not in self._stages:
            self._stages[scene] = _BUILDERS.get(scene, Workshop._begin)(self)
        return self._stages[scene]

    def _begin(self) -> Stage:
        """Give the world in which nobody has been written to yet."""
        if Scene.SEND not in self._stages:
            place = self._worlds.empty("world", self._certificates.ca_file)
            forks.run(child.make_world, place)
            self._stages[Scene.SEND] = Stage(place, _last_week(), {})
        return self._stages[Scene.SEND]

    def _answered(self) -> Stage:
        """Give the world in which everybody has a letter, and most have written back."""
        stage, personas = self._lived(Scene.SEND), Personas(1, CAST)
        answers: list[Filed] = []
        for account, folder, raw in stage.filed:
            to = _addressee(raw)
            if folder == "Sent" and to in CAST:
                letter = read_letter(account, to, raw, NOW)
                reactions = personas.react(letter, 1, NOW)
                answers += [(account, each.folder, each.raw) for each in reactions]
        return replace(stage, filed=(*stage.filed, *answers), mails=len(answers))

    def _doubted(self) -> Stage:
        """Give the world in which two letters' outcomes are unknown; one of them was taken."""
        return self._lived(Scene.DOUBT)

    def _lived(self, scene: Scene, deadly: Callable[[Path], Arm] | None = None) -> Stage:
        before, made = self._begin(), f"after-{scene.name.lower()}"
        place = self._worlds.keep(before.place, made)
        with open_post(place, self._certificates, before.filed) as post:
            post.smtp.decide = loses_answers if scene is Scene.DOUBT else as_usual
            arm = deadly(Path(place.home, "died")) if deadly else None
            worker = forks.start(child.work, place, Scene.SEND, arm)
            forks.end(worker)
            Path(place.home, "died").unlink(missing_ok=True)
            doubtful = forks.ask(child.doubts, place)
            return Stage(place, tuple(post.filed), dict(post.accepted()), doubtful=doubtful)

    def _bereft(self) -> Stage:
        """Give the world that a worker left who was killed when it had sent DATA."""
        point = next(each for each in IN_DATA if each.given == "DATA")
        return self._lived(Scene.RESCUE, lambda died: Arm(point, 2, died))


_BUILDERS: dict[Scene, Callable[[Workshop], Stage]] = {
    Scene.INBOUND: Workshop._answered,
    Scene.DOUBT: Workshop._doubted,
    Scene.RESCUE: Workshop._bereft,
}


def _last_week() -> tuple[Filed, ...]:
    """Give the copies of last week's letters, as they lie in Sent."""
    count = CALIBRATION * len(INBOXES)
    accounts = [INBOXES[number % len(INBOXES)] for number in range(count)]
    return tuple(
        (
            account,
            "Sent",
            f"From: {account}\r\nMessage-ID: <{old_message_id(number)}>\r\n\r\nHello\r\n".encode(),
        )
        for number, account in enumerate(accounts)
    )


def _addressee(raw: bytes) -> str:
    heads = raw.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").splitlines()
    to = next((each for each in heads if each.lower().startswith("to:")), "")
    return to.partition(":")[2].strip().strip("<>")
