"""`marketing-agent demo`: the main job in a throw-away world, then its API and status page."""

import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from marketing_agent.cli.binding import refuse_taken
from marketing_agent.cli.output import AsJson, fail, new_app, note, progress, say, table, to_json
from marketing_agent.cli.ready import set_up_django
from marketing_agent.sandbox.seclusion import seclude

if TYPE_CHECKING:
    from marketing_agent.sandbox.summary import Summary
    from marketing_agent.sandbox.world import World

app = new_app("Run the main job in a throw-away world.")

END = datetime(2026, 3, 18, 11, 0, tzinfo=UTC)
"""When the simulated days end: a Wednesday, with every inbox's window open."""

PROSPECTS = 240
_LONGEST = 365


@app.command()
def demo(
    days: Annotated[int, typer.Option(min=1, max=_LONGEST, help="Simulated days.")] = 14,
    seed: Annotated[int, typer.Option(help="The same seed makes the same world.")] = 1,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of API and status page.")
    ] = 8787,
    leave: Annotated[bool, typer.Option("--exit", help="End after the summary.")] = False,
    as_json: AsJson = False,
    speed: Annotated[float, typer.Option(min=0.1, help="How fast time runs while serving.")] = 1.0,
) -> None:
    """Import prospects, warm three inboxes up, live some days, check the promises, then serve.

    Nothing of yours is touched: home, secrets, database and provider keys are ignored, and only
    loopback is reached.
    """
    if not leave:
        refuse_taken("127.0.0.1", port, "Choose another, such as --port 8788.")
    with tempfile.TemporaryDirectory(prefix="marketing-agent-demo-") as home:
        seclude(Path(home), port)
        set_up_django()
        kept = _live(days, seed, as_json=as_json, serve_at=None if leave else (port, speed))
    if not kept:
        fail("A promise was broken; the table above says which.")


def _live(days: int, seed: int, *, as_json: bool, serve_at: tuple[int, float] | None) -> bool:
    from marketing_agent.cli.migrate import migrate_store  # noqa: PLC0415  needs Django set up
    from marketing_agent.sandbox.landmarks import name_landmarks  # noqa: PLC0415  as above
    from marketing_agent.sandbox.simulation import simulate  # noqa: PLC0415  as above
    from marketing_agent.sandbox.summary import summarise  # noqa: PLC0415  as above
    from marketing_agent.sandbox.world import running_world  # noqa: PLC0415  as above
    from marketing_agent.workers import logs  # noqa: PLC0415  as above

    logs.configure("demo")
    migrate_store(backup=False)
    start = END - timedelta(days=days)
    with running_world(start, seed, PROSPECTS) as world:
        note(f"Living {days} days in a world of its own; two weeks take about half a minute …")
        with progress(f"Living {days} days", total=days * 24) as advance:
            imported = simulate(
                world, END, lambda now: advance((now - start) // timedelta(hours=1))
            )
        name_landmarks(END)
        summary = summarise(imported, world.smtp.accepted)
        _show(summary, days, as_json=as_json)
        if serve_at is not None:
            _serve(world, *serve_at)
    return summary.ok


def _show(summary: "Summary", days: int, *, as_json: bool) -> None:
    figures = asdict(summary)
    if as_json:
        say(to_json(figures))
        sys.stdout.flush()
        return
    promises = figures.pop("invariants")
    bounced = figures.pop("bounced")
    say(f"{days} days in the sandbox")
    figures |= {f"bounced ({kind})": count for kind, count in bounced.items()}
    table(("figure", "count"), ((name.replace("_", " "), n) for name, n in figures.items()))
    say()
    kept = (
        (name.replace("_", " "), "kept" if held else "BROKEN") for name, held in promises.items()
    )
    table(("promise", "verdict"), kept)


def _serve(world: "World", port: int, speed: float) -> None:
    from marketing_agent.sandbox.live import open_server, serve  # noqa: PLC0415  needs Django set up

    with open_server("127.0.0.1", port) as http:
        base = f"http://127.0.0.1:{http.server_port}"
        note(
            f"\nThe world goes on at {base} (status page) and {base}/api/docs (API); "
            f"letters are due:\n\n  curl -X POST {base}/cron/send-emails\n\nCtrl-C ends it."
        )
        serve(world, http, speed)
