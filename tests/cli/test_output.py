import json
import sqlite3
from datetime import UTC, date, datetime

import pytest
from django.db import OperationalError

from marketing_agent.cli import output
from marketing_agent.cli.failures import say_failure, sentence_of
from marketing_agent.cli.output import CommandError, emit, shown, table, to_json
from marketing_agent.operations.config import UnknownSwitch


def test_json_has_utc_times_with_z_and_keeps_letters() -> None:
    data = {"at": datetime(2026, 3, 4, 11, tzinfo=UTC), "day": date(2026, 3, 4), "name": "Søren"}
    assert json.loads(to_json(data)) == {
        "at": "2026-03-04T11:00:00Z",
        "day": "2026-03-04",
        "name": "Søren",
    }
    assert "Søren" in to_json(data)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), ("", "-"), (0, "0"), (False, "no"), (0.123456, "0.1235"), ([1], "[1]")],
)
def test_people_read_values_in_words(value: object, text: str) -> None:
    assert shown(value) == text


def test_a_piped_table_is_tabs_and_a_cell_cannot_break_its_row(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table(("a", "b"), [("x\ty\nz", "\x1b[31mred")])
    assert capsys.readouterr().out == "a\tb\nx y z\t [31mred\n"


def test_an_empty_table_leaves_the_pipe_empty(capsys: pytest.CaptureFixture[str]) -> None:
    table(("a",), [], empty="No letters.")
    out, err = capsys.readouterr()
    assert (out, err) == ("", "No letters.\n")


def test_on_a_terminal_a_table_is_aligned_and_strangers_text_is_no_markup(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output.sys.stdout, "isatty", lambda: True)
    table(("subject",), [("[bold]Offer[/bold]",)])
    assert "[bold]Offer[/bold]" in capsys.readouterr().out


def test_on_a_terminal_figures_stand_right_and_an_id_stays_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output.sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "32")
    rows = [("k9xn85b7ku98vaq9", "a subject of many words", 5), ("yuu2yjfhma4zxpia", "short", 1234)]
    table(("id", "subject", "sent"), rows)
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines[1].startswith("k9xn85b7ku98vaq9")
    assert lines[1].endswith("   5")
    assert [len(line) for line in (lines[1], lines[-1])] == [32, 32]


def test_on_a_narrow_terminal_nothing_is_cut_off(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output.sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "24")
    table(("id", "name"), [("k9xn85b7ku98vaq9", "Direct bookings")])
    out = capsys.readouterr().out
    assert all(part in out for part in ("k9xn85b7ku98vaq9", "Direct", "bookin", "gs"))


def test_lines_are_the_default_and_json_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    emit({"sent": 3}, as_json=False)
    emit({"sent": 3}, as_json=True)
    assert capsys.readouterr().out == 'sent: 3\n{\n  "sent": 3\n}\n'


def test_our_own_errors_carry_their_sentence() -> None:
    assert sentence_of(UnknownSwitch("There is no switch 'x'.")) == "There is no switch 'x'."
    assert say_failure(CommandError("Not today.", 3)) == 3


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OperationalError("no such table: outbox_email"), "marketing-agent migrate"),
        (OperationalError("database is locked"), "Try again"),
        (sqlite3.DatabaseError("file is not a database"), "DATABASE_URL"),
        (FileNotFoundError(2, "No such file or directory", "x.csv"), "x.csv"),
    ],
)
def test_the_machines_errors_say_what_to_do(error: Exception, words: str) -> None:
    assert words in sentence_of(error)
    assert "\n" not in sentence_of(error)


def test_the_unforeseen_keeps_its_traceback_in_a_file() -> None:
    try:
        {}["lost"]
    except KeyError as error:
        sentence = sentence_of(error)
    assert "KeyError" in sentence
    assert "cli.traceback" in sentence
