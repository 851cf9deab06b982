"""`marketing-agent inboxes`: add, list, change, test, pause and resume sending accounts."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from marketing_agent.cli.output import AsJson, emit, fail, new_app, operator, table
from marketing_agent.inboxes.actions import add_inbox, pause, resume, update_inbox
from marketing_agent.inboxes.capacity import InboxDay, days
from marketing_agent.inboxes.connection import ProtocolVerdict, test_inbox
from marketing_agent.inboxes.details import shown
from marketing_agent.inboxes.health import current
from marketing_agent.inboxes.lookup import get_inbox
from marketing_agent.inboxes.models import Inbox
from marketing_agent.workers import clock

app = new_app("Add, test, pause and resume sending accounts.")

AddressArgument = Annotated[str, typer.Argument(help="The inbox's address.")]
DailyLimit = Annotated[int | None, typer.Option(help="Most letters a day.")]
WarmUp = Annotated[bool | None, typer.Option(help="Whether the limit rises week by week.")]
StartDate = Annotated[str | None, typer.Option(help="First day of warm-up, such as 2025-01-31.")]
Zone = Annotated[str | None, typer.Option(help="Time zone, such as Europe/Berlin.")]
WindowDays = Annotated[str | None, typer.Option(help="Weekdays, Monday is 0: 0,1,2,3,4.")]
WindowStart = Annotated[str | None, typer.Option(help="When sending begins, such as 09:00.")]
WindowEnd = Annotated[str | None, typer.Option(help="When sending ceases, such as 17:00.")]
Gap = Annotated[int | None, typer.Option(help="Least seconds between two letters.")]
PlusTag = Annotated[
    bool | None,
    typer.Option(help="Tag Reply-To and Return-Path, so that any answer and bounce is matched."),
]
Name = Annotated[str | None, typer.Option(help="Display name of the sender.")]


@app.command("add")
def add(
    address: AddressArgument,
    *,
    daily_limit: DailyLimit = None,
    warmup_enabled: WarmUp = None,
    warmup_start_date: StartDate = None,
    zone: Zone = None,
    window_days: WindowDays = None,
    window_start: WindowStart = None,
    window_end: WindowEnd = None,
    minimum_gap_s: Gap = None,
    plus_tag: PlusTag = None,
    display_name: Name = None,
    as_json: AsJson = False,
) -> None:
    """Add an inbox; its credentials come from the secret that holds its address."""
    given = _given(locals())
    inbox, _ = add_inbox(address, by=operator(), now=clock.now(), **given)
    emit(_row(inbox), as_json=as_json)


@app.command("update")
def update(
    address: AddressArgument,
    *,
    daily_limit: DailyLimit = None,
    warmup_enabled: WarmUp = None,
    warmup_start_date: StartDate = None,
    zone: Zone = None,
    window_days: WindowDays = None,
    window_start: WindowStart = None,
    window_end: WindowEnd = None,
    minimum_gap_s: Gap = None,
    plus_tag: PlusTag = None,
    display_name: Name = None,
    as_json: AsJson = False,
) -> None:
    """Change an inbox's settings."""
    changes = _given(locals())
    if not changes:
        fail("Nothing to change was given. See `marketing-agent inboxes update --help`.")
    emit(_row(update_inbox(address, changes, operator(), clock.now())), as_json=as_json)


@app.command("list")
def list_inboxes(as_json: AsJson = False) -> None:
    """Show every inbox: status, health, today's letters and what bounds them."""
    rows = _rows(list(Inbox.objects.order_by("id")))
    columns = ("address", "status", "health", "sent_today", "effective_limit", "bound_by")
    emit(
        {"inboxes": rows, "count": len(rows)},
        as_json=as_json,
        text=lambda: table(
            columns,
            [[row[column] for column in columns] for row in rows],
            empty="There are no inboxes. Put a secret, then: marketing-agent inboxes add ADDRESS",
        ),
    )


@app.command("test")
def try_logins(address: AddressArgument, as_json: AsJson = False) -> None:
    """Log in over SMTP and IMAP without sending anything; exit code 1 when a login fails."""
    verdict = test_inbox(address)
    emit(
        asdict(verdict) | {"ok": verdict.ok},
        as_json=as_json,
        text=lambda: table(
            ("protocol", "ok", "said"),
            [_verdict("SMTP", verdict.smtp), _verdict("IMAP", verdict.imap)],
        ),
    )
    if not verdict.ok:
        raise typer.Exit(1)


@app.command("pause")
def pause_inbox(
    address: AddressArgument,
    reason: Annotated[str, typer.Option(help="Why; colleagues will read it.")],
    hours: Annotated[
        float | None, typer.Option(min=0.01, help="How long; else until resume.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Let nothing leave from an inbox for a while; reading goes on."""
    now, inbox = clock.now(), get_inbox(address)
    until = None if hours is None else now + timedelta(hours=hours)
    pause(inbox.pk, cause="manual", reason=reason, until=until, by=operator(), now=now)
    emit(_row(inbox), as_json=as_json)


@app.command("resume")
def resume_inbox(
    address: AddressArgument,
    provider: Annotated[str, typer.Option(help="End the pause of this provider only.")] = "",
    as_json: AsJson = False,
) -> None:
    """Let an inbox send again."""
    inbox = get_inbox(address)
    resume(inbox.pk, operator(), clock.now(), provider=provider)
    emit(_row(inbox), as_json=as_json)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in options.items() if value is not None}
    return {name: value for name, value in kept.items() if name not in {"address", "as_json"}}


def _row(inbox: Inbox) -> dict[str, Any]:
    return _rows([inbox])[0]


def _rows(inboxes: Sequence[Inbox]) -> list[dict[str, Any]]:
    now = clock.now()
    today, healths = days(inboxes, now), current([each.pk for each in inboxes], now)
    return [
        {
            "address": inbox.address,
            **_status(today[inbox.pk]),
            "health": healths[inbox.pk].score,
            "band": healths[inbox.pk].band,
            **_limits(today[inbox.pk]),
            **shown(inbox),
            "secret_name": inbox.secret_name,
        }
        for inbox in inboxes
    ]


def _status(day: InboxDay) -> dict[str, str | datetime | None]:
    if day.pause is None:
        return {"status": "active", "pause_reason": "", "paused_until": None}
    return {
        "status": "paused",
        "pause_reason": day.pause.reason,
        "paused_until": day.pause.until,
    }


def _limits(day: InboxDay) -> dict[str, object]:
    return {
        "sent_today": day.sent_today,
        "effective_limit": day.limit.value,
        "bound_by": str(day.limit.bound),
        "remaining_today": day.remaining,
        "warmup_week": day.week,
        "warm_leads_only": day.warm_only,
        "paused_providers": sorted(day.provider_pauses),
    }


def _verdict(protocol: str, verdict: ProtocolVerdict) -> tuple[str, object, str]:
    return protocol, verdict.ok, verdict.said
