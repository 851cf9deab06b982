"""The worlds in which workers die: each is made once, and looked at before anybody dies in a copy of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from crash import child, forks
from crash.arming import Arm
from crash.cast import BACK, CAST, ONE_ANSWER, REFUSED, SEED
from crash.child import Shift
from crash.facts import Facts
from crash.judge import Taken
from crash.place import INBOXES, MORE_INBOXES, NOW, Place
from crash.points import FINAL_DOT
from crash.post import Filed, loses_answers, open_post
from crash.scenes import Scene
from crash.seed import old_message_id
from crash.worlds import Worlds
from marketing_agent.engine.evidence import CALIBRATION
from marketing_agent.mail.parse import parse
from marketing_agent.sandbox.answers import Decide, as_usual
from marketing_agent.sandbox.behaviours import Behaviour
from marketing_agent.sandbox.certificates import Certificates
from marketing_agent.sandbox.letter import read_letter
from marketing_agent.sandbox.personas import Personas
from marketing_agent.sandbox.quoting import written_date
from marketing_agent.sandbox.texts import Language

HALF_A_DAY, A_DAY = timedelta(hours=13), timedelta(hours=25)


class StageError(RuntimeError):
    """A world is not what its scene says it is: whatever died in it would prove nothing."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A world to begin with.

    Attributes:
        place: its store, and its time.
        filed: what lies in the accounts.
        taken: the letters that the server took so far.
        parts: what people do; see `judge.Truth`.
        mails: account and Message-ID of each mail that came in.
        doubtful: letters whose outcome is in doubt already, and whether the server took each.
    """

    place: Place
    filed: tuple[Filed, ...]
    taken: tuple[Taken, ...] = ()
    parts: dict[str, Behaviour] = field(default_factory=dict)
    mails: tuple[tuple[str, str], ...] = ()
    doubtful: dict[str, bool] = field(default_factory=dict)


class Stages:
    """Makes each scene's stage when it is first asked for."""

    def __init__(self, worlds: Worlds, certificates: Certificates) -> None:
        self._worlds = worlds
        self._certificates = certificates
        self._known: dict[Scene, Stage] = {}

    def stage(self, scene: Scene) -> Stage:
        """Give the stage of a scene.

        Raises:
            StageError: when what was made is not what the scene needs.
        """
        if scene not in self._known:
            self._known[scene] = _BUILDERS.get(scene, Stages._fresh)(self)
        return self._known[scene]

    def _fresh(self) -> Stage:
        """Nobody has been written to yet."""
        if Scene.SEND not in self._known:
            place = self._worlds.empty("world", self._certificates.ca_file)
            forks.run(child.make_world, place)
            facts = forks.ask(child.look, place)
            _need(facts.due == len(CAST) and not facts.states, "everybody's first letter is due")
            self._known[Scene.SEND] = Stage(place, _last_week((*INBOXES, *MORE_INBOXES)))
        return self._known[Scene.SEND]

    def _refused(self) -> Stage:
        """As `_fresh`; but the server will take no letters to some."""
        return replace(self._fresh(), parts=REFUSED)

    def _answered(self) -> Stage:
        """Everybody has a letter, and most have written back."""
        stage, facts = self._lived("answered")
        _need(facts.states == {"sent": len(CAST)}, "everybody has a letter")
        stage = _with_answers(stage, CAST)
        _need(len(stage.mails) == _answers_in(CAST), "everybody who is not silent has written")
        words = written_date(BACK - timedelta(days=1), Language.FRENCH)
        found = [parse(raw).text for _, _, raw in stage.filed]
        _need(any(words in text for text in found), "Emil is away until a day that we know")
        return stage

    def _followed(self) -> Stage:
        """A day after the first letters the second ones are due, and one answer lies unread."""
        stage, _ = self._lived("followed")
        for passed in (HALF_A_DAY, A_DAY):
            place = replace(stage.place, now=NOW + passed)
            if passed is HALF_A_DAY:  # or the day would look like an outage
                forks.run(child.send_once, place)
        facts = forks.ask(child.look, place)
        _need(facts.due == len(CAST) and not facts.guards, "everybody's second letter is due")
        return _with_answers(replace(stage, place=place), ONE_ANSWER)

    def _doubted(self) -> Stage:
        """Two letters' outcomes are unknown; one of them was taken."""
        stage, facts = self._lived("doubted", decide=loses_answers)
        _need(facts.states.get("unknown") == 2, "two outcomes are unknown")
        _need(sorted(stage.doubtful.values()) == [False, True], "one of them was taken")
        _need(not facts.inquiries, "nobody has looked into them")
        return stage

    def _bereft(self) -> Stage:
        """A worker was killed when it had sent a letter to the end, with others in hand."""
        stage, facts = self._lived("bereft", deadly=2)
        _need(facts.states.get("transmitting") == 1, "one letter stands in DATA")
        _need(list(stage.doubtful.values()) == [True], "the server took it")
        _need(facts.states.get("claimed", 0) > 1, "the dead worker had claimed others")
        return stage

    def _stopped(self) -> Stage:
        """As `_fresh`; but somebody has stopped everything."""
        place = self._worlds.keep(self._fresh().place, "stopped")
        forks.run(child.stop, place)
        facts = forks.ask(child.look, place)
        _need(facts.stopped and facts.due == len(CAST), "a stop keeps all letters back")
        return replace(self._fresh(), place=place)

    def _widened(self) -> Stage:
        """As `_fresh`; but with four inboxes, which send at the same time."""
        place = self._worlds.keep(self._fresh().place, "widened")
        forks.run(child.widen, place)
        return replace(self._fresh(), place=place)

    def _lived(self, name: str, deadly: int = 0, decide: Decide = as_usual) -> tuple[Stage, Facts]:
        """Let one worker send the first letters; it dies with the `deadly`th final dot, if any."""
        before = self._fresh()
        place = self._worlds.keep(before.place, name)
        with open_post(place, self._certificates, before.filed) as post:
            post.smtp.decide = decide
            died = Path(place.home, "died")
            arm = Arm(FINAL_DOT, deadly, died) if deadly else None
            code = forks.end(forks.start(child.work, place, Scene.SEND, Shift(arm)))
            _need(code == (-9 if deadly else 0), f"the worker ended with {code}")
            died.unlink(missing_ok=True)
            facts = forks.ask(child.look, place)
            taken = post.taken()
            names = {each.message_id for each in taken}
            doubtful = {each: each in names for each in facts.doubtful}
            return Stage(place, tuple(post.filed), taken, doubtful=doubtful), facts


_BUILDERS: dict[Scene, Callable[[Stages], Stage]] = {
    Scene.REFUSED: Stages._refused,
    Scene.INBOUND: Stages._answered,
    Scene.FOLLOW_UP: Stages._followed,
    Scene.DOUBT: Stages._doubted,
    Scene.RESCUE: Stages._bereft,
    Scene.RESUME: Stages._stopped,
    Scene.LANES: Stages._widened,
}


def _need(so: bool, sentence: str) -> None:
    if not so:
        raise StageError(f"This should be so before a worker dies, and is not: {sentence}.")


def _answers_in(parts: dict[str, Behaviour]) -> int:
    return sum(each is not Behaviour.SILENT for each in parts.values())


def _with_answers(stage: Stage, parts: dict[str, Behaviour]) -> Stage:
    """Let people answer the letters that lie in Sent; nobody has read their mails yet."""
    answers = [each for letter in stage.filed for each in _answers_to(letter, parts)]
    mails = tuple((account, parse(raw).message_id or "") for account, _, raw in answers)
    return replace(stage, filed=(*stage.filed, *answers), parts=parts, mails=mails)


def _answers_to(letter: Filed, parts: dict[str, Behaviour]) -> Sequence[Filed]:
    account, folder, raw = letter
    to = _addressee(raw)
    if folder != "Sent" or to not in parts:
        return ()
    reactions = Personas(SEED, parts).react(read_letter(account, to, raw, NOW), 1, NOW)
    return [(account, each.folder, each.raw) for each in reactions]


def _last_week(inboxes: Sequence[str]) -> tuple[Filed, ...]:
    """Give the copies of last week's letters, as they lie in Sent."""
    return tuple(
        (
            account,
            "Sent",
            f"From: {account}\r\nMessage-ID: <{old_message_id(number)}>\r\n\r\nHello\r\n".encode(),
        )
        for place, account in enumerate(inboxes)
        for number in range(CALIBRATION * place, CALIBRATION * (place + 1))
    )


def _addressee(raw: bytes) -> str:
    heads = raw.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").splitlines()
    to = next((each for each in heads if each.lower().startswith("to:")), "")
    return to.partition(":")[2].strip().strip("<>")
