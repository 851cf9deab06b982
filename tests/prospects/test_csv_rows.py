"""Reading CSV files of every dialect, and of none."""

import tracemalloc
from pathlib import Path

import pytest

from marketing_agent.prospects.csv_rows import CsvFile, RawRow, Refused
from marketing_agent.prospects.errors import ImportFileError
from prospects.files import write


def rows_of(path: Path) -> list[list[str] | str]:
    """Give the cells of good rows and the codes of refused ones."""
    with CsvFile(path) as source:
        return [row.cells if isinstance(row, RawRow) else row.code for row in source]


def lines_of(path: Path) -> list[int]:
    with CsvFile(path) as source:
        return [row.line for row in source]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = delimiter.join(["email", "company", "city"]) + "\n" + delimiter.join(["a", "b", "c"])
    assert rows_of(write(tmp_path, text)) == [["a", "b", "c"]]


def test_delimiters_inside_quotes_do_not_count(tmp_path: Path) -> None:
    assert rows_of(write(tmp_path, '"a,b,c,d";email\n1;2\n')) == [["1", "2"]]


def test_excels_own_hint_is_followed(tmp_path: Path) -> None:
    path = write(tmp_path, "sep=;\r\nemail;a,b\r\n1;2\r\n")
    assert rows_of(path) == [["1", "2"]]
    assert lines_of(path) == [3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, ending: str) -> None:
    text = ending.join(["email,ort", "ä@x.de,Köln", "b@x.de,Łódź" if "utf" in encoding else "b,ß"])
    found = rows_of(write(tmp_path, text.encode(encoding)))
    assert found[0] == ["ä@x.de", "Köln"]
    assert found[1][1] in {"Łódź", "ß"}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, "email,ort\na@x.de,Köln\n".encode(encoding))
    assert rows_of(path) == [["a@x.de", "Köln"]]


def test_one_stray_byte_does_not_turn_a_utf_8_file_into_another(tmp_path: Path) -> None:
    text = "email,ort\n" + "a@x.de,Köln\n" * 3
    with CsvFile(write(tmp_path, text.encode() + b"b@x.de,K\xf6ln\n")) as source:
        cells = [row.cells[1] for row in source if isinstance(row, RawRow)]
    assert cells[:3] == ["Köln"] * 3
    assert "\udcf6" in cells[3]  # the row that will be refused


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"PK\x03\x04 and so on", "Excel"),
        (b"\xd0\xcf\x11\xe0\xa1", "Excel"),
        (b"%PDF-1.7", "PDF"),
        ("email\n".encode("utf-16") + b"\x00", "UTF-16"),
        (b"", "first line"),
        (b"\n\n  \n", "first line"),
        (b'"email\n', "first line"),
    ],
)
def test_what_is_no_csv_is_refused_in_a_sentence(tmp_path: Path, content: bytes, word: str) -> None:
    with pytest.raises(ImportFileError, match=word):
        CsvFile(write(tmp_path, content))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="no file"):
        CsvFile(tmp_path / "missing.csv")
    with pytest.raises(ImportFileError, match="no file"):
        CsvFile(tmp_path)


def test_quotes_hold_delimiters_and_lines(tmp_path: Path) -> None:
    path = write(tmp_path, 'email,x\n"a, ""b""\nc",1\nd,2\n')
    assert rows_of(path) == [['a, "b"\nc', "1"], ["d", "2"]]
    assert lines_of(path) == [2, 4]


def test_a_field_over_64_kb_costs_its_own_row_only(tmp_path: Path) -> None:
    path = write(tmp_path, "email,x\na,1\nb," + "y" * 65_537 + "\nc,3\n")
    assert rows_of(path) == [["a", "1"], "field_too_large", ["c", "3"]]
    assert lines_of(path) == [2, 3, 4]


def test_ten_megabytes_in_one_field_are_never_held(tmp_path: Path) -> None:
    path = write(tmp_path, b"email,x\na,1\n" + b"z" * 40_000_000 + b",2\nc,3\n")
    tracemalloc.start()
    assert rows_of(path) == [["a", "1"], "field_too_large", ["c", "3"]]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12_000_000


def test_a_quote_that_never_closes_costs_its_own_row_only(tmp_path: Path) -> None:
    rows = "".join(f"a{n},{n}\n" for n in range(20_000))
    found = rows_of(write(tmp_path, f'email,x\n"b,1\n{rows}'))
    assert found[0] == "field_too_large"
    assert len(found) == 20_001
    assert found[-1] == ["a19999", "19999"]


def test_a_quote_open_at_the_end_costs_its_own_row_only(tmp_path: Path) -> None:
    assert rows_of(write(tmp_path, 'email,x\n"b,1\nc,2\n')) == ["malformed_row", ["c", "2"]]


def test_text_after_a_closing_quote_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, 'email,x\n"b" c,1\nd,2\n')
    with CsvFile(path) as source:
        refused, good = source
    assert isinstance(refused, Refused)
    assert (refused.line, refused.code) == (2, "malformed_row")
    assert isinstance(good, RawRow)
    assert good.line == 3


def test_empty_rows_are_no_rows(tmp_path: Path) -> None:
    assert rows_of(write(tmp_path, "email,x\n\n ,\na,1\n,,\n")) == [["a", "1"]]
