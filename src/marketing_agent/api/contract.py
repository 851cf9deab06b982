"""The OpenAPI document: what ninja derives from the calls, plus what holds for all of them."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.types import DictStrAny

from marketing_agent.api.problems import MEDIA_TYPE
from marketing_agent.api.scopes import SAFE_METHODS, is_open, needed

_SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token."},
    "password": {
        "type": "http",
        "scheme": "basic",
        "description": "Any user name, an API token as the password (curl's netrc does this).",
    },
}
_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "A problem document (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "retryable", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence that says what to do."},
        "instance": {"type": "string"},
        "code": {"type": "string", "description": "Stable; programs decide by it."},
        "retryable": {"type": "boolean", "description": "The same call may succeed later."},
        "request_id": {"type": "string", "description": "Stands in logs and the audit log."},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
_REFUSED = {
    "description": "Refused: 401, 403, 404, 409, 413, 422, 503 …",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    "description": "The same key again changes nothing and gets the first answer.",
}


class Api(NinjaAPI):
    """Ninja's API with the document that programs and the docs page read."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: DictStrAny | None = None
    ) -> OpenAPISchema:
        """Give the OpenAPI document with security, problems and Idempotency-Key on each call."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema["components"]["securitySchemes"] = _SECURITY
        schema["components"]["schemas"]["Problem"] = _PROBLEM
        for path, calls in schema["paths"].items():
            for method, call in calls.items():
                _complete(call, method.upper(), path)
        return schema

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Name a call by its module and function: inboxes_add."""
        view = operation.view_func
        return f"{view.__module__.rpartition('.')[2]}_{view.__name__}"


def _complete(call: dict[str, Any], method: str, path: str) -> None:
    call["responses"]["default"] = _REFUSED
    call["summary"] = call["description"].partition("\n")[0].partition(". ")[0].rstrip(".")
    if is_open(path):
        return
    call["security"] = [{"token": []}, {"password": []}]
    call["x-scope"] = needed(method, path).name.lower()
    if method not in SAFE_METHODS:
        call["parameters"].append(_IDEMPOTENCY_KEY)
