"""settings.md: what the environment decides, from `settings.Settings`."""

from pathlib import Path
from typing import Any

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from marketing_agent.settings import Settings
from reference.markdown import code, table

_PREFIX = str(Settings.model_config["env_prefix"])

_ABOUT = """
An installation reads these from its environment, once, when a process starts. A value that cannot
be understood stops the process with a sentence that names it. What changes while the program runs
is a [switch](switches.md).
"""

_SECRETS = """
Credentials may come from the environment too: `SMTP_INBOX_1`, `SMTP_INBOX_2` and so on, in the
formats of the [guide to inboxes](../guide/inboxes.md). They are read each time they are needed, and
one from the environment wins over one of the same name in the store.
"""


def body() -> str:
    """Write the page."""
    shapes = Settings.model_json_schema(by_alias=False)["properties"]
    rows = [
        (
            code(name),
            code(variable(name, field)),
            kind(shapes[name]),
            default(field),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]
    columns = ("name", "variable", "takes", "default", "what it is for")
    return f"{_ABOUT}\n{table(columns, rows)}\n{_SECRETS}"


def variable(name: str, field: FieldInfo) -> str:
    """Give the environment variable of a setting."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return str(alias.choices[0])
    return f"{_PREFIX}{name.upper()}"


def kind(shape: dict[str, Any]) -> str:
    """Say in words what a setting takes."""
    words = {"integer": "a whole number", "boolean": "true or false", "array": "a list"}
    said = "a path" if shape.get("format") == "path" else words.get(shape["type"], "text")
    low, high = shape.get("minimum"), shape.get("maximum")
    return f"{said}, {low} to {high}" if low is not None and high is not None else said


def default(field: FieldInfo) -> str:
    """Give the default as a person types it."""
    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, Path):
        return code(f"~/{value.relative_to(Path.home())}")
    if isinstance(value, bool):
        return code(str(value).lower())
    return code(value) if value or value == 0 else "(empty)"
