"""/api/prospects/import: a CSV file over HTTP, sent as a form's file or as the body itself."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from marketing_agent.api.callers import actor_of
from marketing_agent.api.problems import Problem, unprocessable
from marketing_agent.api.prospect_shapes import ImportAnswer
from marketing_agent.outbox.imports import import_prospects
from marketing_agent.settings import settings
from marketing_agent.workers import clock

router = Router(tags=["Prospects"])

LARGEST = 25 * 1024 * 1024
"""Bytes; a request answers when all is imported, so larger files belong to the command line."""

_CHUNK = 64 * 1024
_FORM_OVERHEAD = 64 * 1024
_CSV = {"schema": {"type": "string"}}
_FORM = {
    "schema": {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary"}},
    }
}
_BODY = {"required": True, "content": {"text/csv": _CSV, "multipart/form-data": _FORM}}

DryRun = Annotated[bool, Query(description="Say what would happen and change nothing.")]


@router.post("/import", response=ImportAnswer, openapi_extra={"requestBody": _BODY})
def import_csv(request: HttpRequest, dry_run: DryRun = False) -> ImportAnswer:
    """Import a CSV file of up to 25 MB; the same file again changes nothing.

    Send it as `-F file=@prospects.csv` or as `--data-binary @prospects.csv`.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST + _FORM_OVERHEAD:
        raise _too_large()
    with _received(request) as file:
        result = import_prospects(
            file,
            dry_run=dry_run,
            by=actor_of(request),
            now=clock.now(),
            progress=None,
            allow_test_domains=settings().sandbox,
        )
    return ImportAnswer.model_validate(result.as_dict())


@contextmanager
def _received(request: HttpRequest) -> Iterator[Path]:
    name, chunks = _sent(request)
    with tempfile.TemporaryDirectory(prefix="marketing-agent-import-") as folder:
        file = Path(folder, name)
        _write(file, chunks)
        yield file


def _sent(request: HttpRequest) -> tuple[str, Iterable[bytes]]:
    if request.content_type != "multipart/form-data":
        return "upload.csv", iter(lambda: request.read(_CHUNK), b"")
    upload = request.FILES.get("file")
    if upload is None or isinstance(upload, list):
        raise unprocessable("file", "The form has no file called `file`.")
    return _safe(upload.name or ""), upload.chunks(_CHUNK)


def _safe(name: str) -> str:
    kept = "".join(letter for letter in Path(name).name if letter.isalnum() or letter in "._-")
    return kept.lstrip(".")[-100:] or "upload.csv"


def _write(file: Path, chunks: Iterable[bytes]) -> None:
    size = 0
    with file.open("wb") as target:
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST:
                raise _too_large()
            target.write(chunk)
    if size == 0:
        raise unprocessable("file", "The file is empty.")


def _too_large() -> Problem:
    return Problem(
        413,
        "too_large",
        "The file is larger than 25 MB. Import it on the server: "
        "marketing-agent prospects import FILE.csv",
    )
