"""api.md: every call of the OpenAPI document."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from marketing_agent.api.app import api
from reference.markdown import code, codes, table

Shape = dict[str, Any]

_ABOUT = """
The calls as the program itself declares them; `/api/docs` shows the same as a page to try them from,
`/api/openapi.json` as a document for programs. How to call stands in the
[guide](../guide/api.md); what a refusal looks like, under [refusals](refusals.md).

*Scope* is what the token must be allowed: **read** to look, **operate** to change, **admin** for keys.
Each scope includes the one before it. Every call that changes something takes an `Idempotency-Key`.
"""


class Call(NamedTuple):
    """One method on one path."""

    method: str
    path: str
    shape: Shape

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def body() -> str:
    """Write the page."""
    document = api.get_openapi_schema(path_prefix="")
    shapes = document["components"]["schemas"]
    by_tag: dict[str, list[Call]] = {}
    for call in calls(document):
        by_tag.setdefault(call.shape["tags"][0], []).append(call)
    overview = table(("call", "scope", "what it does"), map(_overview, calls(document)))
    parts = [_section(tag, found, shapes) for tag, found in by_tag.items()]
    return f"{_ABOUT}\n{overview}\n" + "\n".join(parts)


def calls(document: Shape) -> Iterator[Call]:
    """Give every call of the document, in its order."""
    for path, methods in document["paths"].items():
        for method, shape in methods.items():
            yield Call(method.upper(), path, shape)


def _overview(call: Call) -> tuple[str, str, str]:
    return code(call), _scope(call), call.shape["description"].split("\n\n")[0]


def _scope(call: Call) -> str:
    return str(call.shape.get("x-scope", "no token"))


def _section(tag: str, found: list[Call], shapes: Shape) -> str:
    return f"## {tag}\n\n" + "\n".join(_describe(call, shapes) for call in found)


def _describe(call: Call, shapes: Shape) -> str:
    parts = [f"### {call}", call.shape["description"], f"Scope: **{_scope(call)}**."]
    rows = [_parameter(each, shapes) for each in call.shape["parameters"]]
    rows = [row for row in rows if "Idempotency-Key" not in row[0]] + list(_fields(call, shapes))
    if rows:
        parts.append(table(("takes", "where", "kind", "meaning"), rows).rstrip())
    parts.append(_answers(call, shapes))
    return "\n\n".join(part for part in parts if part) + "\n"


def _parameter(each: Shape, shapes: Shape) -> tuple[str, str, str, str]:
    where = each["in"] + (", required" if each.get("required") else "")
    said = _sentence(each.get("description", ""), each["schema"])
    return code(each["name"]), where, kind(each["schema"], shapes), said


def _fields(call: Call, shapes: Shape) -> Iterator[tuple[str, str, str, str]]:
    content = call.shape.get("requestBody", {}).get("content", {})
    for media, found in content.items():
        shape = resolve(found["schema"], shapes)
        where = "file upload" if media.startswith("multipart") else "body"
        for name, field in shape.get("properties", {}).items():
            required = ", required" if name in shape.get("required", ()) else ""
            said = _sentence(field.get("description", ""), field)
            yield code(name), where + required, kind(field, shapes), said


def _sentence(said: str, shape: Shape) -> str:
    default = shape.get("default")
    has_default = default is not None and default != ""
    return f"{said} Default: {code(default)}.".strip() if has_default else said


def _answers(call: Call, shapes: Shape) -> str:
    for status, answer in call.shape["responses"].items():
        for found in answer.get("content", {}).values():
            names = resolve(found["schema"], shapes).get("properties", {})
            if names and status != "default":
                return f"Answers {status} with {codes(names)}."
    return ""


def resolve(shape: Shape, shapes: Shape) -> Shape:
    """Follow references to the shape itself; of a choice with nothing, take the other one."""
    while True:
        if "$ref" in shape:
            shape = shapes[shape["$ref"].rpartition("/")[2]]
        elif len(choices := _choices(shape)) == 1:
            shape = choices[0]
        else:
            return shape


def _choices(shape: Shape) -> list[Shape]:
    found = shape.get("anyOf") or shape.get("allOf") or []
    return [each for each in found if each.get("type") != "null"]


def kind(shape: Shape, shapes: Shape) -> str:
    """Say in words what a value is."""
    found = resolve(shape, shapes)
    if "enum" in found:
        return "one of " + codes(found["enum"])
    if len(choices := _choices(found)) > 1:
        return " or ".join(kind(each, shapes) for each in choices)
    if found.get("type") == "array":
        return f"a list of {kind(found['items'], shapes)}" if found.get("items") else "a list"
    return _plain_kind(found)


def _plain_kind(shape: Shape) -> str:
    words = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}
    formats = {"date-time": "a moment", "date": "a day", "binary": "a file"}
    said = formats.get(shape.get("format", "")) or words.get(shape.get("type", ""), "")
    said = said or {"object": "an object", "string": "text"}.get(shape.get("type", ""), "anything")
    low, high = shape.get("minimum"), shape.get("maximum")
    return f"{said}, {low} to {high}" if low is not None and high is not None else said
