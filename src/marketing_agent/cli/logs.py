"""`marketing-agent logs`: the log lines of web server and worker, in order of time."""

import json
from datetime import timedelta
from typing import Annotated, Any

import typer

from marketing_agent.cli.output import AsJson, fail, new_app, say
from marketing_agent.operations.log_lines import log_lines
from marketing_agent.workers import clock

app = new_app("Show log lines.")

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_DIGITS = 5  # 99999 days lie further back than any log


@app.command()
def logs(
    since: Annotated[str, typer.Option("--since", help="How far back: 30m, 2h, 7d.")] = "1h",
    job: Annotated[str, typer.Option("--job", help="Only lines of this job.")] = "",
    level: Annotated[str, typer.Option("--level", help="Only this level, such as error.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show log lines, oldest first; --json prints one object a line."""
    for line in log_lines(clock.now() - _span(since), job=job, level=level):
        say(json.dumps(line, ensure_ascii=False) if as_json else _text(line))


def _span(text: str) -> timedelta:
    number, unit = text[:-1], text[-1:]
    if not (number.isdecimal() and len(number) <= _DIGITS) or unit not in _UNITS:
        fail(f"--since takes a span such as 30m, 2h or 7d, not {text!r}.", 2)
    return timedelta(**{_UNITS[unit]: int(number)})


def _text(line: dict[str, Any]) -> str:
    rest = {
        k: v for k, v in line.items() if k not in {"at", "level", "event", "logger", "exception"}
    }
    facts = " ".join(f"{name}={value}" for name, value in rest.items())
    trace = f"\n{line['exception']}" if "exception" in line else ""
    return f"{line.get('at', '-')} {line['level']:7} {line.get('event', '')} {facts}{trace}"
