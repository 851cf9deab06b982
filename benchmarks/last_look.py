"""What the last look for an answer costs a follow-up, over IMAP with TLS on a kept session.

Before each follow-up the inbox is asked whether mail has come since the last poll, and if so, whether it may
answer the letter. The server is the sandbox's, in a process of its own on this machine: what a real one adds
is its distance, once a round trip.
"""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from measuring.installation import CERTIFICATES, add_store_option, installation
from measuring.post_office import running_post_office
from measuring.table import note, show

if TYPE_CHECKING:
    from measuring.looking import Looks


def main() -> None:
    """Measure and print."""
    options = _options()
    with (
        installation(options.store) as home,
        running_post_office(home / CERTIFICATES, options.mails, 1) as port,
    ):
        _report(options, _measure(options, port))


def _options() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    add_store_option(parser)
    parser.add_argument("--mails", type=int, default=1_300, help="mails in the inbox")
    parser.add_argument("--looks", type=int, default=200, help="looks of each kind")
    return parser.parse_args()


def _measure(options: Namespace, port: int) -> "list[Looks]":
    from measuring import looking, sequences  # noqa: PLC0415  models load once the store is chosen

    sequences.add_sequences(options.mails, 1, port)
    return looking.measure(options.looks)


def _report(options: Namespace, kinds: "list[Looks]") -> None:
    base = kinds[0].milliseconds
    show(
        f"The last look on {options.store}, {options.mails} mails in the inbox",
        ("what", "looks", "ms each", "ratio"),
        [
            (each.name, each.count, f"{each.milliseconds:.2f}", f"{each.milliseconds / base:.1f}")
            for each in kinds
        ],
    )
    note("A look opens each folder that is read (INBOX, Junk, All Mail): a round trip for each.")


if __name__ == "__main__":
    main()
