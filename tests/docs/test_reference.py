"""docs/reference says what the code declares: all of it, and nothing that is gone."""

import difflib
import re
from functools import cache
from pathlib import Path

import pytest
from reference.api_page import calls, kind
from reference.commands_page import helps_of
from reference.hostile_page import LASTING
from reference.pages import PAGES, generate
from reference.quotes import quotes
from reference.settings_page import variable
from reference.states_page import diagram
from reference.tables_page import models

from hostile.imap_cases import CASES as IMAP_CASES
from hostile.smtp_cases import ALL as SMTP_CASES
from marketing_agent.api.app import api
from marketing_agent.cli.verbs import VERBS
from marketing_agent.engine import email_states, stages
from marketing_agent.engine.thresholds import THRESHOLDS
from marketing_agent.operations.switches import SWITCHES
from marketing_agent.settings import Settings
from marketing_agent.workers.jobs import JOBS

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"


@cache
def page(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def rows(name: str) -> set[str]:
    """Give what stands in the first column of a page's tables."""
    return set(re.findall(r"^\| \[?`([^`]+)`", page(name), re.MULTILINE))


@pytest.mark.parametrize(("name", "text"), generate().items(), ids=lambda value: value[:20])
def test_a_page_says_what_the_code_says_now(name: str, text: str) -> None:
    different = difflib.unified_diff(page(name).splitlines(), text.splitlines(), lineterm="", n=0)
    assert not list(different), "Run `make reference` and commit what it writes."


def test_every_setting_is_there() -> None:
    assert rows("settings.md") == set(Settings.model_fields)
    for name, field in Settings.model_fields.items():
        assert f"`{variable(name, field)}`" in page("settings.md")
        assert field.description


def test_every_switch_is_there() -> None:
    assert rows("switches.md") == set(SWITCHES)


def test_every_job_is_there() -> None:
    assert rows("jobs.md") == {spec.name for spec in JOBS}


def test_every_threshold_is_there() -> None:
    assert rows("thresholds.md") == {row.metric for row in THRESHOLDS}


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_is_there_with_its_help(verb: str) -> None:
    assert f"\n## {verb}\n" in page("commands.md")
    for name, text in helps_of(verb):
        assert f"Usage: {name} " in page("commands.md")
        assert text.strip() in page("commands.md")


def test_every_command_says_what_it_does() -> None:
    for verb in VERBS:
        for name, text in helps_of(verb):
            about = re.split("Arguments:|Options:", text.partition("\n\n")[2])[0].strip()
            assert about.endswith("."), f"{name} has no sentence of help"


def test_every_call_is_there() -> None:
    named = {str(call) for call in calls(api.get_openapi_schema(path_prefix=""))}
    assert len(named) > 50
    assert set(re.findall(r"^### (\w+ /\S+)$", page("api.md"), re.MULTILINE)) == named


def test_every_table_is_there() -> None:
    named = set(re.findall(r"^## (\w+)$", page("tables.md"), re.MULTILINE))
    assert named == {model.__name__ for model in models()}


def test_every_move_is_drawn() -> None:
    for machine in (stages.TRANSITIONS, stages.REINSTATEMENTS, email_states.TRANSITIONS):
        for state, ways in machine.items():
            for way in ways:
                assert f"    {state} --> {way}\n" in page("states.md")


def test_every_kind_of_hostility_is_there() -> None:
    shown = page("hostile-servers.md")
    assert all(each.does in shown and each.why in shown for each in SMTP_CASES)
    assert all(each.does in shown and each.why in shown for each in IMAP_CASES)
    module = FOLDER.parents[1] / "tests" / "hostile" / "test_imap_over_days.py"
    tests = set(re.findall(r"^def (test_\w+)", module.read_text(encoding="utf-8"), re.MULTILINE))
    assert tests >= {test for _, _, test in LASTING}


def test_the_index_names_every_page() -> None:
    assert all(f"]({each.file})" in page("README.md") for each in PAGES)


def test_every_reason_at_the_door_is_there() -> None:
    found = rows("refusals.md")
    assert {"emergency_stop", "suppressed", "too_soon", "window_closed", "test_domain"} <= found


def test_a_diagram_ends_where_a_machine_ends() -> None:
    assert "won --> [*]" in diagram(stages.TRANSITIONS)
    assert "new --> [*]" not in diagram(stages.TRANSITIONS)


def test_a_code_is_quoted_with_its_own_sentence() -> None:
    found = dict(quotes(("engine/door.py",), {"Refusal": (0, 1)}))
    assert found["window_closed"] == "The inbox's sending window is closed."
    assert found["inbox_paused"] == "The inbox is paused: …."


def test_kinds_are_said_in_words() -> None:
    choice = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 9}, {"type": "null"}]}
    assert kind(choice, {}) == "a whole number, 1 to 9"
    assert kind({"$ref": "#/components/schemas/A"}, {"A": {"enum": ["x"]}}) == "one of `x`"
    assert kind({}, {}) == "anything"
