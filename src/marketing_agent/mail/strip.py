"""What the writer wrote: without the mail that is answered, without signature.

One pass over the lines; each is compared with marks of bounded length, so the time is linear.
"""

import re

from marketing_agent.mail.html_text import Cut, Tag, to_text
from marketing_agent.mail.quote_marks import header_block, introduction, marks, shared_line

MAX_TEXT = 500_000  # characters; what lies behind is quoted text in any honest mail
MAX_LINES = 3000  # as above

_QUOTED = re.compile(r"^\s{0,3}[>|]")
_DELIMITER = re.compile(r"^\s*[-*#~=_+\u1427\s]*$")
_SIGNATURE = re.compile(r"^\s{0,3}(?:--|\u2014|__)\s*$")
_FORWARDED = re.compile(
    r"^\s*-{2,}\s*(?:forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado"
    r"|messaggio inoltrato|mensagem encaminhada|doorgestuurd bericht)\b|^begin forwarded message:",
    re.IGNORECASE,
)
_QUOTE_CLASS = re.compile(
    r"gmail_quote|yahoo_quoted|moz-cite-prefix|protonmail_quote|zmail_extra|tutanota_quote"
    r"|type\s*=\s*[\"']?cite|class\s*=\s*[\"']?(?:quote|wordquote)\b"
)
_QUOTE_START = re.compile(
    r"divrplyfwdmsg|olk_src_body_section|stopspelling|appendonsend|mail-editor-reference-message"
    r"|border-top:\s?(?:solid )?#?(?:b5c4df|e1e1e1)|border:none;\s?border-top:\s?solid"
)


def strip_reply(text: str) -> str:
    """Return the reply in a plain-text body; the whole text when nothing else would remain."""
    body = text[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    lines = body.split("\n")[:MAX_LINES]
    kept = _kept(lines)
    return "\n".join(kept).strip() or _unquoted(lines)


def strip_html(html: str) -> str:
    """Return the reply in an HTML body as plain text."""
    without = to_text(html, _judge)
    return strip_reply(without or to_text(html))


def _judge(tag: Tag) -> Cut:
    if _QUOTE_START.search(tag.attributes):
        return Cut.REST
    if _QUOTE_CLASS.search(tag.attributes):
        return Cut.ELEMENT
    return Cut.KEEP


def _kept(lines: list[str]) -> list[str]:
    """Walk the lines, leaving out quotes, until something ends the writer's part."""
    kept: list[str] = []
    position = 0
    while position < len(lines):
        line = lines[position]
        if _FORWARDED.match(line):
            return kept + lines[position:]  # the writer chose to show it
        if _ends_reply(lines, position):
            break
        taken = introduction(lines, position)
        if taken and _rest_is_quoted(lines, position + taken) and any(map(str.strip, kept)):
            break
        before = None if taken or _QUOTED.match(line) else shared_line(line)
        if before is not None:
            return _trimmed([*kept, before])
        if not taken and not _QUOTED.match(line):
            kept.append(line)
        position += taken or 1
    return _trimmed(kept)


def _ends_reply(lines: list[str], position: int) -> bool:
    line = lines[position]
    if _SIGNATURE.match(line) or marks().original.match(line[:200]):
        return True
    return _is_device(line) or header_block(lines, position)


def _is_device(line: str) -> bool:
    """Whether a telephone signs; a sentence that goes on ("…my desk, is easier.") does not."""
    bare = line.strip()
    return len(bare) < 80 and not bare.endswith(".") and marks().device.match(bare) is not None  # noqa: PLR2004  a signature's line is short


def _rest_is_quoted(lines: list[str], start: int) -> bool:
    """Without > marks behind an introduction, everything behind it is the old mail."""
    following = next((line for line in lines[start : start + 10] if line.strip()), "")
    return not _QUOTED.match(following)


def _trimmed(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and _DELIMITER.match(lines[end - 1]):
        end -= 1
    return lines[:end]


def _unquoted(lines: list[str]) -> str:
    """The fallback: the text with its quote marks taken off, better than an empty reply."""
    return "\n".join(line for line in lines if not _QUOTED.match(line)).strip()
