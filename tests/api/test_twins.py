"""Every verb of the command line has its twin in the API, and every call of the API its verb."""

from collections.abc import Iterator

import pytest

from api.calls import calls
from marketing_agent.cli.main import load_verb
from marketing_agent.cli.verbs import VERBS

TWINS = {
    "prospects import": "POST /api/prospects/import",
    "prospects imports": "GET /api/prospects/imports",
    "prospects list": "GET /api/prospects",
    "prospects show": "GET /api/prospects/{prospect_id}",
    "prospects edit": "PATCH /api/prospects/{prospect_id}",
    "prospects archive": "POST /api/prospects/{prospect_id}/archive",
    "prospects skip-enrichment": "POST /api/prospects/{prospect_id}/skip-enrichment",
    "prospects unskip": "DELETE /api/prospects/{prospect_id}/skip-enrichment",
    "campaigns import": "POST /api/campaigns",
    "campaigns list": "GET /api/campaigns",
    "campaigns show": "GET /api/campaigns/{campaign_id}",
    "campaigns preview": "GET /api/campaigns/{campaign_id}/preview",
    "campaigns pause": "POST /api/campaigns/{campaign_id}/pause",
    "campaigns resume": "POST /api/campaigns/{campaign_id}/resume",
    "suppress add": "POST /api/suppressions",
    "suppress import": "POST /api/suppressions/import",
    "suppress list": "GET /api/suppressions",
    "suppress lift": "POST /api/suppressions/lift",
    "inboxes add": "POST /api/inboxes",
    "inboxes update": "POST /api/inboxes/update",
    "inboxes list": "GET /api/inboxes",
    "inboxes test": "POST /api/inboxes/test",
    "inboxes pause": "POST /api/inboxes/pause",
    "inboxes resume": "POST /api/inboxes/resume",
    "secret put": "PUT /api/secrets/{name}",
    "secret list": "GET /api/secrets",
    "secret delete": "DELETE /api/secrets/{name}",
    "config get": "GET /api/config/{key}",
    "config set": "POST /api/config",
    "stop": "POST /api/stop",
    "resume": "POST /api/resume",
    "send": "POST /cron/{job}",
    "jobs run": "POST /cron/{job}",
    "jobs list": "GET /api/jobs",
    "why": "GET /api/why/{address_or_id}",
    "status": "GET /api/stats",
    "emails list": "GET /api/emails",
    "emails show": "GET /api/emails/{email_id}",
    "emails resolve": "POST /api/emails/{email_id}/resolve",
    "outbox show": "GET /api/outbox",
    "outbox release": "POST /api/emails/{email_id}/release",
    "retry-queue list": "GET /api/retry-queue",
    "retry-queue replay": "POST /api/retry-queue/{email_id}/replay",
    "retry-queue discard": "POST /api/retry-queue/{email_id}/discard",
    "inbox list": "GET /api/inbox",
    "inbox show": "GET /api/inbox/{item_id}",
    "inbox reprocess": "POST /api/inbox/reprocess",
    "inbox classify": "POST /api/inbox/{item_id}/classify",
    "answers list": "GET /api/answers",
    "answers show": "GET /api/answers/{answer_id}",
    "answers approve": "POST /api/answers/{answer_id}/approve",
    "answers decline": "POST /api/answers/{answer_id}/decline",
    "answers write": "POST /api/answers/to/{item_id}",
    "errors list": "GET /api/errors",
    "alerts list": "GET /api/alerts",
    "alerts close": "POST /api/alerts/{alert_key}/close",
    "logs": "GET /api/logs",
    "audit": "GET /api/audit",
    "token create": "POST /api/tokens",
    "token list": "GET /api/tokens",
    "token revoke": "DELETE /api/tokens/{name_or_prefix}",
}
NO_CALL = {
    "init": "makes what the API needs before it can answer",
    "env": "prints lines for the shell that it is typed in",
    "up": "starts the processes, the API's own among them",
    "web": "starts the API",
    "worker": "starts a process",
    "migrate": "changes the tables under a running API",
    "demo": "makes a throw-away world with an API of its own",
    "mail classify": "reads local files and touches no store",
    "mail strip": "reads local files and touches no store",
}
NO_VERB = {
    "GET /health": "`status` shows it",
    "GET /metrics": "for a machine that collects figures",
    "GET /api/stats/history": "for charts",
    "GET /api/config": "`config get` without a key",
    "GET /api/stop": "`config get emergency_stop`",
    "GET /api/why": "`why` without a subject",
    "POST /api/prospects": "for forms; the command line imports files",
    "GET /api/inboxes/health": "`inboxes list` shows the score",
    "GET /api/inboxes/imap-status": "`inboxes test` asks the server itself",
    "GET /api/bounces": "`emails list --status bounced`",
    "GET /api/bounces/recent": "`emails list --status bounced`",
    "GET /api/retry-queue/stats": "`retry-queue list`",
    "POST /api/emails/release": "`outbox release` without an id",
}


def verbs() -> Iterator[str]:
    """Give every verb as it is typed: `send`, `prospects import`."""
    for name in VERBS:
        below = getattr(load_verb(name), "commands", {})
        yield from (f"{name} {each}" for each in below) if below else [name]


@pytest.mark.django_db
def test_every_verb_has_its_call_or_a_reason() -> None:
    assert set(verbs()) == {*TWINS, *NO_CALL}


def test_every_call_has_its_verb_or_a_reason() -> None:
    assert {str(call) for call in calls()} == {*TWINS.values(), *NO_VERB}


def test_no_exception_has_a_twin() -> None:
    assert not NO_CALL.keys() & TWINS.keys()
    assert not NO_VERB.keys() & set(TWINS.values())
