"""The contracts in .importlinter, and the proof that each of them can be broken."""

import subprocess
import sys
from pathlib import Path

import pytest

from style.sources import ROOT

PACKAGES = (
    *("accounts", "campaigns", "engine", "inbound", "inboxes", "mail"),
    *("operations", "outbox", "prospects", "store", "workers", "cli", "sandbox"),
)
FILES = ("settings", "urls", "wsgi")


def lint(folder: Path, source: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter in `folder` with our contracts on the package below `source`."""
    program = Path(sys.executable).with_name("lint-imports")
    command = [program, "--no-cache", "--config", ROOT / ".importlinter"]
    environment = {"PYTHONPATH": str(source), "PATH": "", "PYTHONUTF8": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Build an empty house with the rooms that the contracts name."""
    package = tmp_path / "marketing_agent"
    for name in PACKAGES:
        (package / name).mkdir(parents=True)
        (package / name / "__init__.py").touch()
    for name in ("__init__", *FILES):
        (package / f"{name}.py").touch()
    return tmp_path


def test_imports_go_down_the_house() -> None:
    result = lint(ROOT, ROOT / "src")
    assert result.returncode == 0, result.stdout + result.stderr


def test_an_empty_house_keeps_the_contracts(house: Path) -> None:
    assert lint(house, house).returncode == 0


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("engine/x.py", "import django"),
        ("engine/x.py", "import sqlite3"),
        ("mail/x.py", "import psycopg"),
        ("mail/x.py", "import marketing_agent.settings"),
        ("mail/x.py", "import django.conf"),
        ("prospects/x.py", "import marketing_agent.outbox"),
        ("outbox/x.py", "import marketing_agent.sandbox"),
        ("workers/x.py", "import marketing_agent.sandbox"),
        ("sandbox/x.py", "import marketing_agent.cli"),
        ("newcomer.py", "import os"),
    ],
)
def test_an_import_up_the_house_is_found(house: Path, place: str, line: str) -> None:
    (house / "marketing_agent" / place).write_text(f"{line}\n")
    result = lint(house, house)
    assert result.returncode != 0
    assert Path(place).parts[0].removesuffix(".py") in result.stdout
