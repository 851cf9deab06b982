"""How long the emergency stop takes to return, and that no DATA begins after its return.

Senders are processes of their own that work as in operation and note when each command DATA goes out, on a
clock that all processes of the machine share. The stop is called from another process at a random moment.
"""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from measuring.installation import CERTIFICATES, add_store_option, installation
from measuring.sink import running_sink
from measuring.table import note, show

if TYPE_CHECKING:
    from measuring.stopping import Kind


def main() -> None:
    """Measure and print."""
    options = _options()
    with installation(options.store) as home, running_sink(home / CERTIFICATES) as sink:
        kinds = _measure(options, sink.port)
        sink.end()
    _report(options, kinds)


def _options() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    add_store_option(parser)
    parser.add_argument("--stops", type=int, default=10, help="stops of each kind")
    parser.add_argument("--seed", type=int, default=1, help="for the moments of the stops")
    return parser.parse_args()


def _measure(options: Namespace, port: int) -> "list[Kind]":
    from measuring import stopping  # noqa: PLC0415  models load once the store is chosen

    return stopping.measure(port, options.stops, options.seed)


def _report(options: Namespace, kinds: "list[Kind]") -> None:
    heads = (
        "senders",
        "stops",
        "median ms",
        "slowest ms",
        "under way",
        "DATA before",
        "between",
        "DATA after",
    )
    show(
        f"The emergency stop on {options.store}",
        heads,
        [
            (
                kind.name,
                len(kind.stops),
                f"{kind.median_ms:.0f}",
                f"{kind.slowest_ms:.0f}",
                "-" if kind.under_way is None else f"{kind.under_way:.1f}",
                kind.before,
                kind.between,
                kind.late,
            )
            for kind in kinds
        ],
    )
    note("under way: letters past DATA, a stop, as the call counted them.")
    note("DATA before: out before the call returned. DATA after: checked after it; promised: 0.")
    note(
        "between: past its last check, and then frozen with its process before the socket took it."
    )
    note("A sender that says nothing is waited for 500 ms, until its last reading has run out.")


if __name__ == "__main__":
    main()
