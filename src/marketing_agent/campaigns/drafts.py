"""A campaign as a person writes it, before it is stored, and what can be wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketing_agent.campaigns.errors import CampaignRefused
from marketing_agent.campaigns.templates import TemplateProblem, unknown_variables

MAX_STEPS = 20
MAX_OFFSET = 365  # days
_NAME = 200
_SUBJECT = 500
_BODY = 20_000


@dataclass(frozen=True, slots=True)
class StepDraft:
    """One letter: so many days after the one before; an empty subject answers the first letter."""

    body: str
    subject: str = ""
    day_offset: int = 0


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """A campaign with its letters in order."""

    name: str
    steps: tuple[StepDraft, ...]
    stop_for_colleagues: bool = True


def check_campaign(name: str, steps: Sequence[StepDraft]) -> None:
    """Look for everything that would only show when letters are due.

    Raises:
        CampaignRefused: with the first problem found.
    """
    if not 0 < len(name) <= _NAME or not name.isprintable():
        raise CampaignRefused(f"A campaign needs a name of 1 to {_NAME} characters on one line.")
    if not 0 < len(steps) <= MAX_STEPS:
        raise CampaignRefused(f"A campaign needs 1 to {MAX_STEPS} steps, not {len(steps)}.")
    if not steps[0].subject.strip():
        raise CampaignRefused("The first step needs a subject.")
    for position, step in enumerate(steps, start=1):
        _check_step(position, step)


def _check_step(position: int, step: StepDraft) -> None:
    where = f"Step {position}"
    if not 0 <= step.day_offset <= MAX_OFFSET:
        raise CampaignRefused(f"{where}: day_offset must lie between 0 and {MAX_OFFSET} days.")
    if position > 1 and step.day_offset < 1:
        raise CampaignRefused(
            f"{where}: day_offset must be at least 1; nobody gets two letters a day."
        )
    if not step.body.strip():
        raise CampaignRefused(f"{where} has no body.")
    if len(step.subject) > _SUBJECT or len(step.body) > _BODY:
        raise CampaignRefused(
            f"{where} is too long: {_SUBJECT} characters of subject and {_BODY} of body are the limit."
        )
    for part, source in (("subject", step.subject), ("body", step.body)):
        _check_template(f"{where}, {part}", source)


def _check_template(where: str, source: str) -> None:
    try:
        unknown = unknown_variables(source)
    except TemplateProblem as problem:
        raise CampaignRefused(f"{where}: {problem}") from None
    if unknown:
        raise CampaignRefused(
            f"{where}: there is no variable {unknown[0]!r}; columns of the import that are no field "
            "are read as extra.NAME."
        )
