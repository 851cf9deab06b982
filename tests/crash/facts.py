"""What is so in the store between two lives: what a stage was built to be, and what a death left."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crash.seed import OLD
from marketing_agent.campaigns.models import Enrollment
from marketing_agent.engine.values import EmailState, Outcome
from marketing_agent.operations.models import Resumption, Stop
from marketing_agent.outbox.models import Attempt, Email, Guard, Inquiry
from marketing_agent.workers import clock


@dataclass(frozen=True, slots=True)
class Facts:
    """The store at one moment.

    Attributes:
        states: how many letters are in each state; last week's are left out.
        due: sequences whose next letter is due.
        tried: workers that have tried to hand a letter over since the scene began.
        senders: those of them whose letters a server took.
        stopped: whether a stop is in force.
        resuming: whether a gradual start is under way.
        guards: how often due work was held for review.
        inquiries: doubts that are looked into already.
        doubtful: Message-IDs of the letters that are unknown, or stand in DATA.
    """

    states: Mapping[str, int]
    due: int
    tried: int
    senders: int
    stopped: bool
    resuming: bool
    guards: int
    inquiries: int
    doubtful: tuple[str, ...]


def look() -> Facts:
    """Read the store of the place that this process has entered, as of its clock."""
    letters = Email.objects.exclude(message_id__startswith=OLD).order_by("id")
    tries = Attempt.objects.filter(at__gte=clock.now())
    doubtful = letters.filter(state__in=[EmailState.UNKNOWN, EmailState.TRANSMITTING])
    return Facts(
        states=Counter(letters.values_list("state", flat=True)),
        due=Enrollment.objects.filter(state="active", next_due_at__lte=clock.now()).count(),
        tried=_workers(tries.values_list("owner", flat=True)),
        senders=_workers(tries.filter(outcome=Outcome.SENT).values_list("owner", flat=True)),
        stopped=Stop.objects.filter(ended_at=None).exists(),
        resuming=Resumption.objects.filter(ended_at=None).exists(),
        guards=Guard.objects.count(),
        inquiries=Inquiry.objects.count(),
        doubtful=tuple(doubtful.values_list("message_id", flat=True)),
    )


def _workers(owners: Iterable[str]) -> int:
    """Count processes: a letter's owner is a process and a claim of its."""
    return len({each.partition("/")[0] for each in owners})
