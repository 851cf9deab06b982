"""/api/prospects/import and /imports: CSV files over HTTP, and what came of them."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from marketing_agent.api.callers import actor_of
from marketing_agent.api.paging import Order, page
from marketing_agent.api.parameters import Cursor, Limit, Listing, Shown
from marketing_agent.api.prospect_shapes import ImportAnswer
from marketing_agent.api.uploads import BODY, received
from marketing_agent.outbox.imports import import_prospects
from marketing_agent.prospects.models import ImportRun
from marketing_agent.settings import settings
from marketing_agent.workers import clock

router = Router(tags=["Prospects"])

DryRun = Annotated[bool, Query(description="Say what would happen and change nothing.")]


class ImportRow(Shown):
    """One import: how far it came and what it refused; without an end it was broken off."""

    id: str = Field(validation_alias="public_id")
    file_name: str
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    rows: int
    imported: int
    duplicates: int
    refused: int
    reasons: dict[str, int]
    report: str = Field(validation_alias="report_path")


class ImportList(Listing):
    """Imports, newest first."""

    imports: list[ImportRow]


@router.get("/imports", response=ImportList)
def list_imports(
    request: HttpRequest, limit: Limit = 50, cursor: Cursor = None, order: Order = "desc"
) -> dict[str, Any]:
    """List the imports of CSV files, newest first."""
    found = page(ImportRun.objects.all(), limit=limit, cursor=cursor, order=order)
    return found.answer("imports", ImportRow.each(found.rows))


@router.post("/import", response=ImportAnswer, openapi_extra={"requestBody": BODY})
def import_csv(request: HttpRequest, dry_run: DryRun = False) -> ImportAnswer:
    """Import a CSV file of up to 25 MB; the same file again changes nothing.

    Send it as `-F file=@prospects.csv` or as `--data-binary @prospects.csv`.
    """
    with received(request, "prospects import FILE.csv") as file:
        result = import_prospects(
            file,
            dry_run=dry_run,
            by=actor_of(request),
            now=clock.now(),
            progress=None,
            allow_test_domains=settings().sandbox,
        )
    return ImportAnswer.model_validate(result.as_dict())
