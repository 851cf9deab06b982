"""The check that the database is the one that this version of the program expects."""

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from marketing_agent.store.trouble import STORE_TROUBLE

_HINT = "Run `marketing-agent migrate`."


def check_migrations() -> list[str]:
    """Compare the applied migrations with the program's; cheap enough for every command.

    Returns:
        One sentence a problem, the most telling first; empty when all is well.
    """
    loader = MigrationLoader(connection)
    applied, known = set(loader.applied_migrations), set(loader.disk_migrations)
    if not applied:
        return ["The database has no tables yet. Run `marketing-agent init` first."]
    return [
        *_each("The database lacks the migration", known - applied, _HINT),
        *_each(
            "The database is newer than this program; it has the migration",
            {each for each in applied - known if each[0] in _our_apps()},
            "Install the version that made it.",
        ),
    ]


def check_schema() -> list[str]:
    """Look at the tables themselves: migrations, then every table and column.

    Returns:
        One sentence a problem; empty when the schema matches.
    """
    return check_migrations() or _missing_parts()


def is_empty() -> bool:
    """Say whether the store can be read and holds no table: nobody has ever installed anything there."""
    try:
        return not connection.introspection.table_names()
    except STORE_TROUBLE:
        return False


def _our_apps() -> set[str]:
    return {config.label for config in apps.get_app_configs()}


def _each(what: str, migrations: set[tuple[str, str]], hint: str) -> list[str]:
    return [f"{what} {app}.{name}. {hint}" for app, name in sorted(migrations)]


def _missing_parts() -> list[str]:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    return [
        problem
        for table, columns in _expected().items()
        for problem in (_missing_columns(table, columns) if table in tables else [_lost(table)])
    ]


def _expected() -> dict[str, set[str]]:
    models = [model._meta for model in apps.get_models()]  # noqa: SLF001  Django documents _meta
    return {
        model.db_table: {str(field.column) for field in model.local_concrete_fields}
        for model in models
    }


def _lost(table: str) -> str:
    return f"The table {table} is missing. Restore a backup."


def _missing_columns(table: str, columns: set[str]) -> list[str]:
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, table)
    missing = sorted(columns - {column.name for column in described})
    return [f"The column {table}.{name} is missing. Restore a backup." for name in missing]
