"""Every call of the API, read from its own OpenAPI document, with a fitting body."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from api.world import World
from marketing_agent.api.app import api

METHODS = {"get", "post", "put", "patch", "delete"}

BODIES: dict[tuple[str, str], object] = {
    ("POST", "/api/config"): {"key": "max_emails_per_run", "value": 5},
    ("POST", "/api/prospects"): {"company": "Neu", "city": "Bonn"},
    ("PATCH", "/api/prospects/{prospect_id}"): {"first_name": "Ada"},
    ("POST", "/api/campaigns"): {"name": "Second", "steps": [{"subject": "A", "body": "B"}]},
    ("POST", "/api/suppressions"): {"key": "nobody@firma.example"},
    ("POST", "/api/suppressions/lift"): {"key": "competitor.example", "reason": "a friend now"},
    ("POST", "/api/inboxes"): {"email": "inbox1@example.com"},
    ("POST", "/api/inboxes/update"): {"inbox": "inbox1@example.com", "daily_limit": 10},
    ("POST", "/api/inboxes/pause"): {"inbox": "inbox1@example.com", "reason": "holidays"},
    ("POST", "/api/inboxes/resume"): {"inbox": "inbox1@example.com"},
    ("PUT", "/api/secrets/{name}"): {"value": "a@example.com|p|localhost|1465|A"},
    ("POST", "/api/answers/to/{item_id}"): {"body": "Shall we talk?"},
    ("POST", "/api/tokens"): {"name": "another", "scope": "read"},
}
ELSEWHERE = {
    ("POST", "/api/inboxes/test"): "opens connections; tests/api/test_inboxes.py",
    ("POST", "/api/prospects/import"): "takes a file; tests/api/test_import.py",
    ("POST", "/api/suppressions/import"): "takes a file; tests/api/test_suppressions.py",
    ("POST", "/api/emails/{email_id}/release"): "of held letters; tests/outbox/test_release.py",
    ("POST", "/api/emails/{email_id}/resolve"): "of unknown letters; tests/api/test_letters.py",
    ("POST", "/api/retry-queue/{email_id}/replay"): "of dead letters; tests/api/test_letters.py",
    ("POST", "/api/retry-queue/{email_id}/discard"): "of dead letters; tests/api/test_letters.py",
    ("POST", "/api/inbox/{item_id}/classify"): "reads mails; tests/api/test_items.py",
    ("DELETE", "/api/tokens/{name_or_prefix}"): "of a token; tests/api/test_tokens.py",
}
QUERIES = {"/api/campaigns/{campaign_id}/preview": "?prospect={prospect_id}"}


@dataclass(frozen=True)
class Call:
    """One method on one path."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def url(self, world: World) -> str:
        """Give the path with the world's ids in it."""
        return (self.path + QUERIES.get(self.path, "")).format(**world.ids())

    @property
    def body(self) -> object:
        """Give a body that the call accepts."""
        return BODIES.get((self.method, self.path))


def document() -> dict[str, Any]:
    """Give the OpenAPI document."""
    return dict(api.get_openapi_schema(path_prefix=""))


def calls() -> Iterator[Call]:
    """Give every call in the document."""
    for path, methods in document()["paths"].items():
        yield from (Call(each.upper(), path) for each in methods if each in METHODS)


def reads() -> list[Call]:
    return [call for call in calls() if call.method == "GET"]


def writes() -> list[Call]:
    return [call for call in calls() if call.method != "GET"]


def lists() -> list[Call]:
    """Give the calls that take a cursor: the long lists."""
    paths = document()["paths"]
    return [each for each in reads() if "cursor" in _names(paths[each.path]["get"])]


def _names(call: dict[str, Any]) -> set[str]:
    return {each["name"] for each in call["parameters"]}
