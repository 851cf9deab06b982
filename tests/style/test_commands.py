"""The commands of the Makefile, and the promise that CI leaves no test out."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from style.sources import ROOT

TARGET = re.compile(r"^([a-z-]+):(?!=)", re.MULTILINE)
ONE_SKIPPED = """
import pytest

@pytest.mark.skip(reason="no time")
def test_one():
    pass
"""
SKIPPED_MODULE = """
import pytest

pytest.skip("no time", allow_module_level=True)
"""


def run_pytest(folder: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a made-up test file under our conftest."""
    (folder / "test_made_up.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-q", f"--rootdir={folder}"]
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'tests'}:{ROOT / 'src'}"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    return subprocess.run(
        [*command, *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def make(*targets: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("make") or "make"
    return subprocess.run(
        [program, "-C", str(ROOT), "--no-print-directory", *targets],
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_alone_prints_every_target() -> None:
    targets = TARGET.findall((ROOT / "Makefile").read_text())
    printed = make().stdout
    assert len(targets) > 8
    assert [name for name in targets if f"make {name} " not in printed] == []


def test_every_command_that_the_guide_names_is_a_target() -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text()))
    named = re.findall(r"`make ([a-z-]+)", (ROOT / "CONTRIBUTING.md").read_text())
    assert named
    assert set(named) <= targets


@pytest.mark.parametrize("text", [ONE_SKIPPED, SKIPPED_MODULE])
def test_a_skipped_test_fails_where_none_may_be_left_out(tmp_path: Path, text: str) -> None:
    strict = run_pytest(tmp_path, text, "--no-skips")
    assert strict.returncode not in {0, 5}
    assert "No test may be left out here" in strict.stdout
    assert run_pytest(tmp_path, text).returncode in {0, 5}


def test_the_long_tests_run_when_asked_for_and_only_then(tmp_path: Path) -> None:
    text = "import pytest\n@pytest.mark.long\ndef test_a(): pass\ndef test_b(): pass\n"
    assert "1 passed, 1 deselected" in run_pytest(tmp_path, text).stdout
    assert "test_made_up.py::test_a PASSED" in run_pytest(tmp_path, text, "--long", "-vv").stdout


def test_a_test_cannot_reach_beyond_this_machine(tmp_path: Path) -> None:
    text = (
        "import socket, pytest\n"
        "def test_closed(): socket.create_connection(('127.0.0.1', 9))\n"
        "@pytest.mark.enable_socket\n"
        "def test_outside(): socket.create_connection(('192.0.2.1', 9), timeout=1)\n"
    )
    printed = run_pytest(tmp_path, text).stdout
    assert "2 failed" in printed
    assert "A test tried to use socket.getaddrinfo" in printed
    assert 'with host "192.0.2.1"' in printed
