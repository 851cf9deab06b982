"""The world of a soak: servers with people behind them, workers that come and go, and misfortunes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from time import monotonic
from typing import Self

from crash import forks, lives, soak, verdicts
from crash.names import DATA, END, FAILURES
from crash.place import PASSWORD, Place, SharedClock
from crash.soak import Report
from crash.worlds import Worlds
from marketing_agent.mail.parse import parse
from marketing_agent.sandbox import faults
from marketing_agent.sandbox.answers import Answer, Decide, Manner, Mishap, Moment, Verb
from marketing_agent.sandbox.behaviours import Behaviour
from marketing_agent.sandbox.certificates import make_certificates
from marketing_agent.sandbox.imap_server import ImapServer
from marketing_agent.sandbox.internet import Internet
from marketing_agent.sandbox.personas import Personas
from marketing_agent.sandbox.smtp_server import SmtpServer

PEOPLE_EACH_S = 10
"""So many people become due in each real second, so that letters flow until the end."""
FAR = timedelta(days=90)
QUIET_DAYS = 2
_RARE = (
    *[Behaviour.INTERESTED, Behaviour.QUESTION, Behaviour.OPT_OUT, Behaviour.OUT_OF_OFFICE],
    *[Behaviour.UNTHREADED, Behaviour.FROM_COLLEAGUE, Behaviour.GREYLISTED, Behaviour.IN_JUNK],
    *[Behaviour.BOUNCE_UNKNOWN, Behaviour.BOUNCE_FULL],
)
FAULTS: dict[str, Decide] = {
    "the answer to the final dot was lost": faults.answer_lost(),
    "the letter was lost with the line": faults.message_lost(),
    "the server hung after the final dot": faults.silent(Verb.FINAL),
    "the server hung at RCPT": faults.silent(Verb.RCPT),
    "the server closed at DATA": faults.at(Verb.DATA, Mishap.CLOSE),
    "the server closed at MAIL": faults.at(Verb.MAIL, Mishap.CLOSE),
    "the server said everything twice": faults.at(Verb.FINAL, Manner.TWICE),
    "the server refused for now": faults.at(Verb.FINAL, "451 4.3.0 try again later"),
    "the server said farewell": faults.at(Verb.RCPT, "421 4.3.2 shutting down"),
    "the login was refused": faults.login_refused(),
}


class Soaking:
    """One soak; a context manager by `open`."""

    def __init__(self, folder: Path, seed: int, seconds: float, report: Report) -> None:
        self._dice = Random(seed)  # noqa: S311  misfortune, not secrecy
        self._report = report
        certificates = make_certificates(folder / "ca")
        empty = Worlds(folder).empty("soak", certificates.ca_file)
        people = round(PEOPLE_EACH_S * seconds)
        forks.run(lives.make_world, empty, people, timedelta(seconds=seconds * soak.SPEED))
        self._place: Place = replace(empty, speed=soak.SPEED, origin=monotonic())
        self._clock = SharedClock(self._place)
        accounts = dict.fromkeys(lives.ACCOUNTS, PASSWORD)
        self._imap = ImapServer(
            accounts, self._clock.now, certificates=certificates, port=self._place.imap
        )
        self._internet = Internet(Personas(seed, _cast(people)), self._imap, self._clock.now)
        self._smtp = SmtpServer(
            accounts,
            certificates=certificates,
            decide=self._decide,
            received=self._internet.receive,
            port=self._place.smtp,
        )
        self._fault: tuple[str, Decide] | None = None
        self._begun: list[float] = []  # when the server heard of each DATA, monotonic seconds
        self._stops: list[lives.Pressed] = []
        self._due = {"kill": 0.5, "fault": 1.0, "stop": 6.0, "resume": 5.0}
        self._crew: list[BaseProcess] = []

    @contextmanager
    def open(self) -> Iterator[Self]:
        """Open the servers and let the workers begin."""
        with self._imap, self._smtp:
            self._crew = [self._hire() for _ in range(soak.WORKERS)]
            try:
                yield self
            finally:
                for each in self._crew:
                    each.kill()
                    each.join()

    def turn(self, passed: float) -> None:
        """Deliver the post, and let happen what is due after so many seconds."""
        self._internet.release(self._clock.now())
        for name, every, happens in (
            ("kill", soak.KILL_EVERY_S, self._kill),
            ("fault", soak.FAULT_EVERY_S, self._change_fault),
            ("stop", soak.STOP_EVERY_S, self._press_stop),
            ("resume", soak.RESUME_EVERY_S, self._resume_inboxes),
        ):
            if passed >= self._due[name] and self._is_moment(name, passed):
                happens()
                self._due[name] = passed + every * self._dice.uniform(0.5, 1.5)

    def _is_moment(self, name: str, passed: float) -> bool:
        """A stop is worth pressing while letters flow: then it can be too late for one."""
        if name != "stop":
            return True
        flows = bool(self._begun) and monotonic() - self._begun[-1] < soak.FLOW_S
        return flows or passed >= self._due[name] + soak.FLOW_PATIENCE_S

    def heal(self) -> None:
        """End the misfortunes and the workers, and let one last worker clear everything up."""
        self._fault = None
        Path(self._place.home, END).touch()
        for each in self._crew:
            forks.end(each)
        forks.run(lives.resume_inboxes, self._place)
        last = forks.start(lives.settle_down, self._place, QUIET_DAYS)
        while last.exitcode is None:
            self._internet.release(self._clock.now() + FAR)
            last.join(soak.TICK_S)
        if last.exitcode:
            self._report.troubles.append("The last worker did not come to its end.")

    def judge(self) -> None:
        """Compare what the servers counted with what the store says."""
        accepted = [parse(each.raw).message_id or "" for each in self._smtp.accepted]
        mails = {
            account: [
                parse(raw).message_id or ""
                for folder in ("INBOX", "Junk")
                for raw in self._imap.messages(account, folder)
            ]
            for account in lives.ACCOUNTS
        }
        found = forks.ask(verdicts.judge, self._place, accepted, mails, soak.SLACK)
        log = Path(self._place.home, FAILURES)
        self._report.failures = log.read_text("utf-8") if log.exists() else ""
        self._report.troubles += [*found.troubles, *self._judge_stops()]
        self._report.figures |= found.figures

    def _judge_stops(self) -> Iterator[str]:
        """Look for a DATA that began after a stop had returned, by the senders' own notes."""
        log = Path(self._place.home, DATA)
        begun = [float(each) for each in log.read_text("ascii").split()] if log.exists() else []
        for stop in self._stops:
            late = [at - stop.returned for at in begun if stop.returned < at < stop.ended]
            if late:
                yield f"{len(late)} DATA began up to {max(late):.3f} s after a stop had returned."
        if not any(stop.acknowledged for stop in self._stops):
            yield "No stop met a living sender, so none was tried."
        self._report.figures["seconds in which a DATA began"] = len({int(at) for at in begun})

    def _decide(self, moment: Moment) -> Answer:
        if moment.verb is Verb.DATA:
            self._begun.append(monotonic())
        fault = self._fault
        if fault is not None and moment.account == fault[0]:
            answer = fault[1](moment)
            if answer is not None:
                return answer
        return self._internet.decide(moment)

    def _hire(self) -> BaseProcess:
        return forks.start(lives.live, self._place)

    def _kill(self) -> None:
        place = self._dice.randrange(len(self._crew))
        victim = self._crew[place]
        victim.kill()
        victim.join()
        held = forks.ask(lives.miss, self._place, victim.pid or 0)
        self._report.happened["workers killed"] += 1
        self._report.happened["workers killed with letters in hand"] += held > 0
        self._crew[place] = self._hire()

    def _change_fault(self) -> None:
        if self._dice.random() < 0.4:
            self._fault = None
            return
        name = self._dice.choice(list(FAULTS))
        self._fault = (self._dice.choice(lives.ACCOUNTS), FAULTS[name])
        self._report.happened[name] += 1

    def _press_stop(self) -> None:
        """Stop everything for a second."""
        pressed: lives.Pressed = forks.ask(lives.press_stop, self._place, 1.0)
        self._stops.append(pressed)
        self._report.happened["stops"] += 1
        self._report.happened["senders that acknowledged a stop"] += pressed.acknowledged
        self._report.happened["senders whose reading ran out"] += pressed.expired
        self._report.slowest_stop_s = max(self._report.slowest_stop_s, pressed.took_s)

    def _resume_inboxes(self) -> None:
        self._report.happened["inboxes resumed"] += forks.ask(lives.resume_inboxes, self._place)


def _cast(people: int) -> dict[str, Behaviour]:
    """Deal parts: most are silent, so that the inboxes stay healthy."""
    every = 12
    return {
        lives.address_of(n): Behaviour.SILENT if n % every else _RARE[(n // every) % len(_RARE)]
        for n in range(people)
    }
