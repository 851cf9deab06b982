"""States and legal moves stand in one table a machine; the database derives its CHECK from it."""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from enum import StrEnum

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.db import models

import marketing_agent.engine
from style.sources import expect_none

OURS = "marketing_agent."


def machines() -> dict[type[StrEnum], Mapping[StrEnum, frozenset[StrEnum]]]:
    """Find every table of moves in engine, by the kind of its states."""
    names = (each.name for each in pkgutil.iter_modules(marketing_agent.engine.__path__))
    modules = (importlib.import_module(f"{OURS}engine.{name}") for name in names)
    tables = (getattr(module, "TRANSITIONS", None) for module in modules)
    return {type(next(iter(table))): table for table in tables if table}


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith(OURS)]


def unchecked(kinds: Iterable[type[StrEnum]], tables: Iterable[type[models.Model]]) -> list[str]:
    """List the columns that hold a machine's state without the CHECK of exactly its states."""
    wanted = {frozenset(str(state) for state in kind) for kind in kinds}
    return [
        f"{model.__name__}.{column.name} has no CHECK of its states"
        for model in tables
        for column in model._meta.get_fields()
        if isinstance(column, models.CharField)
        and column.has_default()
        and (states := _choices(column)) in wanted
        and states not in _checks(model, column.name)
    ]


def _choices(column: "models.CharField[str, str]") -> frozenset[str]:
    return frozenset(str(value) for value, _ in column.flatchoices)


def _checks(model: type[models.Model], column: str) -> list[frozenset[str]]:
    """Read the constraints of the form `column IN (…)`."""
    checks = (c for c in model._meta.constraints if isinstance(c, models.CheckConstraint))
    children = (child for check in checks for child in check.condition.children)
    leaves = (child for child in children if isinstance(child, tuple))
    return [frozenset(map(str, leaf[1])) for leaf in leaves if leaf[0] == f"{column}__in"]


def test_every_state_stands_in_its_table_and_moves_to_states_of_the_table() -> None:
    for kind, table in machines().items():
        assert set(table) == set(kind)
        assert {state for row in table.values() for state in row} <= set(kind)


def test_letters_and_prospects_have_a_machine() -> None:
    assert {"EmailState", "Stage"} <= {kind.__name__ for kind in machines()}


def test_the_database_checks_every_state_column() -> None:
    expect_none(unchecked(machines(), our_models()))


def test_no_state_column_escapes_the_search() -> None:
    kinds = {frozenset(map(str, kind)) for kind in machines()}
    columns = [c for m in our_models() for c in m._meta.get_fields() if hasattr(c, "flatchoices")]
    assert kinds <= {_choices(column) for column in columns}


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


@pytest.mark.parametrize("states", [["red"], ["red", "green", "blue"], None])
def test_a_check_that_differs_from_the_table_is_found(states: list[str] | None) -> None:
    assert unchecked([Light], [_lamp(states)])


def test_a_check_that_equals_the_table_passes() -> None:
    assert unchecked([Light], [_lamp(["green", "red"])]) == []


def _lamp(states: list[str] | None) -> type[models.Model]:
    checks = [models.CheckConstraint(condition=models.Q(light__in=states or []), name="lamp")]

    class Lamp(models.Model):
        light = models.CharField(choices=[(each, each) for each in Light], default=Light.RED)

        class Meta:
            app_label = "made_up"
            apps = Apps()
            constraints = checks if states else []

        def __str__(self) -> str:
            return self.light

    return Lamp
