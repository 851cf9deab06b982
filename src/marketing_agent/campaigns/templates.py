"""From a step's template to the text of one letter: subject, body, and the footer the law wants."""

from dataclasses import dataclass

from marketing_agent.campaigns.liquid import TemplateProblem, fill, variables_of
from marketing_agent.campaigns.models import Step
from marketing_agent.campaigns.sender import SenderIdentity
from marketing_agent.inboxes.models import Inbox
from marketing_agent.prospects.models import Prospect

__all__ = ["Rendered", "TemplateProblem", "footer", "render", "unknown_variables"]

_OF_PROSPECT = (
    "company",
    "city",
    "country",
    "first_name",
    "last_name",
    "job_title",
    "website",
    "address",
    "tier",
)
KNOWN = frozenset(
    {*_OF_PROSPECT, *(f"prospect.{name}" for name in _OF_PROSPECT)}
    | {"sender.name", "sender.company", "inbox.address", "inbox.name"}
)
"""What a template may read, beside `extra.…`, the columns of the import that have no field."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter's text, ready to be composed."""

    subject: str
    body: str


def render(
    step: Step, prospect: Prospect, inbox: Inbox, sender: SenderIdentity, first_subject: str
) -> Rendered:
    """Fill a step for one prospect; a follow-up without a subject answers `first_subject`.

    Raises:
        TemplateProblem: when the template is broken, or writes a value that the prospect lacks.
    """
    values = _values(prospect, inbox, sender)
    subject = " ".join(fill(step.subject, values).split()) if step.subject else _re(first_subject)
    if not subject:
        raise TemplateProblem("The letter has no subject.")
    body = fill(step.body, values).strip()
    if not body:
        raise TemplateProblem("The letter has no text.")
    return Rendered(subject, f"{body}\n\n{footer(sender)}")


def _re(subject: str) -> str:
    return subject if not subject or subject[:3].lower() == "re:" else f"Re: {subject}"


def footer(sender: SenderIdentity) -> str:
    """Give identity, postal address and opt-out line, below the mark of a signature."""
    identity = [sender.name, sender.company, sender.postal_address]
    lines = [part for part in identity if part] + ["", sender.opt_out_line]
    return "-- \n" + "\n".join(lines).strip() + "\n"


def unknown_variables(source: str) -> list[str]:
    """Name the variables that no prospect can have: misspelt ones.

    Raises:
        TemplateProblem: when the template cannot be read.
    """
    found = variables_of(source) - KNOWN
    return sorted(name for name in found if not name.startswith(("extra.", "prospect.extra")))


def _values(prospect: Prospect, inbox: Inbox, sender: SenderIdentity) -> dict[str, object]:
    # What is empty is left out, so that writing it is an error instead of "Dear ,".
    own = {name: text for name in _OF_PROSPECT if (text := str(getattr(prospect, name)))}
    extra = {name: text for name, text in prospect.extra.items() if text}
    return {
        **own,
        "extra": extra,
        "prospect": {**own, "extra": extra},
        "sender": _given(name=sender.name, company=sender.company),
        "inbox": _given(address=inbox.address, name=inbox.display_name),
    }


def _given(**values: str) -> dict[str, str]:
    return {name: text for name, text in values.items() if text}
