"""What a batch of letters needs to know before the planner or the door decides: one query a kind."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from marketing_agent.campaigns.models import Campaign
from marketing_agent.engine.door import Addressee, Sender
from marketing_agent.engine.values import EmailKind, Stage, Tier
from marketing_agent.inboxes.capacity import InboxDay, days
from marketing_agent.operations.held import current_guard
from marketing_agent.operations.stop import StopReading, read_stop
from marketing_agent.outbox.models import Contact, Email, Guard
from marketing_agent.prospects.models import Prospect
from marketing_agent.prospects.suppression import suppressed_among


@dataclass(frozen=True, slots=True)
class Scene:
    """The facts shared by a batch: stop, review, suppressions, last contacts, the inboxes' day."""

    stop: StopReading
    suppressed: dict[str, str]
    contacts: dict[str, datetime]
    days: dict[int, InboxDay]
    left: dict[int, int] = field(default_factory=dict)
    guard: Guard | None = None

    def addressee(
        self, prospect: Prospect | None, kind: str, address_key: str, campaign: Campaign | None
    ) -> Addressee:
        """Tell what is known of the one a letter of `kind` goes to, and of its campaign."""
        return Addressee(
            kind=EmailKind(kind),
            stage=Stage(prospect.stage) if prospect else Stage.ARCHIVED,
            replied=prospect is not None and prospect.replied_at is not None,
            warm=prospect is not None and is_warm(prospect),
            suppressed=self._suppressed(prospect, kind, address_key),
            moved=kind != EmailKind.ANSWER and not _is_address_of(prospect, address_key),
            campaign_paused=campaign is not None and campaign.state != "active",
            last_data_at=self.contacts.get(address_key),
        )

    def _suppressed(self, prospect: Prospect | None, kind: str, address_key: str) -> str:
        """An answer to another address of somebody who wants silence is refused as well."""
        found = self.suppressed.get(address_key, "")
        if found or prospect is None or kind != EmailKind.ANSWER:
            return found
        return self.suppressed.get(prospect.address_key, "")

    def sender(self, inbox_id: int, provider: str) -> Sender:
        """Tell what is known of the inbox that a letter leaves from, towards one provider."""
        day = self.days[inbox_id]
        blocked = day.provider_pauses.get(provider)
        return Sender(
            open=day.open,
            opens_at=day.opens_at,
            resets_at=day.resets_at,
            left_today=self.left.get(inbox_id, 0),
            bound=f"{day.limit.value} a day by {day.limit.bound.replace('_', ' ')}",
            warm_only=day.warm_only,
            paused=day.pause.reason if day.pause else "",
            pause_until=day.pause.until if day.pause else None,
            provider_paused=blocked.reason if blocked else "",
            provider_pause_until=blocked.until if blocked else None,
        )

    def review(self, written_at: datetime) -> str:
        """Say why a letter written then is held for review, or nothing."""
        guard = self.guard
        return guard.summary if guard is not None and guard.holds(written_at) else ""

    def take(self, inbox_id: int) -> None:
        """Count one letter against the inbox's day."""
        self.left[inbox_id] -= 1


def _is_address_of(prospect: Prospect | None, address_key: str) -> bool:
    return prospect is None or prospect.address_key == address_key


def is_warm(prospect: Prospect) -> bool:
    """Say whether a prospect is a warm lead: tier hot or warm, or has replied."""
    return prospect.tier in {Tier.HOT, Tier.WARM} or prospect.replied_at is not None


def review_of_all() -> str:
    """Say why everything is held for review, or nothing: the store may have forgotten letters."""
    guard = current_guard()
    return guard.summary if guard is not None and guard.holds_all else ""


def last_contacts(address_keys: Collection[str]) -> dict[str, datetime]:
    """Tell when DATA last began for each of the addresses."""
    rows = Contact.objects.filter(address_key__in=address_keys)
    return dict(rows.values_list("address_key", "last_data_at"))


def suppression_causes(address_keys: Collection[str]) -> dict[str, str]:
    """Tell which of the addresses are suppressed, and why."""
    return {key: row.cause for key, row in suppressed_among(address_keys).items()}


def scene_of(emails: Iterable[Email], now: datetime) -> Scene:
    """Gather the facts for letters that stand at the door."""
    letters = list(emails)
    keys = {letter.address_key for letter in letters}
    keys |= {letter.prospect.address_key for letter in letters if letter.prospect} - {""}
    inboxes = {letter.inbox_id: letter.inbox for letter in letters}
    today = days(inboxes.values(), now, reserved=False)
    return Scene(
        stop=read_stop(),
        suppressed=suppression_causes(keys),
        contacts=last_contacts(keys),
        days=today,
        left={each: day.limit.value - day.sent_today for each, day in today.items()},
        guard=current_guard(),
    )
