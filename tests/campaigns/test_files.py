"""Campaign files, the one of the guide included."""

from pathlib import Path

import pytest

from marketing_agent.campaigns.drafts import StepDraft, check_campaign
from marketing_agent.campaigns.errors import CampaignRefused
from marketing_agent.campaigns.files import parse_campaign, read_campaign

GUIDE = Path(__file__).parents[2] / "docs" / "guide"


def test_the_guides_campaign_can_be_sent() -> None:
    found = read_campaign(GUIDE / "campaign.toml")
    check_campaign(found.name, found.steps)
    assert [step.day_offset for step in found.steps] == [0, 3, 7]


def test_a_file_is_read() -> None:
    found = parse_campaign('name = " A "\n[[steps]]\nsubject = "S"\nbody = "B"\n', "a.toml")
    assert (found.name, found.steps) == ("A", (StepDraft("B", "S"),))
    assert found.stop_for_colleagues


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("name =", "not valid TOML"),
        ("nmae = 'A'", "nmae"),
        ("name = 3", "must be a str"),
        ("steps = [1]", "must be a table"),
        ("[[steps]]\nday_offset = true", "day_offset"),
        ("[[steps]]\nday = 3", "'day' is unknown"),
    ],
)
def test_what_a_campaign_does_not_have_is_refused(text: str, word: str) -> None:
    with pytest.raises(CampaignRefused, match=word):
        parse_campaign(text, "a.toml")


def test_unreadable_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "huge.toml").write_bytes(b"#" * 1_000_001)
    for name, word in (("binary", "UTF-8"), ("huge", "larger"), ("missing", "cannot be read")):
        with pytest.raises(CampaignRefused, match=word):
            read_campaign(tmp_path / f"{name}.toml")
