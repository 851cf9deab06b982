"""One target under atheris, led by what its code covers; libFuzzer ends the process when it is done.

Run by `python -m fuzz`. Only a process of its own can be instrumented, and only once.
"""

import argparse
import sys

import atheris

with atheris.instrument_imports(include=["marketing_agent.mail", "marketing_agent.engine"]):
    from fuzz.promises import promise
    from fuzz.targets import TARGETS
    from marketing_agent.mail.parse import parse


def any_target(data: bytes) -> None:
    """Feed the target that the first byte chooses; so one process tries all."""
    if data:
        TARGETS[data[0] % len(TARGETS)].hold(data[1:])


def planted(data: bytes) -> None:
    """Break a promise on purpose, to show that such are found."""
    promise(not parse(data).subject.startswith("Re: Out of luck"), "a bug that was put in")


CHECKS = {target.name: target.hold for target in TARGETS} | {"any": any_target, "planted": planted}


def main() -> None:
    """Read which target, and leave the other arguments to libFuzzer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=CHECKS)
    options, rest = parser.parse_known_args()
    atheris.Setup([sys.argv[0], *rest], CHECKS[options.target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
