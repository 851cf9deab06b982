"""How fast a CSV file comes in, and that the memory for it does not grow with the file.

Each import runs in a process of its own, whose peak of resident memory the kernel tells.
"""

import csv
import json
import resource
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from time import perf_counter
from typing import Any

from measuring.installation import add_store_option, installation, throw_away_home
from measuring.table import note, show

SMALL, LARGE, HUGE = 10_000, 100_000, 1_000_000
_HEADER = ("company", "city", "country", "first_name", "last_name", "email", "tier", "employees")


def main() -> None:
    """Measure and print; with --file be the process that imports."""
    options = _options()
    if options.file:
        _import(options)
        return
    sizes = [SMALL, LARGE, *([HUGE] if options.million else [])]
    results = [_measured(size, options.store) for size in sizes]
    first = results[0]
    show(
        f"Import on {options.store}",
        ("rows", "imported", "seconds", "rows/s", "peak MB", "peak / first"),
        [
            (
                f"{each['rows']:,}",
                f"{each['imported']:,}",
                f"{each['seconds']:.1f}",
                f"{each['rows'] / each['seconds']:,.0f}",
                f"{each['peak_mb']:.0f}",
                f"{each['peak_mb'] / first['peak_mb']:.2f}",
            )
            for each in results
        ],
    )
    note(
        "Wanted: a peak that does not grow with the rows. --million adds a file of a million rows."
    )


def _options() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    add_store_option(parser)
    parser.add_argument("--million", action="store_true", help="import a million rows as well")
    parser.add_argument("--file", type=Path, help="import this file and print figures as JSON")
    return parser.parse_args()


def _measured(rows: int, store: str) -> dict[str, Any]:
    with throw_away_home() as home:
        file = home / "prospects.csv"
        _write(file, rows)
        command = [sys.executable, __file__, "--store", store, "--file", str(file)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  this script
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _write(file: Path, rows: int) -> None:
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(_HEADER)
        writer.writerows(_row(number) for number in range(rows))


def _row(number: int) -> tuple[str, ...]:
    address = f"Grace.Hopper@firm{number}.example"
    tier = ("cold", "warm", "hot")[number % 3]
    return (f"Firm {number}", "Exampleton", "DE", "Grace", "Hopper", address, tier, "40")


def _import(options: Namespace) -> None:
    with installation(options.store):
        from measuring.letters import BY, START  # noqa: PLC0415  as above

        from marketing_agent.prospects.importing import import_file  # noqa: PLC0415  Django is set up

        begun = perf_counter()
        result = import_file(options.file, dry_run=False, by=BY, now=START, allow_test_domains=True)
        seconds = perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tally = result.tally
    print(
        json.dumps(
            {"rows": tally.rows, "imported": tally.imported, "seconds": seconds, "peak_mb": peak}
        )
    )


if __name__ == "__main__":
    main()
