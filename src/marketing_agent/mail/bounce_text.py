"""Bounces told in prose: whether a mail is one, and what it says of each recipient.

The knowledge is data (`bounce_text.toml`); this module says how it is applied. A mail is a report
when two of three witnesses agree: who sends it, its subject, its first sentences.
"""

from marketing_agent.mail.failed_addresses import failed_addresses, names_strongly
from marketing_agent.mail.original import Original
from marketing_agent.mail.parse import Mail
from marketing_agent.mail.recipient import Recipient, judged
from marketing_agent.mail.report_words import Told, senders, told_by

MAX_LINE = 600  # characters of one line

_NULL_SENDERS = frozenset({"<>", "< >", "<MAILER-DAEMON>"})
_FORWARDED = ("fw:", "fwd:", "wg:", "tr:", "rv:", "i:", "vs:", "enc:", "doorst:", "re:", "aw:")


def is_report(mail: Mail, text: str, original: Original | None) -> bool:
    """Whether a mail without RFC 3464 fields reports a failure; `text` is its own words."""
    if "x-failed-recipients" in mail.headers:
        return True
    named = Told.SUBJECTS in told_by(mail.subject[:MAX_LINE])
    machine = is_from_machine(mail)
    if not machine and (not named or _is_answer(mail)):
        return False
    told = told_by(text)
    if machine and Told.SUCCESS in told:
        return False
    opened = Told.OPENINGS in told
    if machine and _is_daemon(mail):
        return named or opened or _shows_failure(mail, text, original)
    if machine and named and (opened or original is not None):
        return True
    return opened and _is_witnessed(mail, text, original)


def read_recipients(mail: Mail, text: str, original: Original | None) -> tuple[Recipient, ...]:
    """The recipients that the report names, classified by the words beside each."""
    addresses = failed_addresses(mail, text, original)
    delayed = Told.DELAYED in told_by(text)
    words = _told_of(addresses, text)
    return tuple(judged(one, None, words[one.lower()], delayed=delayed) for one in addresses)


def is_from_machine(mail: Mail) -> bool:
    """Whether a server sent the mail: by its name, or because it takes no answer."""
    if mail.root.content_type == "multipart/report":
        return True
    if mail.headers.raw("return-path").strip() in _NULL_SENDERS:
        return True
    return _is_daemon(mail)


def _is_daemon(mail: Mail) -> bool:
    """Whether a server sent the mail in its own name."""
    return senders().daemons.search(_sender(mail)) is not None


def _is_witnessed(mail: Mail, text: str, original: Original | None) -> bool:
    """Whether something besides the words speaks for a report under a name that is no server's."""
    if original is not None or senders().managers.search(_sender(mail)):
        return True
    machine = is_from_machine(mail) or senders().programs.search(_sender(mail)) is not None
    return machine and names_strongly(mail, text, original)


def _sender(mail: Mail) -> str:
    return mail.headers.get("from")[:500]


def _is_answer(mail: Mail) -> bool:
    """A person's answer to a report, or a forward of one, is a person's mail."""
    return mail.in_reply_to is not None or mail.subject.lower().startswith(_FORWARDED)


def asks_for_proof(text: str) -> bool:
    """Whether a program wants the sender to confirm himself before it delivers."""
    return Told.CHALLENGE in told_by(text)


def _shows_failure(mail: Mail, text: str, original: Original | None) -> bool:
    """In a language that we do not know: a server returns a letter and names an address."""
    return original is not None and names_strongly(mail, text, original)


def _told_of(addresses: tuple[str, ...], text: str) -> dict[str, str]:
    """The words about each address: from its first mention to the next one's; alone, all."""
    if len(addresses) < 2:  # noqa: PLR2004  nothing to divide
        return {one.lower(): text for one in addresses}
    low = text.lower()
    places = sorted((low.find(one.lower()), one.lower()) for one in addresses)
    ends = [place for place, _ in places[1:]] + [len(text)]
    return {
        one: text if place < 0 else text[place:end]
        for (place, one), end in zip(places, ends, strict=True)
    }
