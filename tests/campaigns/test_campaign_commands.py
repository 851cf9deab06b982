"""The commands for campaigns, as typed."""

import json
from pathlib import Path
from typing import Any

import pytest

from campaigns.scenes import prospect
from marketing_agent.cli.main import run

pytestmark = pytest.mark.django_db
Capture = pytest.CaptureFixture[str]
GUIDE = str(Path(__file__).parents[2] / "docs" / "guide" / "campaign.toml")


def typed(capsys: Capture, *words: str) -> Any:
    """Run a command that must succeed; gives its JSON."""
    assert run([*words, "--json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def test_a_campaign_from_file_to_pause(capsys: Capture) -> None:
    prospect("anna@adler.de")
    created = typed(capsys, "campaigns", "import", GUIDE)
    assert (created["name"], created["steps"], created["enrolled_now"]) == ("Direct bookings", 3, 1)
    assert typed(capsys, "campaigns", "import", GUIDE)["id"] == created["id"]
    [listed] = typed(capsys, "campaigns", "list")["campaigns"]
    assert (listed["active"], listed["state"]) == (1, "active")
    assert len(typed(capsys, "campaigns", "show", "Direct bookings")["letters"]) == 3
    assert typed(capsys, "campaigns", "pause", created["id"])["state"] == "paused"
    assert typed(capsys, "campaigns", "resume", "Direct bookings")["state"] == "active"


def test_a_preview_shows_letters_and_what_they_lack(capsys: Capture) -> None:
    typed(capsys, "campaigns", "import", GUIDE)
    typed(capsys, "config", "set", "sender_name", "Anna Berg")
    letters = typed(capsys, "campaigns", "preview", "Direct bookings")["letters"]
    assert [each["day"] for each in letters] == [0, 3, 10]
    assert letters[0]["subject"] == "Direct bookings for Hotel Example"
    assert letters[1]["subject"] == f"Re: {letters[0]['subject']}"
    assert any("postal address" in problem for problem in letters[0]["problems"])
    typed(capsys, "config", "set", "postal_address", "1 Main Street, Exampletown")
    letters = typed(capsys, "campaigns", "preview", "Direct bookings")["letters"]
    assert [each["problems"] for each in letters] == [[], [], []]


def test_a_preview_for_a_prospect_names_the_missing_value(capsys: Capture) -> None:
    prospect("anna@adler.de")
    typed(capsys, "campaigns", "import", GUIDE)
    words = ("campaigns", "preview", "Direct bookings", "--prospect", "anna@adler.de")
    first = typed(capsys, *words)["letters"][0]
    assert first["body"] == ""
    assert "company" in first["problems"][0]


@pytest.mark.parametrize(
    "words",
    [["show", "nothing"], ["pause", "nothing"], ["import", "missing.toml"], ["preview", "nothing"]],
)
def test_failures_are_one_sentence(capsys: Capture, words: list[str]) -> None:
    assert run(["campaigns", *words]) == 1
    sentence = capsys.readouterr().err.strip()
    assert sentence.endswith(".")
    assert "\n" not in sentence
