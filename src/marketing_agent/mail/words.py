"""Header words out of the wire: charsets, RFC 2047 encoded words, addresses, message ids."""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, a2b_qp
from encodings.aliases import aliases
from functools import lru_cache

MAX_HEADER = 16_384  # characters of one header that are looked at; nothing honest is longer

_ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,4000})\?=")
_BETWEEN = re.compile(r"(\?=)\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_MARKS = r"\s<>\"'(),;:\[\]@|\u3001\u3002\u3008-\u3011\uff08\uff09\uff0c\uff1a\uff1b\uff1c\uff1e\u201c-\u201e"
_ADDRESS = re.compile(rf"(?<![^{_MARKS}])[^{_MARKS}]{{1,128}}@[^{_MARKS}]{{1,255}}")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,996})>")
_NO_ALIAS = (
    "cp720 cp737 cp856 cp874 cp875 cp1006 koi8_t koi8_u kz1048 mac_arabic mac_croatian mac_farsi"
)
# Python looks for an unknown name on the disk, and remembers for ever that it is unknown; among the
# names that it knows are codecs that are no charsets, or take quadratic time on hostile input.
_CHARSETS = frozenset(
    {*aliases, *aliases.values(), *_NO_ALIAS.split(), "mac_romanian", "utf_8_sig"}
)
_NOT_IN_NAMES = re.compile(r"[^a-z0-9.]+")
_HALVES = re.compile(
    "[\ud800-\udfff]"
)  # of a character; UTF-7 can spell them, nothing can store them


def decode_charset(data: bytes, charset: str) -> str:
    """Decode bytes by a charset that may be wrong, unknown or hostile; never raises."""
    for name in (_codec(charset), "utf_8"):
        if name is not None:
            try:
                return _whole(data.decode(name))
            except (LookupError, ValueError):
                continue
    return data.decode("cp1252", "replace")


def decode_words(value: str) -> str:
    """Decode the encoded words (RFC 2047) of one header value; broken ones stay as they are."""
    if "=?" not in value:
        return value
    joined = _BETWEEN.sub(r"\1", value[:MAX_HEADER])  # §6.2: space between two words is not text
    return _ENCODED.sub(_decode_word, joined)


def addresses_in(text: str) -> tuple[str, ...]:
    """All bare addresses in a text, in order, without trailing punctuation."""
    return tuple(found.rstrip(".!?*>") for found in _ADDRESS.findall(text) if "@" in found)


def message_ids_in(text: str) -> tuple[str, ...]:
    """All `<…>` identifiers in a text, in order, without the brackets."""
    return tuple(_MESSAGE_ID.findall(text))


def _decode_word(match: re.Match[str]) -> str:
    charset, kind, payload = match.groups()
    raw = payload.encode("latin-1", "replace")
    data = a2b_qp(raw, header=True) if kind in "qQ" else decode_base64(raw)
    return decode_charset(data, charset.partition("*")[0])  # RFC 2231 §5 appends *language


@lru_cache(maxsize=256)
def _codec(charset: str) -> str | None:
    """Python's name for a charset, or None where it knows none."""
    name = _NOT_IN_NAMES.sub("_", charset.strip().lower()).strip("_")
    return name if name in _CHARSETS else None


def _whole(text: str) -> str:
    return text if text.isascii() else _HALVES.sub("\N{REPLACEMENT CHARACTER}", text)


def decode_base64(data: bytes) -> bytes:
    """Decode base64 that may lack padding or carry junk; what cannot be decoded stays as it is."""
    try:
        return a2b_base64(data + b"==")
    except Base64Error:
        return data
