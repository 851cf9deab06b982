"""What became of a letter whose outcome nobody knows: judged by what it left behind.

The order of proof: our own copy in the account's Sent folder, found by Message-ID; a bounce or reply
that names the letter; its absence from Sent. Absence proves something only where the *server* files a
copy of all it accepts: that has to be shown by our last letters, every one of which must lie there
under its own Message-ID, one handed over later among them. A server that files nothing, a person who
tidies up, a provider that writes new ids: each leaves gaps, and then absence proves nothing. We never
put copies there ourselves. For all else there are people.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketing_agent.engine.values import EvidenceKind

SETTLING = timedelta(hours=6)
"""Before this age absence means nothing: a server may file its copies late."""

CALIBRATION = 10
"""So many of our last letters must lie in Sent, and none may be missing, before absence is believed."""

SAMPLE = 20
"""So many of our last letters are looked for, where there are as many."""

GIVE_UP = timedelta(days=14)
"""After this age nobody looks any more by themselves; a person can decide at any time."""

_WAITS = tuple(timedelta(minutes=each) for each in (2, 5, 15, 60, 180))
_STEADY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Filing:
    """How an account's server files what it accepts, as our last letters show.

    Attributes:
        asked: letters that the server surely accepted and that were looked for in Sent.
        found: how many of them lie there under their own Message-ID.
        later: whether one that was handed over after the doubtful letter is among them.
    """

    asked: int
    found: int
    later: bool

    @property
    def is_complete(self) -> bool:
        """Whether the server files a copy of everything, as far as our letters can show."""
        return self.asked >= CALIBRATION and self.found == self.asked


@dataclass(frozen=True, slots=True)
class Traces:
    """What is known of one doubtful letter.

    Attributes:
        age: time since its DATA began.
        copy: where our own copy lies; empty: none was found.
        named_by: the bounce or reply that names it; empty: none has come.
        unread: why Sent could not be looked through, as a sentence; empty: it was.
        filing: how the server files its copies; None: not asked.
        absence_counts: whether absence may decide at all (a switch).
    """

    age: timedelta
    copy: str = ""
    named_by: str = ""
    unread: str = ""
    filing: Filing | None = None
    absence_counts: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the letter was sent, by which evidence, in a sentence; `sent` None: undecided."""

    sent: bool | None
    kind: EvidenceKind | None
    sentence: str


def judge(traces: Traces) -> Verdict:
    """Judge by the strongest trace; without one, say what is missing."""
    return (
        _by_copy(traces)
        or _by_name(traces)
        or _undecided(traces)
        or Verdict(sent=False, kind=EvidenceKind.ABSENCE, sentence=_absent(traces))
    )


def _by_copy(traces: Traces) -> Verdict | None:
    if not traces.copy:
        return None
    return Verdict(
        sent=True, kind=EvidenceKind.OWN_COPY, sentence=f"Our own copy lies in {traces.copy}."
    )


def _by_name(traces: Traces) -> Verdict | None:
    if not traces.named_by:
        return None
    return Verdict(
        sent=True, kind=EvidenceKind.NAMED, sentence=f"It is named by {traces.named_by}."
    )


def _undecided(traces: Traces) -> Verdict | None:
    sentences = (missing(traces) for missing in _MISSING)
    sentence = next((each for each in sentences if each), "")
    return Verdict(sent=None, kind=None, sentence=sentence) if sentence else None


def _not_readable(traces: Traces) -> str:
    return traces.unread


def _not_settled(traces: Traces) -> str:
    if traces.age >= SETTLING:
        return ""
    hours = SETTLING // timedelta(hours=1)
    return f"No copy lies in Sent so far; that says nothing before {hours} hours have passed."


def _not_wanted(traces: Traces) -> str:
    if traces.absence_counts:
        return ""
    return "No copy lies in Sent, and the switch settle_by_absence says that this proves nothing."


def _not_filed(traces: Traces) -> str:
    filing = traces.filing
    if filing is None or filing.is_complete:
        return "" if filing is not None else "How the server files its copies is not known."
    if filing.found == filing.asked:
        return (
            f"No copy lies in Sent, but only {filing.asked} other letters show how the server files its "
            f"copies; {CALIBRATION} are needed. A person has to decide."
        )
    return (
        f"No copy lies in Sent, but neither do {filing.asked - filing.found} of our last {filing.asked} "
        "letters that surely left: this server files no copies, or not under our ids. A person has to "
        "decide."
    )


def _not_followed(traces: Traces) -> str:
    if traces.filing is not None and traces.filing.later:
        return ""
    return "No copy lies in Sent; a later letter has to show that copies still arrive there."


_MISSING: tuple[Callable[[Traces], str], ...] = (
    _not_readable,
    _not_settled,
    _not_wanted,
    _not_filed,
    _not_followed,
)


def _absent(traces: Traces) -> str:
    asked = traces.filing.asked if traces.filing else 0
    hours = traces.age // timedelta(hours=1)
    return (
        f"No copy lies in Sent after {hours} hours, where each of our last {asked} letters left one, "
        "a later one too."
    )


def next_look(looks: int, data_at: datetime, now: datetime) -> datetime | None:
    """Say when to look again after `looks` looks: soon at first, then rarely; None after two weeks."""
    if now - data_at >= GIVE_UP:
        return None
    wait = _WAITS[looks - 1] if 0 < looks <= len(_WAITS) else _STEADY
    settled = data_at + SETTLING
    return settled if now < settled < now + wait else now + wait
