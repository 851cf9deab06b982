"""How many mails a second are read over IMAP and stored, and then worked through.

The mails are answers, opt-outs, automatic answers, delivery failures and complaints to letters that we
sent; the server shows each of them in INBOX and in All Mail, as some providers do.
"""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from measuring.installation import CERTIFICATES, add_store_option, installation
from measuring.post_office import running_post_office
from measuring.table import note, show

if TYPE_CHECKING:
    from measuring.reading import Stage


def main() -> None:
    """Measure and print."""
    options = _options()
    with (
        installation(options.store) as home,
        running_post_office(home / CERTIFICATES, options.mails, options.inboxes) as port,
    ):
        _report(options, _measure(options, port))


def _options() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    add_store_option(parser)
    parser.add_argument("--mails", type=int, default=1_300, help="mails that wait in the inboxes")
    parser.add_argument("--inboxes", type=int, default=4)
    return parser.parse_args()


def _measure(options: Namespace, port: int) -> "list[Stage]":
    from measuring import reading, sequences  # noqa: PLC0415  models load once the store is chosen

    sequences.add_sequences(options.mails, options.inboxes, port)
    return [reading.fetch(options.mails, options.inboxes), reading.process(options.mails)]


def _report(options: Namespace, stages: "list[Stage]") -> None:
    show(
        f"Inbound mail on {options.store}, {options.inboxes} inboxes",
        ("stage", "mails", "seconds", "mails/s", "ms a mail", "of it CPU", "queries a mail"),
        [
            (
                each.name,
                each.items,
                f"{each.seconds:.2f}",
                f"{each.items / each.seconds:.0f}",
                f"{1000 * each.seconds / each.items:.2f}",
                f"{1000 * each.cpu / each.items:.2f}",
                each.queries,
            )
            for each in stages
        ],
    )
    note("Wanted: a few hundred mails a second.")


if __name__ == "__main__":
    main()
