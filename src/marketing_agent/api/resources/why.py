"""/api/why: why nothing went out, in sentences."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router

from marketing_agent.api.parameters import Shown
from marketing_agent.operations.why import why
from marketing_agent.workers import clock

router = Router(tags=["Why"])

Subject = Annotated[
    str, Path(max_length=320, description="An address, or the id of a prospect or email.")
]


class Answer(Shown):
    """The reasons, the one that decides first."""

    subject: str
    sentences: list[str]


@router.get("", response=Answer)
def explain_all(request: HttpRequest) -> dict[str, Any]:
    """Say why nothing goes out at all."""
    return {"subject": "", "sentences": why("", clock.now())}


@router.get("/{address_or_id}", response=Answer)
def explain(request: HttpRequest, address_or_id: Subject) -> dict[str, Any]:
    """Say why nothing went out to this address, or what became of this letter."""
    return {"subject": address_or_id, "sentences": why(address_or_id, clock.now())}
