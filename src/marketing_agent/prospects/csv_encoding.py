"""Which encoding a file was written in, found by one pass over its bytes in flat memory."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from marketing_agent.prospects.errors import ImportFileError

_CHUNK = 1 << 20
_BROKEN = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f\udc80-\udcff]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
)
_ADVICE = "Save it as CSV (UTF-8) and import that file."


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to decode a file; `errors` as `open` takes it.

    With *surrogateescape* a byte that does not fit comes through as a lone surrogate, so that the
    one row that holds it can be refused and the others imported.
    """

    name: str
    errors: str = "strict"


def detect_encoding(path: Path) -> Encoding:
    """Tell UTF-8, UTF-16 and Windows-1252 apart.

    Raises:
        ImportFileError: when the file is no text, or UTF-16 that breaks off.
    """
    with path.open("rb") as stream:
        head = stream.read(4096)
        _refuse_other_formats(path, head)
        name = _by_mark(head)
        stream.seek(0)
        if name.startswith("utf-16"):
            _check_utf16(path, stream, name)
            return Encoding(name)
        return Encoding(name, "surrogateescape") if name else _by_content(stream)


def _refuse_other_formats(path: Path, head: bytes) -> None:
    for magic, kind in _NOT_TEXT:
        if head.startswith(magic):
            raise ImportFileError(f"{path.name} is {kind}, not a CSV file. {_ADVICE}")


def _by_mark(head: bytes) -> str:
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    # Without a mark, UTF-16 shows as a NUL in every second byte of Latin text.
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    return "utf-16-be" if head[::2].count(0) > len(head) // 4 else ""


def _check_utf16(path: Path, stream: BinaryIO, name: str) -> None:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise ImportFileError(
            f"{path.name} begins as UTF-16 but cannot be read as such ({error.reason}). {_ADVICE}"
        ) from None


def _by_content(stream: BinaryIO) -> Encoding:
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = broken = 0
    while chunk := stream.read(_CHUNK):
        text = decoder.decode(chunk)
        if not text.isascii():
            broken += len(_BROKEN.findall(text))
            good += len(_BEYOND_ASCII.findall(text))
    # A stray byte in a UTF-8 file must not turn every umlaut of the others into two letters.
    return Encoding("utf-8" if good >= broken else "cp1252", "surrogateescape")
