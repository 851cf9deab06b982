"""A database that refuses one kind of write, as a full disk or a broken table does."""

from django.db import connection

_SQLITE = """
CREATE TRIGGER trouble BEFORE {event} ON {table} WHEN {when}
BEGIN SELECT RAISE(ABORT, 'the disk is full'); END
"""
_POSTGRESQL = """
CREATE FUNCTION trouble() RETURNS trigger AS
$$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER trouble BEFORE {event} ON {table} FOR EACH ROW
WHEN ({when}) EXECUTE FUNCTION trouble()
"""


def refuse(event: str, table: str, when: str = "1 = 1") -> None:
    """Have the database refuse INSERT or UPDATE of such rows until the test's end."""
    statement = _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL
    with connection.cursor() as cursor:
        cursor.execute(statement.format(event=event, table=table, when=when))


def mend(table: str) -> None:
    """Let the database work again."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER trouble")
        else:
            cursor.execute(f"DROP TRIGGER trouble ON {table}")
