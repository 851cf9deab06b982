"""Only actions (and the claim) write to the database."""

import ast
from collections.abc import Iterable, Iterator

import pytest

from style.sources import Source, expect_none, product, snippet

ALWAYS_A_WRITE = {
    "save",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "executemany",
    "executescript",
    "cursor",
}
A_WRITE_ON_ROWS = {"create", "update", "delete"}
NO_DATABASE = {"engine", "mail", "providers"}
WRITERS = {"actions.py", "claim.py"}  # claim.py: conditional UPDATEs that take work
WRITERS_BESIDE_ACTIONS = {
    "store/repeatable.py": "tells the database not to wait for the disk; writes no rows",
    "store/waits.py": "tells the database how long to wait for a lock; writes no rows",
    "store/selfcheck.py": "asks the database for its schema; reads only",
    "store/sql.py": "runs reading statements of the hot path; writes nothing",
    "operations/health.py": "asks the database for a sign of life; reads only",
    "operations/cleaning.py": "removes history by its age, by table",
    "sandbox/imap/commands.py": "creates IMAP folders, not rows",
    "sandbox/landmarks.py": "renames rows of a throw-away world",
    "accounts/tokens.py": "notes when a token was last used, on every request",
}


def writes(sources: Iterable[Source]) -> list[str]:
    """List the calls that write to the database outside of the modules that may."""
    judged = [each for each in sources if not may_write(each)]
    return [found for source in judged for found in _writes_of(source)]


def may_write(source: Source) -> bool:
    """Tell whether `source` is an actions module or one of the listed others."""
    parts = source.place.parts
    by_name = source.place.name in WRITERS or "actions" in parts[:-1]
    return by_name or parts[0] in NO_DATABASE or str(source.place) in WRITERS_BESIDE_ACTIONS


def _writes_of(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and _is_write(node):
            yield f"{source.at(node)} calls {ast.unparse(node.func)}()"


def _is_write(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    names = {call.func.attr, call.func.attr.removeprefix("a")}  # asave() writes as save() does
    if names & ALWAYS_A_WRITE:
        return True
    return bool(names & A_WRITE_ON_ROWS) and not _is_on_a_value(call, call.func.attr)


def _is_on_a_value(call: ast.Call, name: str) -> bool:
    """Tell whether the call cannot be meant for rows: dict.update(d), digest.update(b), …"""
    # QuerySet.update takes keywords only, and QuerySet.delete and Model.delete nothing.
    if name.endswith("create"):  # actions.create(…) is a verb of ours; rows are made by managers
        return ast.unparse(call.func).rpartition(".")[0].endswith("actions")
    return bool(call.args) if name.endswith("update") else bool(call.args or call.keywords)


def test_only_actions_write() -> None:
    expect_none(writes(product()))


def test_every_exception_to_the_rule_still_exists() -> None:
    assert WRITERS_BESIDE_ACTIONS.keys() <= {str(source.place) for source in product()}


@pytest.mark.parametrize(
    "line",
    [
        "email.save(update_fields=['state'])",
        "await email.asave()",
        "Email.objects.create(kind='answer')",
        "Email.objects.filter(pk=1).update(state='sent')",
        "await Email.objects.filter(pk=1).aupdate(state='sent')",
        "Email.objects.all().delete()",
        "rows.delete()",
        "Email.objects.bulk_create(rows)",
        "Email.objects.get_or_create(pk=1)",
        "prospect.emails.create()",
        "connection.cursor()",
    ],
)
def test_a_write_elsewhere_is_found(line: str) -> None:
    text = f"async def f():\n    {line}\n"
    assert writes([snippet(text, "outbox/deliver.py")])
    assert writes([snippet(text, "outbox/actions.py")]) == []
    assert writes([snippet(text, "outbox/actions/outcomes.py")]) == []


@pytest.mark.parametrize(
    "line", ["facts.update(other)", "digest.update(b'x')", "web.delete('/')", "actions.create(row)"]
)
def test_what_is_done_to_plain_values_is_no_write(line: str) -> None:
    assert writes([snippet(line, "outbox/deliver.py")]) == []
