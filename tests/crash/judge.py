"""The verdict on one death: twice, lost, unsettled; by the store on one side and the servers on the other."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crash import aftermath
from crash.cast import CAST, FATES, NEWCOMERS, Fate
from crash.seed import OLD
from marketing_agent.campaigns.models import Enrollment
from marketing_agent.engine.values import EmailState
from marketing_agent.outbox.models import Bounce, Email, Guard, Inquiry
from marketing_agent.prospects.models import Suppression
from marketing_agent.sandbox import invariants
from marketing_agent.sandbox.behaviours import Behaviour

_AT_REST = [EmailState.SENT, EmailState.BOUNCED, EmailState.CANCELLED, EmailState.UNKNOWN]


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter that the server took: its Message-ID, to whom, and which step of the sequence it is."""

    message_id: str
    address: str
    step: int


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known without the store.

    Attributes:
        taken: every letter that the server took, as often as it did.
        mails: the account and Message-ID of each mail that came in.
        parts: what people did; those who are not named were silent.
        doubtful: letters whose outcome nobody knew, and whether the server had taken each by then.
    """

    taken: tuple[Taken, ...]
    mails: tuple[tuple[str, str], ...] = ()
    parts: Mapping[str, Behaviour] = field(default_factory=dict)
    doubtful: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong once everything has been cleared up; all is well when nothing is.

    Attributes:
        duplicates: letters that the server took more than once, mails and consequences kept twice.
        losses: letters of a sequence that never left or of which the store knows nothing, sequences that
            do not stand where they should, mails that nobody dealt with, consequences that are missing.
        unsettled: outcomes still unknown.
        broken: promises that do not hold, letters that should not have left, doubts settled wrongly.
    """

    duplicates: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def unknown_letters() -> tuple[str, ...]:
    """Name the letters whose outcome is unknown now."""
    rows = Email.objects.filter(state=EmailState.UNKNOWN).order_by("id")
    return tuple(rows.values_list("message_id", flat=True))


def judge(truth: Truth) -> Verdict:
    """Judge the store by what the servers saw."""
    past = Email.objects.filter(message_id__startswith=OLD).values_list("message_id", flat=True)
    taken = [*past, *(each.message_id for each in truth.taken)]
    promises = invariants.check(invariants.gather(taken))
    fates = {address: _fate(address, truth.parts) for address in (*CAST, *NEWCOMERS)}
    return Verdict(
        duplicates=[*_twice(truth.taken), *aftermath.twice()],
        losses=[
            *_never_left(truth.taken, fates),
            *_told_otherwise(truth.taken),
            *_astray(fates),
            *_left_lying(),
            *aftermath.lost(truth.mails, fates),
        ],
        unsettled=list(unknown_letters()),
        broken=[
            *(name for name, kept in promises.items() if not kept),
            *_too_many(truth.taken, fates),
            *_settled_wrongly(truth.doubtful),
            *_guards(),
        ],
    )


def _fate(address: str, parts: Mapping[str, Behaviour]) -> Fate:
    """Give what must be so of a person.

    Whoever the server refused is treated so if that was written down before the death; else they are
    written to again, and by then the server takes the letter.
    """
    part = parts.get(address, Behaviour.SILENT)
    if part is Behaviour.REFUSED_UNKNOWN and not _is_marked(address):
        part = Behaviour.SILENT
    return FATES[part]


def _is_marked(address: str) -> bool:
    banned = Suppression.objects.filter(key=address).exists()
    return banned or Bounce.objects.filter(address_key=address, type="hard").exists()


def _twice(taken: Sequence[Taken]) -> Iterator[str]:
    """Name what the server took twice: by Message-ID, and by what a person would call the same letter."""
    for name, count in Counter(each.message_id for each in taken).items():
        if count > 1:
            yield f"{name} was taken {count} times"
    for (address, step), count in Counter((each.address, each.step) for each in taken).items():
        if count > 1:
            yield f"letter {step} to {address} was taken {count} times"


def _never_left(taken: Sequence[Taken], fates: Mapping[str, Fate]) -> Iterator[str]:
    there = {(each.address, each.step) for each in taken}
    for address, fate in fates.items():
        for step in fate.letters:
            if (address, step) not in there:
                yield f"letter {step} to {address} was never taken"


def _too_many(taken: Sequence[Taken], fates: Mapping[str, Fate]) -> Iterator[str]:
    for each in taken:
        fate = fates.get(each.address)
        if fate is None or each.step not in fate.letters:
            yield f"letter {each.step} to {each.address} should not have left"
    for address, fate in fates.items():
        if fate.quiet_until is not None:
            early = Email.objects.filter(address_key=address, step=2, sent_at__lt=fate.quiet_until)
            yield from (f"{each} left while its addressee was away" for each in early)


def _told_otherwise(taken: Sequence[Taken]) -> Iterator[str]:
    """Name the letters of which the store says something else than the server."""
    rows = Email.objects.filter(sent_at__isnull=False).exclude(message_id__startswith=OLD)
    said = {Taken(*row) for row in rows.values_list("message_id", "address_key", "step")}
    for each in sorted(said - set(taken), key=str):
        yield f"{each} is called sent and was never taken"
    for each in sorted(set(taken) - said, key=str):
        yield f"{each} was taken and is not called sent"


def _astray(fates: Mapping[str, Fate]) -> Iterator[str]:
    """Name the sequences that do not stand where the letters and answers have brought them."""
    rows = Enrollment.objects.filter(prospect__address_key__in=fates).select_related("prospect")
    for each in rows:
        fate = fates[each.prospect.address_key]
        if (each.state, each.next_step) != (fate.sequence, fate.next_step):
            why = each.stop_reason or each.refusal or "no reason is kept"
            yield f"{each} of {each.prospect} is {each.state}, not {fate.sequence}: {why}"


def _left_lying() -> Iterator[str]:
    for email in Email.objects.exclude(state__in=_AT_REST):
        yield f"{email} waits, and nobody will come for it"


def _settled_wrongly(doubtful: Mapping[str, bool]) -> Iterator[str]:
    rows = Inquiry.objects.filter(email__message_id__in=doubtful)
    found = dict(rows.values_list("email__message_id", "sent"))
    for name, was_taken in doubtful.items():
        if found.get(name) is not was_taken:
            yield f"{name}: taken is {was_taken}, and the inquiry says {found.get(name)}"


def _guards() -> Iterator[str]:
    """Name the guards that were ever set: nobody restored anything, and no outage was long."""
    for guard in Guard.objects.all():
        yield f"due work was held for review: {guard.summary}"
