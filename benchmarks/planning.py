"""What planning costs with few and with many prospects: it should not depend on the table's size.

Each size has a store of its own in which every prospect was written to once and is due again: that is
the largest backlog there can be. The plans show which index each of the cycle's questions walks along.
"""

import json
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from typing import Any

from measuring.installation import add_store_option, installation
from measuring.table import note, show


def main() -> None:
    """Measure and print."""
    options = _options()
    if options.count:
        _measure(options)
        return
    small = _measured(options, options.small)["times"]
    answer = _measured(options, options.large)
    large = answer["times"]
    _print_plans(answer["plans"])
    show(
        f"Planning on {options.store}, milliseconds",
        ("question", f"{options.small:,} prospects", f"{options.large:,} prospects", "ratio"),
        [
            (name, f"{small[name]:.1f}", f"{large[name]:.1f}", f"{large[name] / small[name]:.2f}")
            for name in small
        ],
    )
    note("Wanted: ratios near 1.")


def _options() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    add_store_option(parser)
    parser.add_argument("--small", type=int, default=10_000, metavar="PROSPECTS")
    parser.add_argument("--large", type=int, default=1_000_000, metavar="PROSPECTS")
    parser.add_argument("--count", type=int, help="fill and ask one store, print JSON")
    return parser.parse_args()


def _measured(options: Namespace, count: int) -> dict[str, Any]:
    """Fill and ask a store in a process of its own."""
    note(f"Filling a store with {count:,} prospects, letters, attempts and contacts ...")
    command = [sys.executable, __file__, "--store", options.store, "--count", str(count)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603  this script
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _measure(options: Namespace) -> None:
    with installation(options.store):
        from measuring import questions  # noqa: PLC0415  models load once the store is chosen

        questions.prepare(options.count)
        print(json.dumps({"plans": questions.plans(), "times": questions.times()}))


def _print_plans(plans: dict[str, list[str]]) -> None:
    for question, lines in plans.items():
        note("\n  ".join([f"{question}:", *lines, ""]))


if __name__ == "__main__":
    main()
