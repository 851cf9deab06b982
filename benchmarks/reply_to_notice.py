"""How long a positive reply takes from the inbox to the salesperson, with its text and a suggested answer.

The worker is the command itself, in a process of its own; mail arrives at an IMAP server on loopback, and
a webhook on loopback is the salesperson. Once where the server tells of new mail (IDLE), once without.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from measuring.installation import CERTIFICATES, add_store_option, installation
from measuring.table import note, show

if TYPE_CHECKING:
    from measuring.telling import Told


def main() -> None:
    """Measure and print."""
    options = _options()
    with installation(options.store) as home:
        found = _measure(options, home / CERTIFICATES)
    rows = [
        (each.name, len(each.seconds), f"{each.median:.1f}", f"{each.slowest:.1f}")
        for each in found
    ]
    show(
        f"Reply to notice on {options.store}",
        ("the server", "replies", "median s", "slowest s"),
        rows,
    )
    note("Wanted: under a minute from the moment at which the mail can be read.")


def _options() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    add_store_option(parser)
    parser.add_argument("--replies", type=int, default=10, help="told of by IDLE")
    parser.add_argument("--polled", type=int, default=2, help="found by the poll alone")
    return parser.parse_args()


def _measure(options: Namespace, certificates: Path) -> "list[Told]":
    from measuring import telling  # noqa: PLC0415  models load once the store is chosen

    return telling.measure(certificates, options.replies, options.polled)


if __name__ == "__main__":
    main()
