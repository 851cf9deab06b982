"""Schemathesis: whatever the document allows or forbids, nothing is answered with 500."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

from api.calls import document
from api.world import Asker
from marketing_agent.wsgi import application

# A trial of an inbox opens connections to wherever its secret says.
SCHEMA = schemathesis.openapi.from_dict(json.loads(json.dumps(document()))).exclude(
    path="/api/inboxes/test"
)
SCHEMA.app = application
CHECKS = [not_a_server_error, response_schema_conformance, content_type_conformance]

kindly = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def _connection_survives() -> Iterator[None]:
    """Keep the test's transaction open from request to request, as Django's own client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def ask(case: Any, admin: Asker, **headers: str) -> None:
    """Send what was made up, and hold the answer against the document."""
    case.call_and_validate(
        headers={"Authorization": f"Bearer {admin.token}"} | headers, checks=CHECKS
    )


@SCHEMA.parametrize()
@settings(kindly, max_examples=8)
def test_what_is_made_up_is_answered_as_documented(case: Any, admin: Asker) -> None:
    ask(case, admin)


@pytest.mark.long
@SCHEMA.parametrize()
@settings(kindly, max_examples=150)
def test_much_that_is_made_up_is_answered_as_documented(case: Any, admin: Asker) -> None:
    ask(case, admin)
