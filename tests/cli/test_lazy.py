import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from cli.shell import COMMAND
from marketing_agent.cli.main import load_verb, run
from marketing_agent.cli.verbs import VERBS, Needs
from marketing_agent.workers.jobs import JOBS

NO_DJANGO = """
import sys
from marketing_agent.cli.main import run
code = run(sys.argv[1:])
heavy = sorted(name for name in sys.modules if name.split(".")[0] in {"django", "rich", "ninja"})
verbs = sorted(name for name in sys.modules if name.startswith("marketing_agent.cli."))
print("LOADED", heavy, verbs)
raise SystemExit(code)
"""


def loaded_by(*words: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", NO_DJANGO, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        input="",
    )
    return ended.stdout.rpartition("LOADED ")[2]


def test_the_help_names_every_verb_and_loads_none() -> None:
    found = loaded_by("--help")
    assert found.startswith("[] [")
    for verb in VERBS.values():
        assert f"'{verb.module}'" not in found


def test_verbs_of_mail_never_load_django() -> None:
    assert loaded_by("mail", "strip").startswith("[] [")


def test_no_model_s_client_is_loaded_before_a_model_is_asked() -> None:
    targets = sorted({spec.target.partition(":")[0] for spec in JOBS})
    verbs = sorted({verb.module for verb in VERBS.values()})
    text = f"""
import django, importlib, sys
django.setup()
for name in {[*targets, *verbs]!r}:
    importlib.import_module(name)
print(sorted(sys.modules.keys() & {{"openai", "httpx2", "apprise"}}))
"""
    ended = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


def test_the_help_says_what_each_verb_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    for name, verb in VERBS.items():
        assert f"\n  {name} " in text
        assert verb.help in text


@pytest.mark.parametrize("name", VERBS)
@pytest.mark.django_db
def test_every_verb_has_a_module_and_takes_json(name: str) -> None:
    assert hasattr(import_module(VERBS[name].module), "app")
    command = load_verb(name)
    below = list(getattr(command, "commands", {}).values()) or [command]
    if name != "mail":  # classify prints JSON whatever is asked
        for each in below:
            options = {option for parameter in each.params for option in parameter.opts}
            assert "--json" in options, each.name


@pytest.mark.django_db
def test_no_line_of_help_breaks_off(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["suppress", "--help"], ["secret", "--help"], ["inboxes", "--help"]):
        assert run(words) == 0
        assert "..." not in capsys.readouterr().out.partition("Commands:")[2]


def test_what_every_verb_needs_is_a_decision() -> None:
    assert {name for name, verb in VERBS.items() if verb.needs is not Needs.STORE} == {
        "init", "env", "up", "migrate", "demo", "logs", "mail", "stop",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["statsu"], "Did you mean 'status'?"),
        (["emails", "lsit"], "Did you mean 'list'?"),
        (["config", "set", "x"], "Missing argument 'value'. See"),
        (["send", "--fast"], "No such option: --fast. See"),
    ],
)
@pytest.mark.django_db
def test_a_misspelt_command_ends_with_2_and_says_where_to_look(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "--help`" in err


def test_the_module_runs_like_the_command() -> None:
    ended = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, check=True)
    assert ended.stdout.startswith("Usage: marketing-agent")


@pytest.mark.parametrize("words", [("prospects", "import"), ("why",), ("send",)])
def test_help_needs_no_installation(words: tuple[str, ...], tmp_path: Path) -> None:
    ended = subprocess.run(
        [*COMMAND, *words, "--help"],
        env=os.environ | {"MARKETING_AGENT_HOME": str(tmp_path / "nothing")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.lstrip().startswith("Usage: marketing-agent")
    assert not list(tmp_path.iterdir())


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert re.fullmatch(r"marketing-agent \d+\.\d+\.\d+\n", capsys.readouterr().out)
