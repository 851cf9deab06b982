"""Answers that people write, in the shapes that their mail programs give them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from html import escape
from random import Random

from marketing_agent.sandbox.letter import ReceivedLetter, UnsubscribeAddress
from marketing_agent.sandbox.mime import Part, mailbox, multipart, text_part
from marketing_agent.sandbox.person import Client, Person
from marketing_agent.sandbox.post import DueMail, made_id, post
from marketing_agent.sandbox.quoting import attribution, head_lines, with_quote
from marketing_agent.sandbox.texts import Language, Topic, pick

_ENCODINGS = {
    Client.GMAIL: "quoted-printable",
    Client.OUTLOOK: "quoted-printable",
    Client.APPLE: "quoted-printable",
    Client.PHONE: "base64",
    Client.THUNDERBIRD: "8bit",
    Client.OLD: "8bit",
}


class Voice(StrEnum):
    """Whose address an answer comes from."""

    SELF = "self"
    ALIAS = "alias"
    COLLEAGUE = "colleague"


@dataclass(frozen=True, slots=True)
class Manner:
    """How an answer is given: what about, by whom, and whether it can be recognised as one."""

    topic: Topic
    language: Language = Language.ENGLISH
    voice: Voice = Voice.SELF
    threaded: bool = True
    folder: str = "INBOX"


def reply(
    person: Person, letter: ReceivedLetter, manner: Manner, due: datetime, taste: Random
) -> DueMail:
    """Write the person's answer to `letter`, to arrive at `due`."""
    name, address = _author(person, manner.voice)
    words = _filled(pick(manner.topic, manner.language, taste), person, letter)
    answer = f"{words}\n\n{_signature(person, name)}"
    fields = [
        ("From", mailbox(name, address)),
        ("To", mailbox(letter.sender_name, letter.reply_to)),
        ("Subject", reply_subject(person, letter.subject)),
        ("Message-ID", made_id(person.domain, address, letter.message_id, manner.topic)),
        *(thread_fields(letter) if manner.threaded else ()),
    ]
    content = _content(person, answer, letter)
    return post(due, letter.reply_to, address, fields, content, folder=manner.folder)


def unsubscribe(person: Person, at: UnsubscribeAddress, due: datetime) -> DueMail:
    """Write what a mail program sends when its user presses "unsubscribe"; it quotes nothing."""
    fields = [
        ("From", mailbox(person.name, person.address)),
        ("To", at.address),
        ("Subject", at.subject),
        ("Message-ID", made_id(person.domain, person.address, at.address)),
    ]
    return post(due, at.address, person.address, fields, text_part(at.body or at.subject))


def thread_fields(letter: ReceivedLetter) -> Iterator[tuple[str, str]]:
    """Give the fields that tie an answer to its letter (RFC 5322 section 3.6.4)."""
    yield "In-Reply-To", letter.message_id
    yield "References", f"{letter.references} {letter.message_id}".strip()


def reply_subject(person: Person, subject: str) -> str:
    """Put `Re:`, or the mail program's word for it, before the subject once."""
    german = person.language is Language.GERMAN
    mark = "AW: " if german else "RE: " if person.client is Client.OUTLOOK else "Re: "
    return subject if subject.lower().startswith(("re:", "aw:")) else mark + subject


def _author(person: Person, voice: Voice) -> tuple[str, str]:
    return {
        Voice.SELF: (person.name, person.address),
        Voice.ALIAS: (person.name, person.alias),
        Voice.COLLEAGUE: (person.colleague, person.colleague_address),
    }[voice]


def _filled(text: str, person: Person, letter: ReceivedLetter) -> str:
    return text.format(
        sender=letter.sender_name.split()[0],
        company=person.company,
        colleague=person.colleague,
        colleague_address=person.colleague_address,
    )


def _signature(person: Person, name: str) -> str:
    if person.client is Client.PHONE:
        return name.split(maxsplit=1)[0]
    mark = "-- \n" if person.client is Client.THUNDERBIRD else ""
    return f"{mark}{name}\n{person.role}, {person.company}\n{person.phone}"


def _content(person: Person, answer: str, letter: ReceivedLetter) -> Part:
    plain = text_part(with_quote(person, answer, letter), encoding=_ENCODINGS[person.client])
    if person.client not in (Client.GMAIL, Client.OUTLOOK):
        return plain
    return multipart("alternative", [plain, _html(person, answer, letter)])


def _html(person: Person, answer: str, letter: ReceivedLetter) -> Part:
    quote = _outlook_quote if person.client is Client.OUTLOOK else _gmail_quote
    page = (
        f'<html><body><div dir="ltr">{_rich(answer)}</div><br>\n'
        f"{quote(person, letter)}</body></html>"
    )
    return text_part(page, "html", "quoted-printable")


def _gmail_quote(person: Person, letter: ReceivedLetter) -> str:
    return (
        f'<div class="gmail_quote"><div class="gmail_attr">{_rich(attribution(person, letter))}'
        f'</div><blockquote class="gmail_quote">{_rich(letter.text)}</blockquote></div>'
    )


def _outlook_quote(person: Person, letter: ReceivedLetter) -> str:
    return (
        f'<hr><div id="divRplyFwdMsg">{_rich(head_lines(person, letter))}</div>'
        f"<div>{_rich(letter.text)}</div>"
    )


def _rich(text: str) -> str:
    return "<br>\n".join(escape(line) for line in text.splitlines())
