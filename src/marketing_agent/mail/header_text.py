"""Header fields as bytes: encoded words, folding, and a hard refusal of smuggled line breaks."""

import base64
import re
from collections.abc import Iterator

LINE = 76  # characters; RFC 2047 §2 limits a line with encoded words, RFC 5322 §2.1.1 asks for 78
_WORD_BYTES = 39  # 52 characters of base64, 12 of wrapping, the name: under 76 (RFC 2047 §2)
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\u0085\u2028\u2029]")
_NOT_TOKEN = re.compile(r"[\s<>,]")
_ATOM_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+\Z")
_LONGEST_WORD = 900  # characters; a longer one cannot be folded under the 998 of RFC 5322 §2.1.1


class HeaderInjectionError(ValueError):
    """A header value carries CR, LF or another control character and would forge headers."""


def checked(name: str, value: str) -> str:
    """Return `value` when it is safe in the header `name`.

    Raises:
        HeaderInjectionError: when it contains a control character other than a tab.
    """
    if _UNSAFE.search(value):
        raise HeaderInjectionError(f"The {name} header contains a line break or control character.")
    return value


def token(name: str, value: str) -> str:
    """Return an address, identifier or URL when nothing in it can end or extend its brackets.

    Raises:
        HeaderInjectionError: when it contains white space, a comma or an angle bracket.
    """
    if _NOT_TOKEN.search(value):
        raise HeaderInjectionError(f"The {name} header cannot hold {value[:80]!r}.")
    return checked(name, value)


def unstructured(name: str, value: str) -> str:
    """Render `Name: value`, encoded (RFC 2047) where needed and folded, without a final CRLF."""
    text = checked(name, value)
    if _needs_encoding(text):
        return f"{name}: " + "\r\n ".join(_encoded_words(text))
    return _folded(f"{name}: {text}")


def structured(name: str, value: str) -> str:
    """Render a header of addresses, identifiers or URLs: folded between words, never encoded."""
    return _folded(f"{name}: {checked(name, value)}")


def mailbox(name: str, display: str, address: str) -> str:
    """Render a header with one mailbox, such as From (RFC 5322 §3.4)."""
    token(name, address)
    if not display:
        return f"{name}: {address}"
    line = f"{name}: {_phrase(checked(name, display))} <{address}>"
    return line if "\r\n" in line else _folded(line)


def _phrase(display: str) -> str:
    plain = display if _ATOM_PHRASE.match(display) else _quoted(display)
    return "\r\n ".join(_encoded_words(display)) if _needs_encoding(plain) else plain


def _quoted(display: str) -> str:
    escaped = display.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _needs_encoding(text: str) -> bool:
    return not text.isascii() or "=?" in text or not _can_be_folded(text)


def _can_be_folded(text: str) -> bool:
    """A line is broken at a blank before a word; one without any, or of blanks alone, is not."""
    if len(text) <= _LONGEST_WORD:
        return True
    words = text.split(" ")
    return " " * _LONGEST_WORD not in text and all(len(word) <= _LONGEST_WORD for word in words)


def _encoded_words(text: str) -> Iterator[str]:
    for chunk in _chunks(text):
        yield f"=?utf-8?b?{base64.b64encode(chunk).decode('ascii')}?="


def _chunks(text: str) -> Iterator[bytes]:
    """Cut UTF-8 at character borders: each encoded word stands for itself (RFC 2047 §5)."""
    data = text.encode("utf-8", "replace")
    start = 0
    while start < len(data):
        end = min(start + _WORD_BYTES, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:  # noqa: PLR2004  UTF-8 continuation
            end -= 1
        yield data[start:end]
        start = end


def _folded(line: str) -> str:
    if len(line) <= LINE:
        return line
    lines: list[str] = []
    current, *words = line.split(" ")
    for word in words:
        if current.strip() and len(current) + 1 + len(word) > LINE and word.strip():
            lines.append(current)
            current = f" {word}"
        else:
            current = f"{current} {word}"
    return "\r\n".join([*lines, current])
