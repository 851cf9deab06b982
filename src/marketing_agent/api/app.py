"""The API as a whole: every resource under its path, and how problems are answered."""

from importlib.metadata import version

from django.http import Http404
from ninja import Swagger
from ninja.errors import HttpError, ValidationError

from marketing_agent.api import refusals
from marketing_agent.api.contract import Api
from marketing_agent.api.parameters import known_parameters_only
from marketing_agent.api.reading import AnyTypeParser
from marketing_agent.api.resources import (
    alerts,
    answers,
    audit,
    bounces,
    campaigns,
    config,
    emails,
    errors,
    imports,
    inbox_state,
    inboxes,
    items,
    jobs,
    logs,
    outbox,
    outside,
    prospects,
    retry_queue,
    secrets,
    stats,
    stop,
    suppressions,
    tokens,
    why,
)

_ABOUT = (
    "Everything that the console and the command line do. Lists answer their rows with count, "
    "total and next; times are ISO 8601 in UTC; refusals are problem documents (RFC 9457). A body "
    "that is JSON is read as JSON whatever its content type says."
)

api = Api(
    title="marketing-agent",
    version=version("marketing-agent"),
    description=_ABOUT,
    docs=Swagger(),
    docs_url="/api/docs",
    openapi_url="/api/openapi.json",
    urls_namespace="api",
    parser=AnyTypeParser(),
)
api.add_decorator(known_parameters_only, mode="view")
for kind in (Exception, Http404, HttpError, ValidationError):  # ninja has answers of its own
    api.add_exception_handler(kind, refusals.say)

# Paths with a fixed last word stand before those that end in an id.
api.add_router("", outside.router)
api.add_router("/cron", jobs.cron)
api.add_router("/api", stop.router)
api.add_router("/api/stats", stats.router)
api.add_router("/api/config", config.router)
api.add_router("/api/prospects", imports.router)
api.add_router("/api/prospects", prospects.router)
api.add_router("/api/campaigns", campaigns.router)
api.add_router("/api/suppressions", suppressions.router)
api.add_router("/api/inboxes", inbox_state.router)
api.add_router("/api/inboxes", inboxes.router)
api.add_router("/api/secrets", secrets.router)
api.add_router("/api/emails", emails.router)
api.add_router("/api/outbox", outbox.router)
api.add_router("/api/retry-queue", retry_queue.router)
api.add_router("/api/bounces", bounces.router)
api.add_router("/api/inbox", items.router)
api.add_router("/api/answers", answers.router)
api.add_router("/api/errors", errors.router)
api.add_router("/api/alerts", alerts.router)
api.add_router("/api/jobs", jobs.router)
api.add_router("/api/logs", logs.router)
api.add_router("/api/why", why.router)
api.add_router("/api/tokens", tokens.router)
api.add_router("/api/audit", audit.router)
