"""Every command that the guide and the README print is run, and prints what they say."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from docs.blocks import SILENT, SPOKEN, Block, blocks_of, dialogue, fits, steps_of
from docs.page_run import ROOT, Shell
from marketing_agent.campaigns.drafts import check_campaign
from marketing_agent.campaigns.files import parse_campaign
from marketing_agent.sandbox.certificates import make_certificates
from marketing_agent.sandbox.imap_server import ImapServer
from marketing_agent.sandbox.smtp_server import SmtpServer

GUIDE = ROOT / "docs" / "guide"
PAGES = {file.name: file for file in sorted(GUIDE.glob("*.md"))} | {
    "/README.md": ROOT / "README.md"
}
FROM_NOTHING = {"first-steps.md", "sandbox.md", "/README.md"}
ADDRESS, PASSWORD = "ada@example.com", "correct horse"
BLOCKS = [block for name, file in PAGES.items() for block in blocks_of(file, name)]


@pytest.fixture(scope="module")
def servers(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, str]]:
    """Run a mail provider for ada@example.com; gives what a shell is told of it."""
    kept = make_certificates(tmp_path_factory.mktemp("certificates"))
    accounts = {ADDRESS: PASSWORD}
    smtp = SmtpServer(accounts, certificates=kept)
    imap = ImapServer(accounts, lambda: datetime(2026, 3, 18, tzinfo=UTC), certificates=kept)
    with smtp, imap:
        login = f"{ADDRESS}|{PASSWORD}|127.0.0.1|{smtp.port}|Ada Adler"
        yield {
            "MARKETING_AGENT_CA_FILE": str(kept.ca_file),
            "inbox-1.txt": f"{login}|127.0.0.1|{imap.port}\n",
        }


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, servers: dict[str, str]) -> Path:
    """Give the home of the installation that most pages presume."""
    home = tmp_path_factory.mktemp("installation") / "home"
    subprocess.run(
        [sys.executable, "-m", "docs.example_world"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "tests"),
            "MARKETING_AGENT_HOME": str(home),
            "MARKETING_AGENT_SANDBOX": "1",
        },
        input=servers["inbox-1.txt"].encode(),
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=60,
    )
    return home


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.enable_socket
@pytest.mark.parametrize("name", [name for name in PAGES if steps_of(blocks_of(PAGES[name], name))])
def test_what_a_page_prints_runs(
    name: str, tmp_path: Path, servers: dict[str, str], request: pytest.FixtureRequest
) -> None:
    shell = Shell(tmp_path, free_port(), servers)
    if name not in FROM_NOTHING:
        shutil.copytree(request.getfixturevalue("installation"), shell.home)
    steps = steps_of(blocks_of(PAGES[name], name))
    shell.run(steps)
    for number, step in enumerate(steps):
        if step.printed is not None:
            found = shell.printed(number)
            assert fits(found, step.printed), f"{step.place}\n{found}\nis not\n{step.printed}"


def test_no_block_is_passed_over() -> None:
    assert {block.info for block in BLOCKS} <= SILENT | SPOKEN


def test_what_runs_elsewhere_is_a_target_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for block in BLOCKS:
        if block.info == "sh elsewhere":
            named = [line.partition("#")[0].split() for line in block.text.splitlines()]
            assert all(words[0] == "make" and set(words[1:]) <= targets for words in named)


@pytest.mark.parametrize(
    "block", [each for each in BLOCKS if each.info == "toml"], ids=lambda each: str(each.line)
)
def test_a_campaign_in_the_guide_is_one(block: Block) -> None:
    draft = parse_campaign(block.text, block.page)
    check_campaign(draft.name, draft.steps)


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    text = PAGES[name].read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (PAGES[name].parent / target).exists(), f"{name} links to {target}"


def test_the_index_names_every_page() -> None:
    index = PAGES["README.md"].read_text(encoding="utf-8")
    missing = [name for name in PAGES if f"]({name})" not in index]
    assert missing == ["README.md", "/README.md"]


def test_a_block_that_prints_something_else_is_found() -> None:
    assert fits("a\tb  c\nd\n", "a b c\nd")
    assert fits("sent 17\nmore\nstill more\n", "sent …\n…")
    assert not fits("a\nb\n", "a")
    assert not fits("a\n", "b")


def test_a_console_block_is_parted_at_its_prompts() -> None:
    assert dialogue("$ one\n1\n$ two\n") == [("one", "1\n"), ("two", "")]


@pytest.mark.enable_socket
def test_a_command_that_fails_fails_the_page(tmp_path: Path) -> None:
    steps = steps_of([Block("made-up.md", 1, "sh", "true\nfalse\ntrue\n")])
    with pytest.raises(AssertionError, match=r"made-up\.md:1"):
        Shell(tmp_path, 0, {}).run(steps)
