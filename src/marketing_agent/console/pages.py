"""The pages and what their buttons do."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketing_agent.accounts.actor import Actor
from marketing_agent.api.callers import Caller, Scope, request_id_of
from marketing_agent.console.figures import status_at
from marketing_agent.console.visitors import COOKIE, remember, visitor
from marketing_agent.operations.actions import resume_sending
from marketing_agent.outbox.actions.release import release_all
from marketing_agent.outbox.actions.resolve import NotUnknownError
from marketing_agent.outbox.actions.resolve import resolve as settle
from marketing_agent.workers import clock
from marketing_agent.workers.stopping import stop_everything

Order = Callable[[Actor, datetime], object]

_LONGEST_REASON = 500


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Show how things stand."""
    now = clock.now()
    caller = visitor(request, now)
    if caller is None:
        return redirect("login")
    may_act = caller.scope >= Scope.OPERATE
    shown = {"status": status_at(now), "caller": caller, "may_act": may_act}
    return render(request, "console/status.html", shown)


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Stop every sender at once."""
    reason = _line(request.POST.get("reason", ""))
    return _carry_out(request, lambda by, _now: stop_everything(reason, by))


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """End the emergency stop, step by step where the button says so."""
    gradually = request.POST.get("gradually") == "yes"
    return _carry_out(request, partial(resume_sending, gradually=gradually))


@require_POST
def release(request: HttpRequest) -> HttpResponse:
    """Let go what is held for review."""
    return _carry_out(request, release_all)


@require_POST
def resolve(request: HttpRequest) -> HttpResponse:
    """Say of an unknown outcome whether the letter was sent: only a person may know."""
    said = request.POST.get("sent", "")
    if said not in {"yes", "no"}:
        return HttpResponseBadRequest("Say sent=yes or sent=no.", content_type="text/plain")
    letter, reason = request.POST.get("letter", ""), _line(request.POST.get("reason", ""))
    return _carry_out(request, partial(_settle, letter, sent=said == "yes", reason=reason))


def _settle(email_id: str, by: Actor, now: datetime, *, sent: bool, reason: str) -> None:
    with suppress(NotUnknownError):  # somebody was faster; the page shows what is so now
        settle(email_id, sent=sent, reason=reason, by=by, now=now)


@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Ask for an API token and remember it for this console."""
    if request.method == "GET":
        return render(request, "console/login.html")
    onward = redirect("status")
    if remember(request, onward, request.POST.get("token", "").strip(), clock.now()):
        return onward
    return render(request, "console/login.html", {"refused": True}, status=403)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  a view's signature
    """Forget the token."""
    response = redirect("login")
    response.delete_cookie(COOKIE, samesite="Strict")
    return response


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that did not come from our page, or too late (Django's CSRF_FAILURE_VIEW)."""
    return render(request, "console/forged.html", {"reason": reason}, status=403)


def _carry_out(request: HttpRequest, order: Order) -> HttpResponse:
    now = clock.now()
    caller = visitor(request, now)
    if caller is None:
        return redirect("login")
    if caller.scope < Scope.OPERATE:
        return render(request, "console/forged.html", {"reason": _TOO_SMALL}, status=403)
    order(_actor(request, caller), now)
    return redirect("status")


_TOO_SMALL = "This token may read only; log in with one that may operate."


def _actor(request: HttpRequest, caller: Caller) -> Actor:
    return Actor(f"{caller.name} (console)", caller.address, request_id_of(request))


def _line(text: str) -> str:
    kept = "".join(letter if letter.isprintable() else " " for letter in text)
    return kept.strip()[:_LONGEST_REASON]
