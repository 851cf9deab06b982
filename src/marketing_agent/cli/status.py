"""`marketing-agent status`: today's figures, what is wrong, and what waits for a person."""

from collections.abc import Callable
from typing import Any

from marketing_agent.cli.output import AsJson, emit, new_app, say, shown, table
from marketing_agent.operations.models import Alert
from marketing_agent.operations.stats import health, stats
from marketing_agent.workers import clock

app = new_app("Show today's figures and what needs a look.")

_FIGURES: dict[str, Callable[[dict[str, Any]], object]] = {
    "bounce_rate": lambda found: found["stats"]["bounce_rate"],
    "error_rate": lambda found: found["error_rate"],
    "queue_depth": lambda found: found["queue_depth"],
    "inbox_health": lambda found: found["inbox_health_min"],
    "response_time": lambda found: found["response_time_p95_s"],
}


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show health, figures with their flags, open alerts, and what waits for a person."""
    now = clock.now()
    known, found, alerts = health(now), stats(now), _alerts()
    data = {"health": known, "stats": found, "alerts": alerts}
    emit(data, as_json=as_json, text=lambda: _say(known, found, alerts))


def _alerts() -> list[dict[str, Any]]:
    rows = Alert.objects.filter(closed_at=None).order_by("id")
    return [dict(row) for row in rows.values("severity", "summary", "proposal", "opened_at")]


def _say(known: dict[str, Any], found: dict[str, Any], alerts: list[dict[str, Any]]) -> None:
    stop = "ON, nothing leaves" if found["emergency_stop"] else "off"
    for alert in sorted(alerts, key=lambda each: str(each["severity"])):  # critical before warning
        say(f"{alert['severity']}: {alert['summary']} {alert['proposal']}")
    say(
        f"{known['status']}; emergency stop {stop}; last send cycle {shown(found['last_cron_run'])}"
    )
    say()
    day, before = found["stats"], found["yesterday"]
    names = ("sent_today", "bounces", "bounce_rate", "replies", "complaints")
    table(("figure", "today", "yesterday"), [(name, day[name], before[name]) for name in names])
    figures = [(name, read(found), found["flags"][name]) for name, read in _FIGURES.items()]
    say()
    table(("threshold", "value", "flag"), figures)
    say()
    parts = known["dependencies"].items()
    table(("part", "status", "age_s"), [(name, p["status"], p["age_s"]) for name, p in parts])
    for waiting in ("unknown", "dead_letters", "inbox_undecided", "inbox_held"):
        if found[waiting]:
            say(f"{found[waiting]} waiting for a person: {waiting.replace('_', ' ')}")
