"""What each address does with our letters: at the server's door, and in the days after.

Pure: the same seed, address, letter and moment always give the same mails.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random

from marketing_agent.sandbox.behaviours import Behaviour, choose
from marketing_agent.sandbox.bounce_mail import Trouble, bounce, bounce_in_prose
from marketing_agent.sandbox.complaint_mail import complaint
from marketing_agent.sandbox.letter import ReceivedLetter
from marketing_agent.sandbox.machine_mail import challenge, out_of_office
from marketing_agent.sandbox.person import draw_person
from marketing_agent.sandbox.post import DueMail
from marketing_agent.sandbox.reply_mail import Manner, Voice, reply, unsubscribe
from marketing_agent.sandbox.texts import Language, Topic

GREYLIST_FOR = timedelta(minutes=10)
"""How long a server that greylists refuses a sender it does not know."""
_WARNED_AFTER = timedelta(hours=4)
_EXPIRED_AFTER = timedelta(days=2)
_INTERESTED = Manner(Topic.INTERESTED)

_MANNERS: dict[Behaviour, Manner] = {
    Behaviour.INTERESTED: _INTERESTED,
    Behaviour.QUESTION: Manner(Topic.QUESTION),
    Behaviour.MEETING: Manner(Topic.MEETING),
    Behaviour.NOT_INTERESTED: Manner(Topic.NOT_INTERESTED),
    Behaviour.NOT_NOW: Manner(Topic.NOT_NOW),
    Behaviour.REFERRAL: Manner(Topic.REFERRAL),
    Behaviour.WRONG_PERSON: Manner(Topic.WRONG_PERSON),
    Behaviour.UNCLEAR: Manner(Topic.UNCLEAR),
    Behaviour.OPT_OUT: Manner(Topic.OPT_OUT),
    Behaviour.GERMAN: Manner(Topic.INTERESTED, Language.GERMAN),
    Behaviour.FRENCH: Manner(Topic.NOT_INTERESTED, Language.FRENCH),
    Behaviour.LATE: Manner(Topic.QUESTION),
    Behaviour.FROM_ALIAS: Manner(Topic.INTERESTED, voice=Voice.ALIAS),
    Behaviour.FROM_COLLEAGUE: Manner(Topic.MEETING, voice=Voice.COLLEAGUE),
    Behaviour.UNTHREADED: Manner(Topic.QUESTION, threaded=False),
    Behaviour.IN_JUNK: Manner(Topic.INTERESTED, folder="Junk"),
}
_REFUSALS = {
    Behaviour.REFUSED_UNKNOWN: "550 5.1.1 <{to}>: user unknown",
    Behaviour.REFUSED_BLOCKED: "550 5.7.1 Blocked: the sending host is on our list of bad senders",
    Behaviour.REFUSED_FULL: "452 4.2.2 <{to}>: mailbox full",
    Behaviour.GREYLISTED: "451 4.7.1 <{to}>: greylisted, please try again in 10 minutes",
}


class Personas:
    """The people and servers behind every address, drawn from `seed`.

    `forced` maps addresses to behaviours that are not left to the draw; `deal` makes one.
    """

    def __init__(self, seed: int, forced: Mapping[str, Behaviour] | None = None) -> None:
        self._seed = seed
        self._forced = {address.lower(): each for address, each in (forced or {}).items()}

    def behaviour(self, address: str) -> Behaviour:
        """Return what this address does."""
        return self._forced.get(address.lower()) or choose(self._seed, address)

    def refusal(self, address: str, known_for: timedelta | None) -> str | None:
        """Return the reply with which the address's server refuses a letter at RCPT, or None.

        `known_for` is the time since it first refused this sender, None at the first try.
        """
        behaviour = self.behaviour(address)
        if behaviour is Behaviour.GREYLISTED and known_for and known_for >= GREYLIST_FOR:
            return None
        reply_line = _REFUSALS.get(behaviour)
        return reply_line.format(to=address) if reply_line else None

    def react(self, letter: ReceivedLetter, nth: int, now: datetime) -> tuple[DueMail, ...]:
        """Return the mails that `letter` causes, the `nth` (from 1) to its address.

        Servers bounce every letter; people and their mail programs react to the first alone,
        but for those who need a reminder.
        """
        behaviour = self.behaviour(letter.to)
        taste = Random(f"{self._seed}:react:{letter.to.lower()}:{nth}")  # noqa: S311  a made-up world, no secret
        report = _REPORTS.get(behaviour)
        if report:
            return report(letter, now, taste)
        if nth != (2 if behaviour is Behaviour.LATE else 1):
            return ()
        return self._personal(behaviour, letter, now, taste)

    def _personal(
        self, behaviour: Behaviour, letter: ReceivedLetter, now: datetime, taste: Random
    ) -> tuple[DueMail, ...]:
        manner = _MANNERS.get(behaviour)
        language = manner.language if manner else Language.ENGLISH
        person = draw_person(self._seed, letter.to, language)
        soon, later = now + _moments(taste), now + _thinking_time(taste)
        match behaviour:
            case Behaviour.OUT_OF_OFFICE:
                return (out_of_office(person, letter, soon, taste),)
            case Behaviour.CHALLENGE:
                return (challenge(person, letter, soon, taste),)
            case Behaviour.OPT_OUT_BY_MAILTO if letter.unsubscribe:
                return (unsubscribe(person, letter.unsubscribe, later),)
            case Behaviour.OPT_OUT_BY_MAILTO:
                manner = Manner(Topic.OPT_OUT)
        return (reply(person, letter, manner, later, taste),) if manner else ()


def _moments(taste: Random) -> timedelta:
    """Draw how long a machine takes: seconds to minutes."""
    return timedelta(seconds=taste.randrange(5, 300))


def _thinking_time(taste: Random) -> timedelta:
    """Draw how long a person takes: eight minutes to three days, mostly hours."""
    return timedelta(minutes=round(10 ** taste.uniform(0.9, 3.6)))


def _fails(trouble: Trouble) -> Callable[[ReceivedLetter, datetime, Random], tuple[DueMail, ...]]:
    def report(letter: ReceivedLetter, now: datetime, taste: Random) -> tuple[DueMail, ...]:
        return (bounce(letter, trouble, now + _moments(taste), taste),)

    return report


def _in_prose(letter: ReceivedLetter, now: datetime, taste: Random) -> tuple[DueMail, ...]:
    return (bounce_in_prose(letter, now + _moments(taste)),)


def _delayed(letter: ReceivedLetter, now: datetime, taste: Random) -> tuple[DueMail, ...]:
    return (bounce(letter, Trouble.DELAYED, now + _WARNED_AFTER, taste),)


def _expired(letter: ReceivedLetter, now: datetime, taste: Random) -> tuple[DueMail, ...]:
    failure = bounce(letter, Trouble.EXPIRED, now + _EXPIRED_AFTER, taste)
    return (*_delayed(letter, now, taste), failure)


def _complains(letter: ReceivedLetter, now: datetime, taste: Random) -> tuple[DueMail, ...]:
    return (complaint(letter, now + timedelta(hours=taste.randrange(1, 30))),)


_REPORTS: dict[Behaviour, Callable[[ReceivedLetter, datetime, Random], tuple[DueMail, ...]]] = {
    Behaviour.BOUNCE_UNKNOWN: _fails(Trouble.UNKNOWN),
    Behaviour.BOUNCE_IN_PROSE: _in_prose,
    Behaviour.BOUNCE_FULL: _fails(Trouble.FULL),
    Behaviour.BOUNCE_BLOCKED: _fails(Trouble.BLOCKED),
    Behaviour.DELAYED: _delayed,
    Behaviour.EXPIRED: _expired,
    Behaviour.COMPLAINT: _complains,
}
