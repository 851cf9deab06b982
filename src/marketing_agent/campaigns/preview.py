"""How a campaign's letters would read, for a prospect of the store or a made-up one."""

from dataclasses import dataclass
from datetime import datetime, time

from marketing_agent.campaigns.models import Campaign
from marketing_agent.campaigns.sender import SenderIdentity, needs_of
from marketing_agent.campaigns.templates import TemplateProblem, render
from marketing_agent.engine.content import check_letter
from marketing_agent.inboxes.models import Inbox
from marketing_agent.prospects.models import Prospect


@dataclass(frozen=True, slots=True)
class Preview:
    """One letter as it would be: its text, or why there is none, and what its content breaks."""

    position: int
    day: int  # days after the first letter
    subject: str
    body: str
    problems: tuple[str, ...]


def preview(
    campaign: Campaign, prospect: Prospect, inbox: Inbox, sender: SenderIdentity
) -> list[Preview]:
    """Render every step for one prospect."""
    day, first_subject, letters = 0, "", []
    for step in campaign.steps.order_by("position"):
        day += step.day_offset
        try:
            text = render(step, prospect, inbox, sender, first_subject)
        except TemplateProblem as problem:
            letters.append(Preview(step.position, day, "", "", (str(problem),)))
            continue
        first_subject = first_subject or text.subject
        found = check_letter(text.subject, text.body, needs=needs_of(sender))
        problems = tuple(each.message for each in found)
        letters.append(Preview(step.position, day, text.subject, text.body, problems))
    return letters


def sample_prospect(now: datetime) -> Prospect:
    """Make up a prospect with every field filled; it is never stored."""
    return Prospect(
        company="Hotel Example",
        city="Berlin",
        country="Germany",
        first_name="Anna",
        last_name="Example",
        job_title="Manager",
        website="https://hotel.example.com",
        address="anna@hotel.example.com",
        created_at=now,
        updated_at=now,
    )


def sample_inbox(now: datetime) -> Inbox:
    """Give the first inbox, or a made-up one that is never stored."""
    made_up = Inbox(
        address="you@example.com",
        display_name="You",
        window_start=time(9),
        window_end=time(17),
        warmup_start_date=now.date(),
    )
    return Inbox.objects.order_by("pk").first() or made_up
