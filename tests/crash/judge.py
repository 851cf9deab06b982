"""The verdict on one death: twice, lost, unknown; by the store on one side and the servers on the other."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from crash.seed import HEARD_OF, OLD, PEOPLE
from marketing_agent.engine.values import EmailState
from marketing_agent.inbound.models import InboxItem
from marketing_agent.outbox.models import Bounce, Complaint, Email
from marketing_agent.prospects.models import Prospect, Suppression
from marketing_agent.sandbox import invariants


@dataclass(frozen=True, slots=True)
class Findings:
    """The letters whose outcome nobody knew after the death, and how often the server had taken each."""

    doubtful: tuple[str, ...]
    taken: dict[str, int]

    def without(self, before: tuple[str, ...]) -> "Findings":
        """Leave out the letters that were in doubt before the death."""
        new = tuple(each for each in self.doubtful if each not in before)
        return Findings(new, {each: self.taken[each] for each in new})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong once everything has been cleared up; all is well when nothing is.

    Attributes:
        duplicates: letters that the server took more than once, mails and consequences kept twice.
        losses: people who wait for a letter that nobody will send, letters that are called sent and were
            never taken, mails that nobody dealt with.
        unsettled: outcomes still unknown.
        broken: promises of the sandbox that do not hold.
    """

    duplicates: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def unknown_letters() -> tuple[str, ...]:
    """Name the letters whose outcome is unknown now."""
    return _in(EmailState.UNKNOWN)


def doubtful_letters() -> tuple[str, ...]:
    """Name the letters whose outcome is unknown now, or will be once their dead worker is missed."""
    return _in(EmailState.UNKNOWN, EmailState.TRANSMITTING)


def _in(*states: EmailState) -> tuple[str, ...]:
    rows = Email.objects.filter(state__in=states).order_by("id")
    return tuple(rows.values_list("message_id", flat=True))


def judge(accepted: Mapping[str, int], mails: int) -> Verdict:
    """Judge the store by what the SMTP server counted (by Message-ID) and how many mails came in."""
    past = Email.objects.filter(message_id__startswith=OLD).values_list("message_id", flat=True)
    taken = [*past, *Counter(accepted).elements()]
    promises = invariants.check(invariants.gather(taken))
    return Verdict(
        duplicates=[*_letters_twice(accepted), *_consequences_twice()],
        losses=[*_letters_lost(accepted), *_people_forgotten(accepted), *_mails_lost(mails)],
        unsettled=list(unknown_letters()),
        broken=[name for name, kept in promises.items() if not kept],
    )


def _letters_twice(accepted: Mapping[str, int]) -> list[str]:
    twice = [f"{name} was taken {count} times" for name, count in accepted.items() if count > 1]
    steps = Counter(
        Email.objects.filter(message_id__in=accepted).values_list("address_key", "step")
    )
    return twice + [f"{key} got two letters" for key, count in steps.items() if count > 1]


def _consequences_twice() -> list[str]:
    items = Counter(InboxItem.objects.values_list("inbox_id", "message_id"))
    items.pop((0, ""), None)
    bounces = Counter(Bounce.objects.exclude(type="soft").values_list("email_id", flat=True))
    complaints = Counter(Complaint.objects.values_list("email_id", flat=True))
    bans = Counter(Suppression.objects.filter(lifted_at=None).values_list("key", "cause"))
    counted = {"mail": items, "bounce": bounces, "complaint": complaints, "suppression": bans}
    return [
        f"{kind} {key} is kept {count} times"
        for kind, rows in counted.items()
        for key, count in rows.items()
        if count > 1
    ]


def _letters_lost(accepted: Mapping[str, int]) -> list[str]:
    gone = Email.objects.filter(
        state__in=[EmailState.SENT, EmailState.BOUNCED], sent_at__isnull=False
    )
    names = gone.exclude(message_id__startswith=OLD).values_list("message_id", flat=True)
    return [f"{name} is called sent and was never taken" for name in names if name not in accepted]


def _people_forgotten(accepted: Mapping[str, int]) -> list[str]:
    """Name the people whose first letter neither was taken nor is refused, held or waits to be sent."""
    known = set(Email.objects.filter(message_id__in=accepted).values_list("address_key", flat=True))
    banned = set(Suppression.objects.filter(lifted_at=None).values_list("key", flat=True))
    addresses = {f"{name}@{name}.example" for name in PEOPLE}
    return [f"{each} was never written to" for each in sorted(addresses - known - banned)]


def _mails_lost(mails: int) -> list[str]:
    done = InboxItem.objects.filter(state="processed").exclude(kind="own_copy").count()
    lost = [] if done == mails else [f"{mails} mails came in, {done} were dealt with"]
    return lost + (_answers_ignored() if mails else [])


def _answers_ignored() -> list[str]:
    """Name the people who wrote back, or could not be reached, and are treated as if they were silent."""
    addresses = [f"{name}@{name}.example" for name in HEARD_OF]
    silent = Prospect.objects.filter(address_key__in=addresses, stage__in=["ready", "contacted"])
    return [f"{each.address} wrote back in vain" for each in silent]
