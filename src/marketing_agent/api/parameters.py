"""Kinds of parameter and field that several calls share, and the refusal of unknown ones."""

import functools
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Self

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Query
from ninja.operation import Operation
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from marketing_agent.api.problems import Problem
from marketing_agent.api.reading import UnreadableBody, check_text

Run = Callable[..., HttpResponseBase]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        raise ValueError("this moment lies outside of the calendar") from None


def _storable(text: str) -> str:
    try:
        check_text(text)
    except UnreadableBody as error:
        raise ValueError(str(error)) from None
    return text


Moment = Annotated[
    datetime,
    AfterValidator(_in_utc),
    Field(description="ISO 8601; without an offset it is UTC, a bare date is its midnight."),
]
Text = Annotated[str, AfterValidator(_storable), Field(min_length=1, max_length=500)]
Limit = Annotated[int, Query(ge=1, le=500, description="How many rows at most.")]
Cursor = Annotated[
    str | None,
    Query(max_length=64, description="`next` of the page before; the first page has none."),
]


Day = date
"""A day of the calendar; rows have fields of the name `date`."""

BlankIsNone = BeforeValidator(lambda value: value or None)
"""For a column that holds an empty text where the API says null."""


class Input(BaseModel):
    """A body: its fields and no others."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Listing(BaseModel):
    """What every list call answers beside its rows."""

    count: int = Field(description="Rows on this page.")
    total: int = Field(description="Rows in all pages; exact up to 10,000.")
    total_exact: bool = Field(description="False where `total` is an estimate.")
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class Shown(BaseModel):
    """One row as it is shown; fields are read from the row's attributes."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True)

    @classmethod
    def of(cls, row: object) -> Self:
        """Show one row."""
        return cls.model_validate(row)

    @classmethod
    def each(cls, rows: Iterable[object]) -> list[Self]:
        """Show many rows."""
        return [cls.model_validate(row) for row in rows]


def known_parameters_only(run: Run) -> Run:
    """Refuse a query parameter that the call does not know: an ignored filter would mislead."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]  # ninja passes a bound method
    known = frozenset(_query_names(operation))

    @functools.wraps(run)
    def checked(request: HttpRequest, **values: Any) -> HttpResponseBase:  # noqa: ANN401  ninja's own keywords
        unknown = sorted(set(request.GET) - known)
        if unknown:
            return operation.api.on_exception(request, _unknown(unknown, known))
        return run(request, **values)

    return checked


def _query_names(operation: Operation) -> list[str]:
    models = [each for each in operation.models if each.__ninja_param_source__ == "query"]
    return [name for model in models for name in model.__ninja_flatten_map__]


def _unknown(unknown: list[str], known: frozenset[str]) -> Problem:
    offered = ", ".join(sorted(known)) or "none"
    errors = [{"field": name, "message": "not a parameter of this call"} for name in unknown]
    named = ", ".join(unknown)[:200]
    return Problem(
        422,
        "unknown_parameter",
        f"This call does not know {named}; it knows: {offered}.",
        errors=errors,
    )
