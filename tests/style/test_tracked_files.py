"""The repository speaks of the product alone: no registry's host, no path of one machine."""

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import PurePosixPath

import pytest

from style.sources import ROOT, expect_none

# Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
        ("cdnjs", "cloudflare", "com"),
    )
]
FOLDERS = ["/" + name + "/" for name in ("root", "work", "home/[a-z]+", "Users/[A-Za-z]+")]
FORBIDDEN = re.compile(
    "|".join(
        [
            *(rf"\b{re.escape(host)}\b" for host in REGISTRIES),
            *(rf"(?<![\w.~$}}/-]){folder}" for folder in FOLDERS),
        ]
    )
)
EMBEDDING_LOCKS = {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "package-lock.json"}
TEXT_LIMIT = 2_000_000
MARKER = r"[a-z_]+ [!=<>]=? '[\w.]+'"
PIN = re.compile(rf"[a-z0-9]+(?:-[a-z0-9]+)*==[0-9][0-9a-z.+!]*(?: ; {MARKER}(?: and {MARKER})*)?")


def breaches(path: str, text: str) -> list[str]:
    """List the lines of `text` that name a registry's host or a folder of one machine."""
    lines = enumerate(text.splitlines(), start=1)
    return [f"{path}:{n}: {found[0]}" for n, line in lines if (found := FORBIDDEN.search(line))]


def loose_pins(text: str) -> list[str]:
    """List the lines of a constraints file that are neither a comment nor an exact pin."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [line for line in lines if not PIN.fullmatch(line)]


def tracked() -> Iterable[PurePosixPath]:
    """Give the files that git tracks, or everything in an unpacked archive."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        command = [git, "-C", str(ROOT), "ls-files", "-z"]
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return [PurePosixPath(name) for name in listed.split("\0") if name]
    folders = ("src", "tests", "docs", "scripts", "benchmarks")
    found = [file for folder in folders for file in (ROOT / folder).rglob("*") if file.is_file()]
    return [PurePosixPath(file.relative_to(ROOT)) for file in [*found, *ROOT.glob("*.*")]]


def text_of(path: PurePosixPath) -> str:
    """Read a tracked text file; a deleted, binary or huge one gives nothing."""
    file = ROOT / path
    if not file.is_file() or file.stat().st_size > TEXT_LIMIT:
        return ""
    return file.read_bytes().decode("utf-8", "replace")


def test_no_tracked_file_names_a_registry_or_a_machine() -> None:
    expect_none(found for path in tracked() for found in breaches(str(path), text_of(path)))


def test_no_lock_file_that_embeds_addresses_is_tracked() -> None:
    expect_none(str(path) for path in tracked() if path.name in EMBEDDING_LOCKS)


def test_constraints_are_exact_pins_and_nothing_else() -> None:
    expect_none(loose_pins((ROOT / "constraints.txt").read_text()))


@pytest.mark.parametrize("host", REGISTRIES)
def test_a_registry_is_found(host: str) -> None:
    assert breaches("a.md", f"see https://{host}/simple")


@pytest.mark.parametrize("folder", ["root", "work", "home/ada", "Users/Ada"])
def test_a_folder_of_one_machine_is_found(folder: str) -> None:
    assert breaches("a.md", f"cd /{folder}/agent")
    assert breaches("a.md", f"https://example.com/{folder}/agent") == []


@pytest.mark.parametrize(
    "line",
    ["--index-url https://example.com", "django", "django>=5.2", "django @ https://example.com/d"],
)
def test_a_line_that_is_no_pin_is_found(line: str) -> None:
    assert loose_pins(f"# pins\n{line}\n")
    assert loose_pins("# pins\ndjango==5.2.1 ; sys_platform == 'win32'\n") == []
