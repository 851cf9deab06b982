"""How much memory `marketing-agent up` holds: supervisor, web server and worker, after some requests."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

from measuring.installation import throw_away_home
from measuring.memory import Memory, tree
from measuring.table import note, show

PROGRAM = str(Path(sys.executable).with_name("marketing-agent"))
PATIENCE_S = 60.0
_PATHS = ("/", "/health", "/api/stats", "/api/prospects", "/api/inboxes", "/metrics")


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=50, help="of each page")
    parser.add_argument("--settle", type=float, default=10.0, help="seconds for the worker's jobs")
    options = parser.parse_args()
    with throw_away_home() as home:
        os.environ["MARKETING_AGENT_PORT"] = str(_free_port())
        subprocess.run([PROGRAM, "init"], check=True, stdout=subprocess.DEVNULL)  # noqa: S603  our command
        with _running(home / "up.log") as root:
            token = (home / "netrc").read_text().split()[-1]
            answered = sum(_ask(path, token) for _ in range(options.requests) for path in _PATHS)
            Event().wait(options.settle)
            _report(tree(root), answered)


@contextmanager
def _running(log: Path) -> Iterator[int]:
    """Run `up` until the body ends; gives its process id."""
    with log.open("w") as out, subprocess.Popen([PROGRAM, "up"], stdout=out, stderr=out) as process:  # noqa: S603  our command
        try:
            _wait_until_it_answers(process, log)
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=PATIENCE_S)


def _wait_until_it_answers(process: "subprocess.Popen[bytes]", log: Path) -> None:
    until, pause = monotonic() + PATIENCE_S, Event()
    while not _ask("/health", ""):
        if process.poll() is not None or monotonic() > until:
            sys.exit(f"`marketing-agent up` does not answer:\n{log.read_text()}")
        pause.wait(0.2)


def _ask(path: str, token: str) -> bool:
    """Ask for a page; False when nobody answers at all."""
    address = f"http://127.0.0.1:{os.environ['MARKETING_AGENT_PORT']}{path}"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            answer.read()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _report(found: list[Memory], answered: int) -> None:
    rows = [(_name(each), f"{each.pss:.0f}", f"{each.rss:.0f}") for each in found]
    total = ("together", f"{sum(m.pss for m in found):.0f}", f"{sum(m.rss for m in found):.0f}")
    title = f"Memory of `up` after {answered} requests, MB"
    show(title, ("process", "PSS", "RSS"), [*rows, total])
    note("Wanted: under 200 MB together. RSS counts shared pages once for each process, PSS once.")


def _name(process: Memory) -> str:
    words = process.command.split()
    return " ".join(word.rpartition("/")[2] for word in words[1:])[:60] or words[0]


if __name__ == "__main__":
    main()
