"""The mail that a report speaks of: attached, as headers only, or pasted under the report's text."""

import re
from dataclasses import dataclass
from itertools import takewhile

from marketing_agent.mail.mime import Headers, Part, split_head
from marketing_agent.mail.parse import Mail
from marketing_agent.mail.words import addresses_in, message_ids_in

MAX_REPORT = 200_000  # characters of a report's text that are read

_ATTACHED_HEADERS = (
    "text/rfc822-headers",
    "text/rfc822",
    "message/rfc822-headers",
    "message/partial",
)
_TELLING = re.compile(
    r"(received|return-path|from|to|subject|date|message-id|mime-version|content-type|x-mailer)\s*:",
    re.IGNORECASE,
)
_FIELD_LINE = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,60}\s?:")
_CUT = re.compile(
    r"^\s{0,4}(?:[-=_*+#>|]{2,}\s*)?(?:"
    r"(?:start of )?(?:this is )?(?:a |the )?copy of (?:the|your) (?:original )?(?:message|mail)"
    r"|(?:start of |the )?(?:original|unsent|returned|undelivered|rejected|bounced|failed) ?"
    r"(?:message|mail|e-?mail|text)(?: headers?| text)?(?: follows?| is attached)?"
    r"|message headers? follow|below this line is .{0,60}"
    r"|(?:the )?(?:header|headers|text) (?:of|from) .{0,20}(?:message|mail).{0,20}"
    r"|returned message|included is a copy of the message header|your original message"
    r")\s*[:.]?\s*[-=_*+#<|.]*:?\s*$",
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
        if _CUT.match(line) and any(one.strip() for one in lines[:number]):
            return _cut(lines, number, number + 1)
        if _begins_headers(lines, number):
            return _cut(lines, number, number)
    return text, None


def _cut(lines: list[str], end: int, start: int) -> tuple[str, Original | None]:
    headers = _pasted_headers(lines[start:])
    found = headers is not None and bool(headers.fields)
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
    for part in mail.parts[1:]:
        headers = _headers_in(part)
        if headers is not None and headers.fields:
            return Original(headers)
    return None


def _headers_in(part: Part) -> Headers | None:
    if part.content_type in ("message/rfc822", "message/global") and part.children:
        return part.children[0].headers
    if part.content_type in _ATTACHED_HEADERS:
        return split_head(part.payload.lstrip(b"\n"))[0]
    return None
