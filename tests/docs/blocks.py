"""The blocks of code in a page, and the shell script that runs them in order.

What a block's info word asks for:

- `sh`: the lines run as they stand.
- `console`: the lines behind `$ ` run; what stands below each is what they print. `…` stands for
  anything, alone on a line for any number of lines, and blanks count once.
- `sh serve`: one command that runs beside the rest of the page, until the page ends.
- `sh elsewhere`: targets of the Makefile, which CI runs by themselves.
"""

import re
from dataclasses import dataclass
from pathlib import Path

SILENT = {"toml", "text", "csv", "json", "mermaid", ""}
SPOKEN = {"sh", "console", "sh serve", "sh elsewhere"}
_FENCE = re.compile(r"^```(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block: its page, line, info words and text."""

    page: str
    line: int
    info: str
    text: str


@dataclass(frozen=True)
class Step:
    """One thing that a page's script does, and what it should print; None: whatever it likes."""

    place: str
    script: str
    serve: bool = False
    printed: str | None = None


def blocks_of(file: Path, name: str) -> list[Block]:
    """Give the blocks of a page in order."""
    text = file.read_text(encoding="utf-8")
    return [
        Block(name, text.count("\n", 0, found.start()) + 1, found[1].strip(), found[2])
        for found in _FENCE.finditer(text)
    ]


def steps_of(blocks: list[Block]) -> list[Step]:
    """Give what the shell has to do for a page."""
    return [step for block in blocks for step in _steps(block)]


def _steps(block: Block) -> list[Step]:
    place = f"{block.page}:{block.line}"
    match block.info:
        case "sh":
            return [Step(place, block.text)]
        case "sh serve":
            return [Step(place, block.text, serve=True)]
        case "console":
            return [
                Step(f"{place} $ {command}", f"{command}\n", printed=printed)
                for command, printed in dialogue(block.text)
            ]
        case _:
            return []


def dialogue(text: str) -> list[tuple[str, str]]:
    """Part a console block into commands and what each prints."""
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
    return [(command, printed) for command, _, printed in (each.partition("\n") for each in parts)]


def fits(printed: str, wanted: str) -> bool:
    """Say whether a command printed what the page says."""
    pattern = "".join(_line_pattern(line) for line in wanted.strip().splitlines())
    lines = [" ".join(line.split()) for line in printed.strip().splitlines()]
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in lines)) is not None


def _line_pattern(line: str) -> str:
    if line.strip() == "…":
        return r"(?:.*\n)*"
    parts = (re.escape(" ".join(part.split())) for part in line.strip().split("…"))
    return r"\s*.*\s*".join(parts) + r"\n"
