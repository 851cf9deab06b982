"""/api/campaigns: what is written and when, and how a letter would read."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import Count, Q
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from marketing_agent.api.callers import actor_of
from marketing_agent.api.lookups import by_public_id, prospect_filter
from marketing_agent.api.paging import given, page, whole
from marketing_agent.api.parameters import Cursor, Input, Limit, Listing, Shown, Text
from marketing_agent.api.problems import unprocessable
from marketing_agent.campaigns.actions import pause_campaign, resume_campaign, save_campaign
from marketing_agent.campaigns.drafts import StepDraft
from marketing_agent.campaigns.models import Campaign
from marketing_agent.campaigns.preview import preview as read_as
from marketing_agent.campaigns.sender import sender_identity
from marketing_agent.inboxes.models import Inbox
from marketing_agent.prospects.models import Prospect
from marketing_agent.workers import clock

router = Router(tags=["Campaigns"])


class StepRow(Shown):
    """One letter of a sequence."""

    position: int
    day_offset: int = Field(description="Days after the step before.")
    subject: str = Field(description="Empty: an answer in the first letter's thread.")
    body: str


class CampaignRow(Shown):
    """A sequence of letters and how many prospects are on their way through it."""

    id: str = Field(validation_alias="public_id")
    name: str
    state: Literal["active", "paused", "ended"]
    stop_for_colleagues: bool
    active: int = Field(description="Prospects with a next step.")
    waiting: int = Field(description="Prospects whose next letter stands in the outbox.")
    finished: int
    stopped: int
    created_at: datetime
    updated_at: datetime


class CampaignDetail(CampaignRow):
    """A sequence with its steps."""

    steps: list[StepRow]


class CampaignList(Listing):
    """Campaigns, newest first."""

    campaigns: list[CampaignRow]


class NewStep(Input):
    """One letter to write."""

    body: str = Field(min_length=1, max_length=20_000, description="A Liquid template.")
    subject: str = Field(default="", max_length=500)
    day_offset: int = Field(default=0, ge=0, le=365, strict=True)


class NewCampaign(Input):
    """A sequence to create, or to replace the steps of the one with this name."""

    name: Annotated[Text, Field(max_length=200)]
    steps: list[NewStep] = Field(min_length=1, max_length=20)
    stop_for_colleagues: bool = Field(default=True, strict=True)


class LetterPreview(Shown):
    """How a letter would read, and what is wrong with it."""

    position: int
    day: int = Field(description="Days after the first letter.")
    subject: str = Field(description="Empty where the letter could not be written.")
    body: str
    problems: list[str] = Field(description="What it lacks; style is remarked on, too.")


class Preview(Listing):
    """How a campaign would read to one prospect."""

    letters: list[LetterPreview]


@router.get("", response=CampaignList)
def list_campaigns(
    request: HttpRequest,
    state: Literal["active", "paused", "ended"] | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """List campaigns, newest first."""
    rows = Campaign.objects.filter(**given(state=state))
    found = page(rows, limit=limit, cursor=cursor, order="desc")
    return found.answer("campaigns", _counted(found.rows))


@router.get("/{campaign_id}", response=CampaignDetail)
def get_campaign(request: HttpRequest, campaign_id: str) -> CampaignDetail:
    """Give one campaign with its steps."""
    return _detail(_campaign(campaign_id))


@router.post("", response=CampaignDetail)
def save(request: HttpRequest, body: NewCampaign) -> CampaignDetail:
    """Create a campaign, or replace the steps of the one with this name."""
    steps = [StepDraft(each.body, each.subject, each.day_offset) for each in body.steps]
    row = save_campaign(
        body.name,
        steps,
        actor_of(request),
        clock.now(),
        stop_for_colleagues=body.stop_for_colleagues,
    )
    return _detail(row)


@router.get("/{campaign_id}/preview", response=Preview)
def preview(
    request: HttpRequest,
    campaign_id: str,
    prospect: Annotated[Text, Query(description="The id of the prospect to write to.")],
) -> dict[str, Any]:
    """Show how each letter would read to a prospect; nothing is sent or stored."""
    campaign, reader = _campaign(campaign_id), prospect_filter(prospect)
    found = read_as(campaign, reader, _writer(campaign, reader), sender_identity())
    return whole("letters", LetterPreview.each(found))


@router.post("/{campaign_id}/pause", response=CampaignDetail)
def pause(request: HttpRequest, campaign_id: str) -> CampaignDetail:
    """Let nothing of the campaign leave until it is resumed."""
    return _detail(pause_campaign(campaign_id, actor_of(request), clock.now()))


@router.post("/{campaign_id}/resume", response=CampaignDetail)
def resume(request: HttpRequest, campaign_id: str) -> CampaignDetail:
    """Let the campaign go on."""
    return _detail(resume_campaign(campaign_id, actor_of(request), clock.now()))


def _campaign(campaign_id: str) -> Campaign:
    return by_public_id(Campaign.objects.all(), campaign_id, "campaign")


def _detail(row: Campaign) -> CampaignDetail:
    steps = StepRow.each(row.steps.order_by("position"))
    return CampaignDetail(**_counted([row])[0].model_dump(), steps=steps)


def _counted(rows: list[Campaign]) -> list[CampaignRow]:
    states = ("active", "waiting", "finished", "stopped")
    counts = {each: Count("enrollments", filter=Q(enrollments__state=each)) for each in states}
    wanted = Campaign.objects.filter(pk__in=[row.pk for row in rows])
    found = {each["pk"]: dict(each) for each in wanted.values("pk").annotate(**counts)}
    return [
        CampaignRow(
            id=row.public_id,
            name=row.name,
            state=row.state,
            stop_for_colleagues=row.stop_for_colleagues,
            created_at=row.created_at,
            updated_at=row.updated_at,
            **{state: found[row.pk][state] for state in states},
        )
        for row in rows
    ]


def _writer(campaign: Campaign, reader: Prospect) -> Inbox:
    mine = campaign.enrollments.filter(prospect=reader).select_related("inbox").first()
    inbox = (mine.inbox if mine else None) or Inbox.objects.order_by("pk").first()
    if inbox is None:
        raise unprocessable("campaign", "There is no inbox yet that could write the letters.")
    return inbox
