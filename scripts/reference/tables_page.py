"""tables.md: what the database holds, from the models, their docstrings and their comments."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.models import Field, ForeignKey, Model, UniqueConstraint

from reference.markdown import code, codes, link, table
from reference.remarks import PRODUCT, column_comments

_ABOUT = """
Every table belongs to one folder of the code, whose actions are the only writers. Times are UTC. A
column that is *optional* may hold nothing (text columns: the empty text). The words that columns of
words take are explained under [stages and states](states.md).
"""


def body() -> str:
    """Write the page."""
    return f"{_ABOUT}\n" + "\n".join(_describe(model) for model in models())


def models() -> list[type[Model]]:
    """Give the product's models, folder by folder."""
    ours = [each for each in apps.get_app_configs() if each.name.startswith("marketing_agent.")]
    return [model for each in ours for model in each.get_models()]


def _describe(model: type[Model]) -> str:
    meta = model._meta  # noqa: SLF001  Django's documented way to a model's fields
    rows = [_row(model, field) for field in meta.get_fields() if isinstance(field, Field)]
    parts = [
        f"## {model.__name__}",
        f"{model.__doc__ or ''}",
        f"Table {code(meta.db_table)}, written by {code(meta.app_label + '/')}.",
        table(("column", "holds", "", "meaning"), rows).rstrip(),
        *(_unique(each) for each in meta.constraints if isinstance(each, UniqueConstraint)),
    ]
    return "\n\n".join(parts) + "\n"


def _row(model: type[Model], field: Any) -> tuple[str, str, str, str]:  # noqa: ANN401  Django's Field is generic
    optional = "optional" if (field.null or field.blank) and not field.primary_key else ""
    return code(field.column), _holds(field), optional, _meaning(model, field)


def _holds(field: Any) -> str:  # noqa: ANN401  as above
    if isinstance(field, ForeignKey):
        return f"a {_to_table(field)}"
    kind = field.get_internal_type()
    words = _KINDS.get(kind, kind)
    return f"{words}, at most {field.max_length} characters" if kind == "CharField" else words


def _to_table(field: Any) -> str:  # noqa: ANN401  as above
    name = field.related_model.__name__
    return link(name, f"#{name.lower()}")


_KINDS = {
    "CharField": "text",
    "TextField": "text",
    "BooleanField": "yes or no",
    "DateTimeField": "a moment",
    "DateField": "a day",
    "TimeField": "a time of day",
    "FloatField": "a number",
    "JSONField": "JSON",
    "BinaryField": "bytes",
    "BigAutoField": "the row's number",
    "OneToOneField": "a row of another table",
    "IntegerField": "a whole number",
    "BigIntegerField": "a whole number",
    "PositiveIntegerField": "a whole number",
    "PositiveBigIntegerField": "a whole number",
    "PositiveSmallIntegerField": "a whole number",
    "SmallIntegerField": "a whole number",
}


def _meaning(model: type[Model], field: Any) -> str:  # noqa: ANN401  as above
    place = str(Path(_file_of(model)).relative_to(PRODUCT))
    said = column_comments(place).get((model.__name__, field.name), "")
    words = codes(value for value, _ in field.choices) if field.choices else ""
    return "; ".join(part for part in (words, said, field.help_text) if part)


def _file_of(model: type[Model]) -> Path:
    return PRODUCT.joinpath(*model.__module__.split(".")[1:]).with_suffix(".py")


def _unique(constraint: UniqueConstraint) -> str:
    only = " (under a condition)" if constraint.condition is not None else ""
    return f"Unique{only}: {codes(constraint.fields)}."
