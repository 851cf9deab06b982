"""A file over HTTP, sent as a form's file or as the body itself."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.http import HttpRequest

from marketing_agent.api.problems import Problem, unprocessable

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
BODY = {"required": True, "content": {"text/csv": _CSV, "multipart/form-data": _FORM}}
"""The body as the OpenAPI document describes it."""


@contextmanager
def received(request: HttpRequest, command: str) -> Iterator[Path]:
    """Give the file for as long as the block lasts; `command` takes it when it is too large.

    Raises:
        Problem: 413 beyond `LARGEST`; 422 without a file, or for an empty one.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST + _FORM_OVERHEAD:
        raise _too_large(command)
    name, chunks = _sent(request)
    with tempfile.TemporaryDirectory(prefix="marketing-agent-import-") as folder:
        file = Path(folder, name)
        _write(file, chunks, command)
        yield file


def _sent(request: HttpRequest) -> tuple[str, Iterable[bytes]]:
    if request.content_type != "multipart/form-data":
        return "upload.csv", iter(lambda: request.read(_CHUNK), b"")
    upload = request.FILES.get("file")
    if upload is None or isinstance(upload, list):
        raise unprocessable("file", "The form has no file called `file`.")
    return safe_name(upload.name or ""), upload.chunks(_CHUNK)


def safe_name(name: str) -> str:
    """Give a plain file name for one that a stranger chose."""
    kept = "".join(letter for letter in Path(name).name if letter.isalnum() or letter in "._-")
    return kept.lstrip(".")[-100:] or "upload.csv"


def _write(file: Path, chunks: Iterable[bytes], command: str) -> None:
    size = 0
    with file.open("wb") as target:
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST:
                raise _too_large(command)
            target.write(chunk)
    if size == 0:
        raise unprocessable("file", "The file is empty.")


def _too_large(command: str) -> Problem:
    sentence = f"The file is larger than 25 MB. Import it on the server: marketing-agent {command}"
    return Problem(413, "too_large", sentence)
