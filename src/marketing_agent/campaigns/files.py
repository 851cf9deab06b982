"""Campaign files: TOML, one table a step."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from marketing_agent.campaigns.drafts import CampaignDraft, StepDraft
from marketing_agent.campaigns.errors import CampaignRefused

_MAX_SIZE = 1_000_000  # bytes
_CAMPAIGN_KEYS: dict[str, type] = {"name": str, "stop_for_colleagues": bool, "steps": list}
_STEP_KEYS: dict[str, type] = {"subject": str, "body": str, "day_offset": int}


def read_campaign(path: Path) -> CampaignDraft:
    """Read a campaign file.

    Raises:
        CampaignRefused: when it is missing, no TOML, or holds what a campaign does not have.
    """
    return parse_campaign(_text_of(path), path.name)


def parse_campaign(text: str, source: str) -> CampaignDraft:
    """Read the text of a campaign file; `source` names it in sentences. Raises CampaignRefused."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CampaignRefused(f"{source} is not valid TOML: {error}.") from None
    _check_keys(table, _CAMPAIGN_KEYS, source)
    steps = [
        _step(each, f"{source}, step {at}") for at, each in enumerate(table.get("steps", []), 1)
    ]
    return CampaignDraft(
        name=table.get("name", "").strip(),
        steps=tuple(steps),
        stop_for_colleagues=table.get("stop_for_colleagues", True),
    )


def _step(table: Any, where: str) -> StepDraft:  # noqa: ANN401  whatever TOML holds
    if not isinstance(table, dict):
        raise CampaignRefused(f"{where} must be a table: [[steps]].")
    _check_keys(table, _STEP_KEYS, where)
    return StepDraft(
        body=table.get("body", ""),
        subject=table.get("subject", "").strip(),
        day_offset=table.get("day_offset", 0),
    )


def _check_keys(table: Mapping[str, Any], known: Mapping[str, type], where: str) -> None:
    for key, value in table.items():
        if key not in known:
            raise CampaignRefused(f"{where}: {key!r} is unknown; there are {', '.join(known)}.")
        if type(value) is not known[key]:
            raise CampaignRefused(f"{where}: {key} must be a {known[key].__name__}.")


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_SIZE:
            raise CampaignRefused(f"{path.name} is larger than 1 MB; it is no campaign file.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CampaignRefused(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CampaignRefused(f"{path.name} is not UTF-8; save it as UTF-8.") from None
