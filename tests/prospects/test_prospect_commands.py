"""The commands for prospects and suppressions, as typed."""

import json
from pathlib import Path
from typing import Any

import pytest

from marketing_agent.cli.main import run
from marketing_agent.prospects.models import ImportRun, Prospect, Suppression
from prospects.files import HEADER, many, write

pytestmark = pytest.mark.django_db
Capture = pytest.CaptureFixture[str]


def typed(capsys: Capture, *words: str) -> Any:
    """Run a command that must succeed; gives its JSON."""
    assert run([*words, "--json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def failed(capsys: Capture, *words: str) -> str:
    """Run a command that must fail; gives its one sentence."""
    assert run(words) != 0
    sentence = capsys.readouterr().err.strip()
    assert "\n" not in sentence
    return sentence


def test_importing_a_file(tmp_path: Path, capsys: Capture) -> None:
    path = write(tmp_path, f"{HEADER}\nanna@adler.de\ninfo@adler.de\nanna@adler.de\n")
    dry = typed(capsys, "prospects", "import", str(path), "--dry-run")
    assert (dry["imported"], dry["dry_run"], dry["report"]) == (1, True, None)
    assert not ImportRun.objects.exists()
    wet = typed(capsys, "prospects", "import", str(path))
    assert (wet["rows"], wet["imported"], wet["duplicates"], wet["refused"]) == (3, 1, 1, 1)
    assert Path(wet["report"]).exists()
    assert wet["examples"][0]["line"] == 3


def test_importing_into_a_pipe_prints_plain_lines(tmp_path: Path, capsys: Capture) -> None:
    path = write(tmp_path, f"{HEADER}\nanna@adler.de\ninfo@adler.de\n")
    assert run(["prospects", "import", str(path)]) == 0
    out = capsys.readouterr().out
    assert "imported\t1" in out
    assert "role_address\t1" in out
    assert "\x1b" not in out
    assert "left out: " in out


@pytest.mark.parametrize(
    ("content", "word"), [("x,y\n1,2\n", "No column"), (b"PK\x03\x04", "Excel"), ("", "first line")]
)
def test_a_file_that_is_none_gets_one_sentence(
    tmp_path: Path, capsys: Capture, content: str | bytes, word: str
) -> None:
    assert word in failed(capsys, "prospects", "import", str(write(tmp_path, content)))


def test_listing_page_by_page(tmp_path: Path, capsys: Capture) -> None:
    typed(capsys, "prospects", "import", str(write(tmp_path, many(5))))
    seen: list[str] = []
    after: list[str] = []
    while True:
        answer = typed(capsys, "prospects", "list", "--limit", "2", *after)
        seen += [each["address"] for each in answer["prospects"]]
        if not answer["next"]:
            break
        after = ["--after", answer["next"]]
    assert seen == [f"person{n}@firm{n}.de" for n in range(5)]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--stage", "new"], ["Löwe"]),
        (["--tier", "hot"], ["Adler"]),
        (["--has-website"], ["Krone"]),
        (["--no-website"], ["Adler", "Löwe"]),
        (["-q", "ANNA@"], ["Adler"]),
        (["-q", "adl"], ["Adler"]),
        (["-q", "löw"], ["Löwe"]),
        (["-q", "dler"], []),
        (["-q", "%"], []),
    ],
)
def test_filters(tmp_path: Path, capsys: Capture, options: list[str], expected: list[str]) -> None:
    text = (
        "email,company,city,tier,website\nanna@adler.de,Adler,Ulm,hot,\n,Löwe,Ulm,,\n"
        "x@y.de,Krone,Ulm,,krone.de\n"
    )
    typed(capsys, "prospects", "import", str(write(tmp_path, text)))
    found = typed(capsys, "prospects", "list", *options)
    assert [each["company"] for each in found["prospects"]] == expected


def test_one_prospect_by_address_and_by_id(tmp_path: Path, capsys: Capture) -> None:
    typed(capsys, "prospects", "import", str(write(tmp_path, "email\nanna@adler.de\n")))
    by_address = typed(capsys, "prospects", "show", "Anna@Adler.de")
    assert typed(capsys, "prospects", "show", by_address["id"]) == by_address
    edited = typed(capsys, "prospects", "edit", by_address["id"], "--set", "tier=hot")
    assert edited["tier"] == "hot"
    assert typed(capsys, "prospects", "skip-enrichment", "anna@adler.de")["enrichment_skipped_at"]
    assert not typed(capsys, "prospects", "unskip", "anna@adler.de")["enrichment_skipped_at"]
    archived = typed(capsys, "prospects", "archive", "anna@adler.de", "--reason", "closed")
    assert (archived["stage"], archived["stages"][0]["cause"]) == ("archived", "closed")
    assert "no prospect 'bert'" in failed(capsys, "prospects", "show", "bert")
    assert "FIELD=VALUE" in failed(capsys, "prospects", "edit", "anna@adler.de", "--set", "tier")


def test_suppressing_and_lifting(tmp_path: Path, capsys: Capture) -> None:
    typed(capsys, "prospects", "import", str(write(tmp_path, "email\nanna@adler.de\n")))
    added = typed(capsys, "suppress", "add", "Adler.DE", "--reason", "asked by phone")
    assert (added["scope"], added["key"], added["cause"]) == ("domain", "adler.de", "manual")
    assert Prospect.objects.get().stage == "suppressed"
    assert typed(capsys, "suppress", "list")["count"] == 1
    typed(capsys, "suppress", "lift", "adler.de", "--reason", "a mistake")
    assert Prospect.objects.get().stage == "enriched"
    assert typed(capsys, "suppress", "list")["count"] == 0
    assert typed(capsys, "suppress", "list", "--lifted")["count"] == 1
    assert "not suppressed" in failed(capsys, "suppress", "lift", "adler.de", "--reason", "x")


@pytest.mark.parametrize("header", ["", "email;why\n", "# a list\n"])
def test_importing_suppressions(tmp_path: Path, capsys: Capture, header: str) -> None:
    path = write(tmp_path, f"{header}anna@adler.de\nloewe.de\n# note\nno such thing\n")
    first = typed(capsys, "suppress", "import", str(path))
    assert (first["read"], first["added"], first["already_there"]) == (3, 2, 0)
    assert [each["line"] for each in first["refused"]] == [4 + bool(header)]
    again = typed(capsys, "suppress", "import", str(path))
    assert (again["added"], again["already_there"]) == (0, 2)
    assert set(Suppression.objects.values_list("scope", "key", "cause")) == {
        ("address", "anna@adler.de", "import"),
        ("domain", "loewe.de", "import"),
    }


def test_the_guides_file_can_be_imported(capsys: Capture) -> None:
    guide = Path(__file__).parents[2] / "docs" / "guide" / "prospects.csv"
    answer = typed(capsys, "prospects", "import", str(guide), "--dry-run")
    assert answer["reasons"] == {"test_domain": 6}  # .example: the sandbox alone writes there
    assert answer["imported"] == 1
