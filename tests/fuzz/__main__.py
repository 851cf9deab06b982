"""`python -m fuzz TARGET --seconds N`: look for mails and texts that break a promise, led by coverage.

Without a target all are tried in turn. What was found lies in .fuzz/found/ and is tried again with
`python -m fuzz TARGET --again FILE`; what was learnt lies in .fuzz/corpus/ and is built upon.
"""

import argparse
import sys
from pathlib import Path

from fuzz.guided_run import ROOT, Budget, Found, run
from fuzz.seeds import seeds_for
from fuzz.targets import BY_NAME, TARGETS, Target

HOME = ROOT / ".fuzz"
_LAST_LINES = 25  # of what a run said, shown when it ended badly


def main() -> None:
    """Try targets one after the other; ends with an error when a promise was broken."""
    options = _options()
    targets = (BY_NAME[options.target],) if options.target else TARGETS
    if options.again:
        targets[0].check(options.again.read_bytes())
        print(f"{targets[0].name} keeps its promises.")
        return
    budget = Budget(options.seconds, options.runs)
    broken = [target.name for target in targets if not _try(target, budget)]
    if broken:
        sys.exit(f"Promises were broken by: {', '.join(broken)}.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("target", nargs="?", choices=sorted(BY_NAME), help="all if left out")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--runs", type=int, default=-1, help="end after so many, if sooner")
    parser.add_argument("--again", type=Path, metavar="FILE", help="try what was found before")
    options = parser.parse_args()
    if options.again and not options.target:
        parser.error("--again needs the target that the file was found with.")
    return options


def _try(target: Target, budget: Budget) -> bool:
    print(f"{target.name}: {budget.seconds} s", flush=True)
    found = run(target.name, seeds_for(target.food), budget, HOME)
    if not found.went_well:
        _report(target, found)
    return found.went_well


def _report(target: Target, found: Found) -> None:
    print("\n".join(found.said.splitlines()[-_LAST_LINES:]))
    for file in found.files:
        where = file.relative_to(ROOT)
        print(
            f"Try it again: PYTHONPATH=tests:src .venv/bin/python -m fuzz {target.name} --again {where}"
        )


if __name__ == "__main__":
    main()
