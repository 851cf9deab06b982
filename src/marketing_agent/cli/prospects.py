"""`marketing-agent prospects`: whom we may write to."""

from pathlib import Path
from typing import Annotated

import typer

from marketing_agent.cli.import_display import display, say_result
from marketing_agent.cli.output import AsJson, emit, fail, new_app, note, operator, shown, table
from marketing_agent.engine.values import Stage, Tier
from marketing_agent.outbox.imports import import_prospects
from marketing_agent.prospects import actions
from marketing_agent.prospects.finding import Wanted, find, page
from marketing_agent.prospects.models import ImportRun, Prospect
from marketing_agent.prospects.view import detail, summary
from marketing_agent.settings import settings
from marketing_agent.workers import clock

app = new_app("Import, list and edit prospects.")

Ref = Annotated[str, typer.Argument(metavar="ID", help="The prospect's id or address.")]
_OF_IMPORT = (
    *("file_name", "started_at", "finished_at"),
    *("rows", "imported", "duplicates", "refused", "report_path"),
)
Why = Annotated[str, typer.Option("--reason", help="Why; kept in the history.")]


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The CSV file.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import a CSV file; run again, it enters only what is missing."""
    with display(file.name) as progress:
        result = import_prospects(
            file,
            dry_run=dry_run,
            by=operator(),
            now=clock.now(),
            progress=progress,
            allow_test_domains=settings().sandbox,
        )
    emit(result.as_dict(), as_json=as_json, text=lambda: say_result(result))


@app.command("imports")
def imports(
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the imports, newest first: how far each came, and where its report stands."""
    rows = list(ImportRun.objects.order_by("-pk").values("public_id", *_OF_IMPORT)[:limit])
    found = [{"id": row.pop("public_id")} | row for row in rows]
    columns = ("id", *_OF_IMPORT)
    data = {"imports": found, "count": len(found)}
    shown_rows = [[each[name] for name in columns] for each in found]
    emit(data, as_json=as_json, text=lambda: table(columns, shown_rows, empty="No imports."))


@app.command("list")
def list_(
    stage: Annotated[Stage | None, typer.Option(help="Only this stage.")] = None,
    tier: Annotated[Tier | None, typer.Option(help="Only this tier.")] = None,
    has_website: Annotated[
        bool | None, typer.Option("--has-website/--no-website", help="With or without a website.")
    ] = None,
    search: Annotated[
        str, typer.Option("--search", "-q", help="Beginning of an address, domain or company.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 50,
    after: Annotated[str, typer.Option(metavar="ID", help="Go on after this prospect.")] = "",
    as_json: AsJson = False,
) -> None:
    """List prospects in the order in which they came."""
    rows, following = page(Wanted(stage, tier, has_website, search), limit, after)
    data = {"prospects": [summary(row) for row in rows], "count": len(rows), "next": following}
    emit(data, as_json=as_json, text=lambda: _say_list(rows, following))


def _say_list(rows: list[Prospect], following: str) -> None:
    table(
        ("id", "stage", "tier", "address", "company", "city"),
        [(row.public_id, row.stage, row.tier, row.address, row.company, row.city) for row in rows],
        empty="No prospect matches.",
    )
    if following:
        note(f"There are more: add --after {following}")


@app.command("show")
def show(prospect: Ref, as_json: AsJson = False) -> None:
    """Show everything about one prospect."""
    _emit(find(prospect), as_json=as_json)


@app.command("edit")
def edit(
    prospect: Ref,
    changes: Annotated[
        list[str],
        typer.Option("--set", metavar="FIELD=VALUE", help="A field and its value; repeatable."),
    ],
    as_json: AsJson = False,
) -> None:
    """Change fields: email, company, city, tier, stage and the like."""
    wanted = dict(_pair(each) for each in changes)
    row = actions.edit(
        find(prospect).pk,
        wanted,
        operator(),
        clock.now(),
        allow_test_domains=settings().sandbox,
    )
    _emit(row, as_json=as_json)


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        fail(f"{text!r} is not FIELD=VALUE; for example --set tier=hot.")
    return {"address": "email"}.get(name.strip(), name.strip()), value


@app.command("archive")
def archive(prospect: Ref, reason: Why = "", as_json: AsJson = False) -> None:
    """Put a prospect away: nobody writes to it any more."""
    row = find(prospect)
    actions.archive(row.pk, operator(), clock.now(), reason)
    _emit(find(row.public_id), as_json=as_json)


@app.command("skip-enrichment")
def skip_enrichment(prospect: Ref, as_json: AsJson = False) -> None:
    """Leave a prospect out of enrichment."""
    row = actions.skip_enrichment(find(prospect).pk, operator(), clock.now())
    _emit(row, as_json=as_json)


@app.command("unskip")
def unskip(prospect: Ref, as_json: AsJson = False) -> None:
    """Let a prospect take part in enrichment again."""
    row = actions.unskip_enrichment(find(prospect).pk, operator(), clock.now())
    _emit(row, as_json=as_json)


def _emit(row: Prospect, *, as_json: bool) -> None:
    data = detail(row)
    emit(data, as_json=as_json, text=lambda: table(("field", "value"), _filled(data)))


def _filled(data: dict[str, object]) -> list[tuple[str, str]]:
    return [(name, shown(value)) for name, value in data.items() if value not in (None, "", [], {})]
