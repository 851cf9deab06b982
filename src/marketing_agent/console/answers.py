"""The page on which a suggested answer is read, changed and approved: behind a login, or behind its link.

Opening the page changes nothing, because mail scanners press links; only its buttons do, once.
"""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from marketing_agent.accounts.actor import Actor
from marketing_agent.api.callers import Scope, request_id_of
from marketing_agent.api.origins import origin_of
from marketing_agent.console.visitors import visitor
from marketing_agent.inbound.actions.answers import Wording, closed, decline
from marketing_agent.inbound.answering import say_to, to_of
from marketing_agent.inbound.approvals import find, suggestion_behind
from marketing_agent.inbound.models import Suggestion
from marketing_agent.operations.errors import OperatorError
from marketing_agent.settings import settings
from marketing_agent.workers import answering, clock

_BY_LINK = "whoever had the link"


@require_http_methods(["GET", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the answer that a link leads to, and take the word of whoever holds the link.

    Once the answer is no longer open the link shows what came of it, and nobody's words.
    """
    found = suggestion_behind(token)
    if found is None:
        return render(request, "console/answer.html", {"unknown": True}, status=404)
    address = origin_of(request, settings().trusted_proxies).address
    by = Actor(_BY_LINK, address, request_id_of(request))
    return _page(request, found, by, logged_in=False)


@require_http_methods(["GET", "POST"])
def by_login(request: HttpRequest, answer_id: str) -> HttpResponse:
    """Show an answer to somebody who is logged in, and take their word."""
    caller = visitor(request, clock.now())
    if caller is None:
        return redirect("login")
    found = find(answer_id)
    if found is None:
        return render(request, "console/answer.html", {"unknown": True}, status=404)
    may_act = caller.scope >= Scope.OPERATE
    by = Actor(f"{caller.name} (console)", caller.address, request_id_of(request))
    return _page(request, found, by if may_act else None, logged_in=True)


def _page(
    request: HttpRequest, found: Suggestion, by: Actor | None, *, logged_in: bool
) -> HttpResponse:
    now, problem, status = clock.now(), "", 200
    if request.method == "POST" and by is not None:
        problem = _decide(request, found, by, now)
        found, status = find(found.public_id) or found, 409 if problem else 200
    why_closed, to = closed(found, now), to_of(found)
    shown = {
        "answer": found,
        "closed": why_closed,
        "words": logged_in or not why_closed,
        "to": to,
        "elsewhere": say_to(found.item, to),
        "may_act": by is not None,
        "problem": problem,
        "subject": request.POST.get("subject", found.subject),
        "body": request.POST.get("body", found.body),
    }
    return render(request, "console/answer.html", shown, status=status)


def _decide(request: HttpRequest, found: Suggestion, by: Actor, now: datetime) -> str:
    """Carry out what the button says; gives the sentence of a refusal, or nothing."""
    try:
        if request.POST.get("decision") == "decline":
            decline(found.public_id, "", by, now)
        elif request.POST.get("decision") == "approve":
            answering.approve(found.public_id, _wording(request), by, now)
        else:
            return "Press one of the two buttons."
    except OperatorError as error:
        return str(error)
    return ""


def _wording(request: HttpRequest) -> Wording:
    body = request.POST.get("body")
    text = None if body is None else body.replace("\r\n", "\n").replace("\x00", "")
    subject = request.POST.get("subject")
    return Wording(None if subject is None else " ".join(subject.split()), text)
