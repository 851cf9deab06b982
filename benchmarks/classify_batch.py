"""How many mails a second are judged, beside the standard library's parser alone, in one process.

Then the command itself over files; memory over many mails; and how long the worst food of 60 kB takes
that the fuzz tests know. The fastest of several passes counts: the others tell what else the machine did.
"""

import gc
import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import process_time

from measuring.inbox_mails import inbox_mails
from measuring.installation import throw_away_home
from measuring.memory import tree
from measuring.table import note, show
from measuring.worst_food import worst_food

from marketing_agent.mail.classify import classify
from marketing_agent.mail.intent import intent_of
from marketing_agent.mail.parse import parse

PROGRAM = Path(sys.executable).with_name("marketing-agent")
HUMAN = ("human", "auto-reply")
EARLY = 2_000  # mails after which memory should not grow any more

Work = Callable[[bytes], object]


def main() -> None:
    """Measure and print."""
    options = _options()
    mails = inbox_mails(options.mails)
    size = sum(map(len, mails)) // len(mails)
    note(f"{len(mails)} mails of {size} bytes, half of them from people.")
    _show_speed(mails, options.passes)
    _show_command(mails, options.passes)
    _show_memory(mails, options.many)
    if not options.no_worst:
        _show_worst()


def _options() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=400)
    parser.add_argument(
        "--passes", type=int, default=7, help="over all mails, of each kind of work"
    )
    parser.add_argument(
        "--many", type=int, default=20_000, help="mails over which memory is watched"
    )
    parser.add_argument("--no-worst", action="store_true", help="leave the worst food out")
    return parser.parse_args()


def judge(raw: bytes) -> object:
    """Say what a mail is."""
    return classify(parse(raw))


def judge_and_read(raw: bytes) -> object:
    """Say what a mail is, and what somebody who wrote it wants."""
    mail = parse(raw)
    found = classify(mail)
    if found.kind not in HUMAN:
        return found
    return found, intent_of(mail, automatic=found.kind == "auto-reply")


WORKS: dict[str, Work] = {
    "email.message_from_bytes alone": message_from_bytes,
    "parse": lambda raw: parse(raw).parts,
    "parse, classify": judge,
    "parse, classify, strip and intent of replies": judge_and_read,
}


def _show_speed(mails: list[bytes], passes: int) -> None:
    """Passes take turns, so that a busy moment of the machine does not hit one work alone."""
    best = dict.fromkeys(WORKS, float("inf"))
    for _ in range(passes):
        for name, work in WORKS.items():
            best[name] = min(best[name], _seconds(work, mails))
    bare = best["email.message_from_bytes alone"]
    show(
        "Speed of one core",
        ("work", "mails/s", "µs a mail", "ratio"),
        [
            (
                name,
                f"{len(mails) / each:.0f}",
                f"{1e6 * each / len(mails):.0f}",
                f"{bare / each:.2f}",
            )
            for name, each in best.items()
        ],
    )
    note("Wanted: 2,500 mails/s for the last line, or a ratio of 0.75.\n")


def _seconds(work: Work, mails: list[bytes]) -> float:
    gc.collect()
    begun = process_time()
    for raw in mails:
        work(raw)
    return process_time() - begun


def _show_command(mails: list[bytes], passes: int) -> None:
    """Time the command; what it takes for a mail of a machine and one of a person is its start."""
    with throw_away_home(), tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{number}.eml") for number in range(len(mails))]
        for path, raw in zip(paths, mails, strict=True):
            path.write_bytes(raw)
        start = min(_batch(paths[:2]) for _ in range(passes))
        several = min(_batch(paths * 5) for _ in range(max(2, passes // 3)))
    rate = (5 * len(mails) - 2) / (several - start)
    rows = [("marketing-agent mail classify --batch", f"{rate:.0f}", f"{start:.2f}")]
    show("The command, over files, by CPU", ("command", "mails/s", "s to start"), rows)


def _batch(paths: list[Path]) -> float:
    """Run the command; gives seconds of CPU."""
    begun = _spent_by_children()
    subprocess.run(  # noqa: S603  our own command
        [str(PROGRAM), "mail", "classify", "--batch"],
        input="\n".join(map(str, paths)).encode(),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return _spent_by_children() - begun


def _spent_by_children() -> float:
    spent = getrusage(RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _show_memory(mails: list[bytes], many: int) -> None:
    early = late = 0.0
    for number in range(many):
        judge_and_read(mails[number % len(mails)])
        if number == min(EARLY, many - 1):
            early = _megabytes()
    late = _megabytes()
    rows = [(f"after {EARLY} mails", f"{early:.1f}"), (f"after {many} mails", f"{late:.1f}")]
    show("Memory", ("when", "RSS in MB"), rows)


def _megabytes() -> float:
    gc.collect()
    [own] = [each for each in tree(os.getpid()) if each.pid == os.getpid()]
    return own.rss


def _show_worst() -> None:
    rows = [(each.target, each.said, each.case) for each in worst_food()]
    show("The slowest worst case of each target, 60 kB", ("target", "ms", "case"), rows)
    note("Wanted: under 50 ms.")


if __name__ == "__main__":
    main()
