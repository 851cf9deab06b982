"""Writing campaigns and their steps."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from marketing_agent.accounts.actions import audit
from marketing_agent.accounts.actor import Actor
from marketing_agent.campaigns.drafts import StepDraft, check_campaign
from marketing_agent.campaigns.errors import CampaignConflict, CampaignNotFound
from marketing_agent.campaigns.models import Campaign, Enrollment, Step


@transaction.atomic
def save_campaign(
    name: str,
    steps: Sequence[StepDraft],
    by: Actor,
    now: datetime,
    *,
    stop_for_colleagues: bool = True,
) -> Campaign:
    """Create the campaign of that name, active, or replace its steps; letters sent stay as they are.

    Prospects who are ready already are enrolled by `enroll_waiting`.

    Raises:
        CampaignRefused: for a campaign that could not be sent.
        CampaignConflict: when it has ended.
    """
    check_campaign(name, steps)
    defaults = {"created_at": now, "updated_at": now}
    campaign, created = Campaign.objects.get_or_create(name=name, defaults=defaults)
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if campaign.state == "ended":
        raise CampaignConflict(f"The campaign {name!r} has ended; give the new one another name.")
    campaign.stop_for_colleagues, campaign.updated_at = stop_for_colleagues, now
    campaign.save(update_fields=["stop_for_colleagues", "updated_at"])
    _write_steps(campaign, steps)
    _end_beyond(campaign, len(steps), now)
    verb = "campaign.create" if created else "campaign.edit"
    audit(by, verb, campaign.name, after={"steps": len(steps)}, now=now)
    return campaign


def _write_steps(campaign: Campaign, steps: Sequence[StepDraft]) -> None:
    for position, step in enumerate(steps, start=1):
        Step.objects.update_or_create(
            campaign=campaign,
            position=position,
            defaults={"day_offset": step.day_offset, "subject": step.subject, "body": step.body},
        )
    Step.objects.filter(campaign=campaign, position__gt=len(steps)).delete()


def _end_beyond(campaign: Campaign, last: int, now: datetime) -> None:
    """Finish the sequences whose next letter is no more."""
    beyond = Enrollment.objects.filter(campaign=campaign, state="active", next_step__gt=last)
    beyond.update(state="finished", updated_at=now)


def pause_campaign(name: str, by: Actor, now: datetime) -> Campaign:
    """Let nothing of the campaign leave until it is resumed; twice is no error.

    Raises:
        CampaignNotFound, CampaignConflict: when there is none, or it has ended.
    """
    return _set_state(name, "paused", by, now)


def resume_campaign(name: str, by: Actor, now: datetime) -> Campaign:
    """Let the campaign go on; what became due meanwhile leaves at the inboxes' pace.

    Raises:
        CampaignNotFound, CampaignConflict: when there is none, or it has ended.
    """
    return _set_state(name, "active", by, now)


@transaction.atomic
def _set_state(name: str, state: str, by: Actor, now: datetime) -> Campaign:
    campaign = find_campaign(name)
    if campaign.state == "ended":
        raise CampaignConflict(f"The campaign {campaign.name!r} has ended.")
    before = campaign.state
    if before != state:
        campaign.state, campaign.updated_at = state, now
        campaign.save(update_fields=["state", "updated_at"])
        audit(
            by,
            f"campaign.{state}",
            campaign.name,
            before={"state": before},
            after={"state": state},
            now=now,
        )
    return campaign


def find_campaign(ref: str) -> Campaign:
    """Find a campaign by name or public id.

    Raises:
        CampaignNotFound: when there is none.
    """
    found = (
        Campaign.objects.filter(name=ref).first() or Campaign.objects.filter(public_id=ref).first()
    )
    if found is None:
        raise CampaignNotFound(ref)
    return found
