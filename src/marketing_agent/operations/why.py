"""Why nothing went out, in sentences: overall, to an address, or with one letter."""

from collections.abc import Iterator
from datetime import datetime

from marketing_agent.campaigns.models import Enrollment
from marketing_agent.engine.door import CONTACT_GAP
from marketing_agent.engine.email_states import OPEN
from marketing_agent.engine.stages import SENDABLE
from marketing_agent.engine.values import EmailKind, EmailState, Stage
from marketing_agent.mail.address import AddressError, normalise
from marketing_agent.operations.errors import NotFoundError
from marketing_agent.operations.why_inboxes import about_all, about_one
from marketing_agent.operations.why_overall import about_everything, about_switches
from marketing_agent.operations.words import at, spaced
from marketing_agent.outbox.models import Contact, Email
from marketing_agent.outbox.scene import is_warm
from marketing_agent.prospects.models import Prospect
from marketing_agent.prospects.suppression import suppressed_among

NOTHING = "Nothing stands in the way: the next send cycle may write."


def why(address_or_id: str, now: datetime) -> list[str]:
    """Say why nothing went out, the reason that decides first; never empty.

    Args:
        address_or_id: an address, the id of a prospect or letter, or empty for everything.
        now: UTC.

    Raises:
        NotFoundError: when an id is neither a prospect's nor a letter's.
    """
    wanted = address_or_id.strip()
    if not wanted:
        return list(about_everything(now)) or [NOTHING]
    email = Email.objects.filter(public_id=wanted).select_related("inbox", "prospect").first()
    if email is not None:
        return list(_about_letter(email, now))
    return _about_address_or_prospect(wanted, now)


def _about_address_or_prospect(wanted: str, now: datetime) -> list[str]:
    key = _address_key(wanted)
    named = {"address_key": key} if key else {"public_id": wanted}
    prospect = Prospect.objects.filter(**named).first()
    if prospect is not None:
        return list(_about_prospect(prospect, now)) or [NOTHING]
    if key:
        return list(_about_stranger(key))
    raise NotFoundError(f"No prospect and no letter has the id {wanted!r}.")


def _address_key(wanted: str) -> str:
    try:
        return normalise(wanted).key if "@" in wanted else ""
    except AddressError:
        return wanted.casefold()


def _about_stranger(key: str) -> Iterator[str]:
    yield f"No prospect has the address {key}. Import it or add it first."
    yield from _suppression(key)
    letter = Email.objects.filter(address_key=key).order_by("-id").first()
    if letter is not None:
        yield _state_of(letter)


def _about_prospect(prospect: Prospect, now: datetime) -> Iterator[str]:
    yield from about_switches()
    if not prospect.address_key:
        yield "The prospect has no address yet; enrichment or a person has to find one."
    yield from _suppression(prospect.address_key)
    yield from _stage(prospect)
    if prospect.stage in SENDABLE and prospect.replied_at is None:
        yield from _steps(prospect, now)
        yield from _contact(prospect.address_key, now)
    yield from _letters(prospect)


def _suppression(key: str) -> Iterator[str]:
    row = suppressed_among([key]).get(key) if key else None
    if row is not None:
        evidence = f" ({row.evidence})" if row.evidence else ""
        yield (
            f"{row.key} is suppressed since {at(row.created_at)}: {spaced(row.cause)}{evidence}. "
            f"Nobody writes to it until the suppression is lifted."
        )


_STAGES: dict[Stage, str] = {
    Stage.NEW: "it has to be enriched first",
    Stage.ENRICHING: "it is being enriched",
    Stage.ENRICHED: "its address has to be verified first",
    Stage.ENGAGED: "a person has taken over",
    Stage.MEETING: "a person has taken over",
    Stage.WON: "it is a customer",
    Stage.LOST: "it has declined",
    Stage.BOUNCED: "its address does not work",
    Stage.SUPPRESSED: "it must not be written to",
    Stage.ARCHIVED: "it was put away",
}


def _stage(prospect: Prospect) -> Iterator[str]:
    stage = Stage(prospect.stage)
    if stage in _STAGES:
        yield f"The prospect's stage is {stage} since {at(prospect.stage_changed_at)}: {_STAGES[stage]}."
    if stage is Stage.ENRICHED and prospect.verification != "unchecked":
        detail = prospect.verification_detail or "no detail is known"
        yield f"Verification says {spaced(prospect.verification)}: {detail}"
    if prospect.replied_at is not None:
        yield f"The prospect replied at {at(prospect.replied_at)}; no follow-up leaves after that."


def _steps(prospect: Prospect, now: datetime) -> Iterator[str]:
    enrollments = Enrollment.objects.filter(prospect=prospect).select_related("campaign", "inbox")
    if not enrollments:
        yield "The prospect is in no campaign. A verified prospect enters the active campaign."
    for enrollment in enrollments:
        yield from _step(enrollment, is_warm(prospect), now)


def _step(enrollment: Enrollment, warm: bool, now: datetime) -> Iterator[str]:  # noqa: FBT001  a fact
    name = enrollment.campaign.name
    if enrollment.state == "stopped":
        yield f"Its way through {name!r} was stopped: {enrollment.stop_reason or 'no reason given'}."
    elif enrollment.state == "finished":
        yield f"It has had every step of {name!r}."
    elif enrollment.campaign.state != "active":
        yield f"The campaign {name!r} is {enrollment.campaign.state}."
    else:
        yield from _next_step(enrollment, warm, now)


def _next_step(enrollment: Enrollment, warm: bool, now: datetime) -> Iterator[str]:  # noqa: FBT001  a fact
    step = f"Step {enrollment.next_step} of {enrollment.campaign.name!r}"
    if enrollment.refusal:
        yield f"{step} was put off: {enrollment.refusal} Next try at {at(enrollment.next_due_at)}."
    elif enrollment.next_due_at > now:
        yield f"{step} is due at {at(enrollment.next_due_at)}."
    if enrollment.inbox is not None:
        yield from about_one(enrollment.inbox, now, warm=warm)
    else:
        yield from about_all(now, warm=warm)


def _contact(key: str, now: datetime) -> Iterator[str]:
    row = Contact.objects.filter(address_key=key, last_data_at__gt=now - CONTACT_GAP).first()
    if row is not None:
        yield (
            f"The address was written to at {at(row.last_data_at)}; "
            f"no other letter leaves before {at(row.last_data_at + CONTACT_GAP)}."
        )


def _letters(prospect: Prospect) -> Iterator[str]:
    waiting = [*OPEN, EmailState.TRANSMITTING, EmailState.UNKNOWN, EmailState.DEAD]
    for email in Email.objects.filter(prospect=prospect, state__in=waiting).order_by("id")[:10]:
        yield _state_of(email)


_STATES: dict[EmailState, str] = {
    EmailState.PLANNED: "is planned",
    EmailState.HELD: "is held",
    EmailState.RETRY: "waits for another try",
    EmailState.CLAIMED: "is being handled by a worker",
    EmailState.TRANSMITTING: "is being transmitted",
    EmailState.UNKNOWN: "may or may not have been delivered; settle it with "
    "`marketing-agent emails resolve`",
    EmailState.DEAD: "is a dead letter; see `marketing-agent retry-queue list`",
    EmailState.SENT: "was sent",
    EmailState.BOUNCED: "bounced",
    EmailState.FAILED: "failed",
    EmailState.CANCELLED: "was cancelled",
}


def _state_of(email: Email) -> str:
    kind = EmailKind(email.kind)
    moment = email.sent_at if email.state == EmailState.SENT else email.due_at
    when = "" if moment is None else f", {'at' if email.state == 'sent' else 'due'} {at(moment)}"
    reason = f": {email.reason}" if email.reason else "."
    return f"The {spaced(kind)} {email.public_id} {_STATES[EmailState(email.state)]}{when}{reason}"


def _about_letter(email: Email, now: datetime) -> Iterator[str]:
    yield _state_of(email)
    if email.state in OPEN:
        yield from about_switches()
        yield from _suppression(email.address_key)
        if email.kind != EmailKind.ANSWER:
            yield from _contact(email.address_key, now)
        warm = email.prospect is not None and is_warm(email.prospect)
        yield from about_one(email.inbox, now, warm=warm)
