"""`marketing-agent campaigns`: what is written, and when."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from django.db.models import Count

from marketing_agent.campaigns import actions
from marketing_agent.campaigns.actions.campaigns import find_campaign
from marketing_agent.campaigns.files import read_campaign
from marketing_agent.campaigns.models import Campaign
from marketing_agent.campaigns.preview import Preview, preview, sample_inbox, sample_prospect
from marketing_agent.campaigns.sender import missing, sender_identity
from marketing_agent.cli.output import AsJson, emit, new_app, note, operator, say, table
from marketing_agent.prospects.finding import find
from marketing_agent.workers import clock

app = new_app("Set campaigns up and preview their letters.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The campaign's name or id.")]


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="The campaign file.")],
    as_json: AsJson = False,
) -> None:
    """Create a campaign from a file, or replace the steps of the one with that name."""
    draft = read_campaign(file)
    campaign = actions.save_campaign(
        draft.name,
        draft.steps,
        operator(),
        clock.now(),
        stop_for_colleagues=draft.stop_for_colleagues,
    )
    enrolled = actions.enroll_waiting(clock.now())
    data = _row(campaign) | {"enrolled_now": enrolled}
    emit(data, as_json=as_json)
    if lacking := missing(sender_identity()):
        note(f"No letter leaves before you set: {', '.join(lacking)} (marketing-agent config set).")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List campaigns and how many prospects are on their way."""
    rows = [_row(each) for each in Campaign.objects.order_by("pk")]
    columns = ("id", "name", "state", "steps", "active", "waiting", "finished", "stopped")
    emit(
        {"campaigns": rows, "count": len(rows)},
        as_json=as_json,
        text=lambda: table(
            columns,
            [[each[name] for name in columns] for each in rows],
            empty="There is no campaign yet: marketing-agent campaigns import FILE.toml",
        ),
    )


@app.command("show")
def show(campaign: Name, as_json: AsJson = False) -> None:
    """Show a campaign with its templates."""
    row = find_campaign(campaign)
    steps = [
        {
            "position": step.position,
            "day_offset": step.day_offset,
            "subject": step.subject,
            "body": step.body,
        }
        for step in row.steps.order_by("position")
    ]
    emit(_row(row) | {"letters": steps}, as_json=as_json, text=lambda: _say_steps(row, steps))


def _say_steps(row: Campaign, steps: list[dict[str, object]]) -> None:
    emit(_row(row), as_json=False)
    for step in steps:
        say(f"\nStep {step['position']}, {step['day_offset']} days after the one before")
        say(f"Subject: {step['subject'] or '(answers the first letter)'}\n\n{step['body']}")


@app.command("preview")
def preview_(
    campaign: Name,
    prospect: Annotated[
        str, typer.Option("--prospect", metavar="ID", help="For this prospect; else a made-up one.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show every letter as it would leave, and what stands in its way."""
    now = clock.now()
    to = find(prospect) if prospect else sample_prospect(now)
    letters = preview(find_campaign(campaign), to, sample_inbox(now), sender_identity())
    data = {"to": to.address, "letters": [asdict(each) for each in letters]}
    emit(data, as_json=as_json, text=lambda: _say_letters(to.address, letters))


def _say_letters(address: str, letters: list[Preview]) -> None:
    for each in letters:
        say(f"--- Step {each.position}, day {each.day}, to {address}")
        if each.subject:
            say(f"Subject: {each.subject}\n\n{each.body}")
        for problem in each.problems:
            say(f"! {problem}")


@app.command("pause")
def pause(campaign: Name, as_json: AsJson = False) -> None:
    """Let nothing of a campaign leave until it is resumed."""
    row = actions.pause_campaign(campaign, operator(), clock.now())
    emit({"name": row.name, "state": row.state}, as_json=as_json)


@app.command("resume")
def resume(campaign: Name, as_json: AsJson = False) -> None:
    """Let a campaign go on."""
    row = actions.resume_campaign(campaign, operator(), clock.now())
    enrolled = actions.enroll_waiting(clock.now())
    data = {"name": row.name, "state": row.state, "enrolled_now": enrolled}
    emit(data, as_json=as_json)


def _row(campaign: Campaign) -> dict[str, object]:
    counts = Counter(dict(_states(campaign)))
    return {
        "id": campaign.public_id,
        "name": campaign.name,
        "state": campaign.state,
        "stop_for_colleagues": campaign.stop_for_colleagues,
        "steps": campaign.steps.count(),
        **{state: counts[state] for state in ("active", "waiting", "finished", "stopped")},
    }


def _states(campaign: Campaign) -> list[tuple[str, int]]:
    rows = campaign.enrollments.values_list("state").annotate(many=Count("pk"))
    return [(state, many) for state, many in rows]
