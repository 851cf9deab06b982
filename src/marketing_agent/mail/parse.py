"""Raw mail to a frozen value, once, at the border; hostile input gives an odd value, no error."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property

from marketing_agent.mail.html_text import to_text
from marketing_agent.mail.mime import Headers, Part, read_part
from marketing_agent.mail.words import addresses_in, decode_words, message_ids_in

MAX_BYTES = 25 * 1024 * 1024  # of one mail; what lies behind is not read
MAX_REFERENCES = 100


@dataclass(frozen=True)
class Mail:
    """One inbound mail. Message ids have no brackets, addresses no display name."""

    root: Part
    size: int

    @property
    def headers(self) -> Headers:
        """The top-level header fields."""
        return self.root.headers

    @property
    def truncated(self) -> bool:
        """Whether the mail was longer than MAX_BYTES and its end was not read."""
        return self.size > MAX_BYTES

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Every part in reading order, those of embedded messages included."""
        return tuple(self.root.walk())

    @cached_property
    def message_id(self) -> str | None:
        """The Message-ID, or None when there is none to speak of."""
        return _first_id(self.headers.raw("message-id"))

    @cached_property
    def in_reply_to(self) -> str | None:
        """The first identifier of In-Reply-To."""
        return _first_id(self.headers.raw("in-reply-to"))

    @cached_property
    def references(self) -> tuple[str, ...]:
        """The identifiers of References, oldest first; only the newest hundred."""
        return message_ids_in(self.headers.raw("references"))[-MAX_REFERENCES:]

    @cached_property
    def from_(self) -> str:
        """The address of From, or an empty text."""
        return (_addresses(self.headers, "from") or ("",))[0]

    @cached_property
    def from_name(self) -> str:
        """The display name of From, or an empty text."""
        value = self.headers.get("from")
        return value.partition("<")[0].strip().strip("\"'").strip() if "<" in value else ""

    @cached_property
    def to(self) -> tuple[str, ...]:
        """The addresses of To and Cc."""
        return _addresses(self.headers, "to") + _addresses(self.headers, "cc")

    @cached_property
    def subject(self) -> str:
        """The decoded subject on one line."""
        return " ".join(self.headers.get("subject").split())

    @cached_property
    def date(self) -> datetime | None:
        """The Date header in UTC, or None when it is missing or nonsense."""
        return _date(self.headers.raw("date"))

    @cached_property
    def text(self) -> str:
        """What the sender wrote as plain text; an HTML-only mail is turned into text."""
        plain = _joined(self.root, "text/plain")
        return plain if plain.strip() or not self.html else to_text(self.html)

    @cached_property
    def html(self) -> str:
        """The HTML parts, without those of embedded messages."""
        return _joined(self.root, "text/html")


def parse(raw: bytes) -> Mail:
    """Read one mail with any line ends; never raises."""
    data = raw[:MAX_BYTES].replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n")
    return Mail(read_part(data), len(raw))


def _first_id(value: str) -> str | None:
    found = message_ids_in(value)
    if found:
        return found[0]
    bare = value.strip().strip("<>")
    return bare if bare and " " not in bare else None


def _addresses(headers: Headers, name: str) -> tuple[str, ...]:
    value = headers.raw(name)
    return addresses_in(value) or addresses_in(decode_words(value))


def _date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value[:200])
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _joined(root: Part, kind: str) -> str:
    found = [part.text for part in root.own() if part.content_type == kind and not _attached(part)]
    return "\n".join(found)


def _attached(part: Part) -> bool:
    return part.headers.raw("content-disposition").lower().startswith("attachment")
