"""Odd values and odd surroundings end in a sentence, and never in a traceback."""

import subprocess
import sys

import pytest

from marketing_agent.cli.logs import app
from marketing_agent.cli.output import CommandError
from marketing_agent.settings import SettingsError, database_config


@pytest.mark.parametrize(
    "url", ["postgresql://u:secret@127.0.0.1:abc/x", "postgresql://u:sec ret@[bad:99/x"]
)
def test_a_broken_database_url_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL") as refused:
        database_config(url)
    assert "sec" not in str(refused.value)


@pytest.mark.parametrize("since", ["99999999999d", "²d", "999999d"])
def test_a_span_that_no_calendar_holds_is_refused(since: str) -> None:
    with pytest.raises(CommandError, match="--since"):
        app(["--since", since], standalone_mode=False)


CLOSED = """
import sys
sys.stdout = sys.stderr = None
sys.argv[1:] = ["--help"]
from marketing_agent.cli.main import main
try:
    main()
finally:
    assert not sys.stdout.isatty() and not sys.stderr.isatty()
"""


def test_a_command_that_is_started_with_its_output_closed_has_somewhere_to_write() -> None:
    done = subprocess.run([sys.executable, "-c", CLOSED], check=False)
    assert done.returncode == 0
