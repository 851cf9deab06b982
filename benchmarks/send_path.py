"""How many letters a second leave through the whole durable path, to a sink on this machine.

Each letter is planned, claimed, asked at the door, marked *transmitting* with its attempt on disk,
handed over by SMTP with STARTTLS, and its outcome is recorded, on disk as well. The same path with one
lane and a commit for every step is measured in the same run, to show what committing in groups is worth.
"""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from measuring.installation import CERTIFICATES, add_store_option, installation
from measuring.sink import running_sink
from measuring.table import note, show

if TYPE_CHECKING:
    from measuring.sending import Run


def main() -> None:
    """Measure and print."""
    options = _options()
    with installation(options.store) as home:
        with running_sink(home / CERTIFICATES) as sink:
            runs = _measure(options, sink.port)
            sink.end()
        _report(options, runs, sink.accepted)


def _options() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    add_store_option(parser)
    parser.add_argument("--letters", type=int, default=4_000, help="by the grouped path")
    parser.add_argument("--baseline", type=int, default=600, help="letters, a commit a step")
    parser.add_argument("--inboxes", type=int, default=16)
    return parser.parse_args()


def _measure(options: Namespace, port: int) -> "list[Run]":
    from measuring import letters, sending  # noqa: PLC0415  models load once the store is chosen

    total = options.letters + options.baseline
    letters.open_mail_room()
    letters.add_inboxes(options.inboxes, port, daily_limit=int(total / options.inboxes * 1.3) + 5)
    letters.add_prospects(total)
    alone = sending.alone(options.baseline)
    return [sending.grouped(options.letters, options.inboxes), alone]


def _report(options: Namespace, runs: "list[Run]", accepted: int) -> None:
    slowest = runs[-1].rate
    show(
        f"Send path on {options.store}, {options.inboxes} inboxes, STARTTLS to a local sink",
        ("path", "letters", "seconds", "letters/s", "ms a letter", "of it CPU", "ratio"),
        [
            (
                run.name,
                run.letters,
                f"{run.seconds:.2f}",
                f"{run.rate:.0f}",
                f"{1000 / run.rate:.2f}",
                f"{1000 * run.cpu / run.letters:.2f}",
                f"{run.rate / slowest:.1f}",
            )
            for run in runs
        ],
    )
    sent = sum(run.letters for run in runs)
    note(f"The sink accepted {accepted} letters; {sent} are recorded as sent. Wanted: 500/s.")


if __name__ == "__main__":
    main()
