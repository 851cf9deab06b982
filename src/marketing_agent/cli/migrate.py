"""`marketing-agent migrate`: back up, then bring the tables up to date, then look at them."""

from typing import Annotated

import typer
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from marketing_agent.cli.output import AsJson, emit, fail, new_app, note
from marketing_agent.operations.backup import backup_before_migration
from marketing_agent.store.selfcheck import check_migrations, check_schema
from marketing_agent.workers import clock

app = new_app("Back up and bring the tables up to date.")


@app.command()
def migrate(
    backup: Annotated[
        bool, typer.Option("--backup/--no-backup", help="Copy the store first.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Back the store up, apply what is missing, and check every table. Stop the worker first."""
    emit({"migrations": migrate_store(backup=backup)}, as_json=as_json)


def migrate_store(*, backup: bool) -> int:
    """Apply the missing migrations; gives how many there were.

    Raises:
        CommandError: when the tables are not as this version expects afterwards.
        BackupFailed: when the store could not be copied; nothing was changed.
    """
    pending = _pending()
    if pending and backup and _has_tables():
        made = backup_before_migration(clock.now())
        if made is not None:
            note(f"The store was copied to {made}.")
    if pending:
        call_command("migrate", interactive=False, verbosity=0)
    problems = check_schema()
    if problems:
        fail(problems[0])
    return pending


def _has_tables() -> bool:
    return bool(connection.introspection.table_names())


def _pending() -> int:
    newer = [each for each in check_migrations() if "newer" in each]
    if newer:
        fail(newer[0])
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
