"""The mail that a report speaks of: attached, as headers only, or pasted under the report's text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from marketing_agent.mail.mime import Headers, Part, split_head
from marketing_agent.mail.parse import Mail
from marketing_agent.mail.words import addresses_in, message_ids_in

MAX_REPORT = 200_000  # characters of a report's text that are read
MAX_BODY = 200_000  # bytes of a report in which a Message-ID line is looked for
MAX_HEAD = 20_000  # bytes of a letter in which a broken header is looked through

_ATTACHED_HEADERS = (
    "text/rfc822-headers",
    "text/rfc822",
    "message/rfc822-headers",
    "message/partial",
)
_CUTTING = ("text", "letter", "nachricht", "mens", "messaggio", "bericht", "header", "below")
_TELLING = re.compile(
    r"(received|return-path|from|to|subject|date|message-id|mime-version|content-type|x-mailer)\s*:",
    re.IGNORECASE,
)
_FILE_HEAD = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]")
_ID_LINE = re.compile(rb"(?im)^message-id:[ \t]{0,3}(?:\n[ \t]{1,8})?(<[^<>\s]{1,500}>)")
_ANY_ID = re.compile(
    rb"(?im)^[ \t>|]{0,8}(?:original-)?message[- ]id:[ \t]{0,3}(?:\n[ \t]{1,8})?<([^<>\s]{1,500})>"
)
_FIELD_LINE = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,60}\s?:")
_MESSAGE = r"(?:message|mail|e-?mail|letter|text)"
LONGEST_CUT = 200  # characters of a line at which a report ends and the letter begins

_CUT = re.compile(
    r"^[ \t]{0,4}(?:[-=_*+#>|]{2,}[ \t]*)?(?:"
    rf"(?:start of )?(?:this is )?(?:a |the )?copy of (?:the|your) (?:original )?{_MESSAGE}"
    r"|(?:start of |the |your )?(?:original|unsent|returned|undelivered|rejected|bounced|failed) ?"
    rf"{_MESSAGE}(?: headers?| text)?(?: (?:as )?follows?| is attached| below)?"
    r"|message headers? follow|below this line is .{0,60}"
    rf"|(?:the )?(?:header|headers|text) (?:of|from) .{{0,20}}{_MESSAGE}.{{0,20}}"
    r"|returned message|included is a copy of the message header"
    r"|(?:kopie|kopf|kopfzeilen|header) der .{0,20}nachricht.{0,20}|original-?nachricht"
    r"|urspr(?:ü|ue)ngliche nachricht|message (?:d'origine|original)|en-?t(?:ê|e)tes? d.{0,40}"
    r"|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht"
    r"|(?:исходное|оригинальное) (?:сообщение|письмо).{0,20}|元のメ.{0,20}|オリジナル.{0,20}"
    r"|.{0,12}原(?:文|信件|始邮件).{0,20}|원본 메시지.{0,20}"
    r")[\s:.=_*+#<|-]{0,80}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Original:
    """What a report shows of the mail it speaks of."""

    headers: Headers

    @property
    def message_id(self) -> str | None:
        """Its Message-ID without brackets."""
        found = message_ids_in(self.headers.raw("message-id"))
        return found[0] if found else self.headers.raw("message-id").strip(" <>") or None

    @property
    def to(self) -> tuple[str, ...]:
        """Whom it was written to."""
        return addresses_in(self.headers.raw("to"))

    @property
    def senders(self) -> tuple[str, ...]:
        """Whom it came from."""
        names = ("from", "return-path", "sender", "reply-to", "errors-to")
        return tuple(one for name in names for one in addresses_in(self.headers.raw(name)))


def id_in_body(mail: Mail) -> str | None:
    """The last resort: a Message-ID line anywhere behind the mail's own header."""
    found = _ANY_ID.search(mail.root.body[:MAX_BODY])
    return found[1].decode("latin-1") if found else None


def find_original(mail: Mail) -> tuple[str, Original | None]:
    """Return the report's own text and the original below or beside it."""
    text, pasted = split_report(report_text(mail))
    return text, _attached(mail) or pasted


def report_text(mail: Mail) -> str:
    """The words of a report: all text parts of the mail's own, delivery-status left out."""
    return mail.text[:MAX_REPORT]


def split_report(text: str) -> tuple[str, Original | None]:
    """Cut a text at the original message pasted into it, if there is one."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        if _may_cut(line) and _CUT.match(line) and any(one.strip() for one in lines[:number]):
            return _cut(lines, number, number + 1)
        if _begins_headers(lines, number):
            return _cut(lines, number, number)
    return text, None


def _may_cut(line: str) -> bool:
    """Whether a word of a cut stands in the line; a pattern for each line would cost more."""
    if len(line) > LONGEST_CUT:
        return False
    low = line.lower()
    return not low.isascii() or "message" in low or "mail" in low or any(w in low for w in _CUTTING)


def _cut(lines: list[str], end: int, start: int) -> tuple[str, Original | None]:
    headers = _pasted_headers(lines[start:])
    found = headers is not None and bool(headers.lines)
    return "\n".join(lines[:end]), Original(headers) if found and headers else None


def _begins_headers(lines: list[str], number: int) -> bool:
    """Three fields in a row, two of them telling, begin a header; a letter does not talk so."""
    if not _TELLING.match(lines[number]):
        return False
    fields = 0
    telling = 0
    for line in lines[number : number + 12]:
        if line[:1] in (" ", "\t"):
            continue
        if not _FIELD_LINE.match(line):
            break
        fields += 1
        telling += bool(_TELLING.match(line))
    return fields >= 3 and telling >= 2  # noqa: PLR2004  the rule of the docstring


def _pasted_headers(lines: list[str]) -> Headers | None:
    """The first block of header lines after a cut, indented or not."""
    start = next(
        (i for i, line in enumerate(lines[:30]) if _TELLING.match(line.lstrip(" >|"))), None
    )
    if start is None:
        return None
    margin = len(lines[start]) - len(lines[start].lstrip(" >|"))
    block = takewhile(str.strip, (line[margin:] for line in lines[start : start + 300]))
    joined = "\n".join(_refolded(line) for line in block)
    return split_head(joined.encode("utf-8", "replace"))[0]


def _refolded(line: str) -> str:
    """A continuation line lost its indent when it was pasted; give it back."""
    return line if line[:1] in (" ", "\t") or _FIELD_LINE.match(line) else f" {line}"


def _attached(mail: Mail) -> Original | None:
    """The first attached letter that says which it is, else the first one."""
    found = [Original(one) for one in _heads(mail) if one.lines]
    return next((one for one in found if one.message_id), next(iter(found), None))


def _heads(mail: Mail) -> Iterator[Headers]:
    for part in mail.parts[1:]:
        headers = _headers_in(part)
        if headers is not None:
            yield headers


def _headers_in(part: Part) -> Headers | None:
    if part.content_type in ("message/rfc822", "message/global") and part.children:
        return _mended(part.children[0].headers, part.body)
    if part.content_type in _ATTACHED_HEADERS:
        return _mended(split_head(part.payload.lstrip(b"\n"))[0], part.payload)
    if "message-id" in part.headers and "from" in part.headers:
        return part.headers  # pasted behind a boundary without a header of its own
    return _attached_text(part)


def _attached_text(part: Part) -> Headers | None:
    """A file that begins with the header of a letter."""
    if part.children or len(part.body) > MAX_BODY:
        return None
    if not _FILE_HEAD.match(part.payload.lstrip(b"\n")[:200]):
        return None
    headers = split_head(part.payload.lstrip(b"\n"))[0]
    return headers if "message-id" in headers and "from" in headers else None


def _mended(headers: Headers, body: bytes) -> Headers:
    """A gateway that unfolds lines breaks the header apart; the Message-ID may stand below."""
    if "message-id" in headers:
        return headers
    found = _ID_LINE.search(body[:MAX_HEAD])
    if found is None:
        return headers
    return headers.having("message-id", found[1])
