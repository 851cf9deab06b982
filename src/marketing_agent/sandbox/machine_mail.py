"""What machines answer on somebody's behalf: absences and requests to prove one is a person."""

from datetime import datetime, timedelta
from random import Random

from marketing_agent.sandbox.letter import ReceivedLetter
from marketing_agent.sandbox.mime import mailbox, text_part
from marketing_agent.sandbox.person import Client, Person
from marketing_agent.sandbox.post import DueMail, made_id, post
from marketing_agent.sandbox.quoting import written_date
from marketing_agent.sandbox.reply_mail import thread_fields
from marketing_agent.sandbox.texts import Language, Topic, pick

_SUBJECTS = {
    Language.ENGLISH: "Automatic reply: ",
    Language.GERMAN: "Automatische Antwort: ",
    Language.FRENCH: "Réponse automatique : ",
}


def out_of_office(person: Person, letter: ReceivedLetter, due: datetime, taste: Random) -> DueMail:
    """Answer that the person is away until a date (RFC 3834: null path, Auto-Submitted)."""
    language = taste.choice((Language.ENGLISH, Language.ENGLISH, Language.GERMAN, Language.FRENCH))
    back = due + timedelta(days=taste.randrange(2, 12))
    text = pick(Topic.OUT_OF_OFFICE, language, taste).format(
        day=written_date(back, language),
        colleague=person.colleague,
        colleague_address=person.colleague_address,
    )
    fields = [
        *_from_to(person, letter, "away"),
        ("Subject", f"{_SUBJECTS[language]}{letter.subject}"),
        *thread_fields(letter),
        ("Auto-Submitted", "auto-replied"),
        *_client_marks(person),
    ]
    text = f"{text}\n\n{person.name}\n{person.company}"
    return post(due, letter.envelope_from, "", fields, text_part(text, encoding="base64"))


def challenge(person: Person, letter: ReceivedLetter, due: datetime, taste: Random) -> DueMail:
    """Ask the sender to prove that a person wrote; until then the letter waits."""
    text = pick(Topic.CHALLENGE, Language.ENGLISH, taste)
    text = text.format(subject=letter.subject, company=person.company)
    fields = [
        *_from_to(person, letter, "challenge"),
        ("Subject", f"Please confirm your message: {letter.subject}"),
        *thread_fields(letter),
        ("Auto-Submitted", "auto-replied"),
    ]
    return post(due, letter.envelope_from, "", fields, text_part(text))


def _from_to(person: Person, letter: ReceivedLetter, kind: str) -> list[tuple[str, str]]:
    return [
        ("From", mailbox(person.name, person.address)),
        ("To", letter.sender),
        ("Message-ID", made_id(person.domain, person.address, letter.message_id, kind)),
    ]


def _client_marks(person: Person) -> list[tuple[str, str]]:
    """Give what some mail systems add beside the standard field."""
    if person.client is Client.OUTLOOK:
        return [("X-Auto-Response-Suppress", "All")]
    return [("Precedence", "auto_reply")] if person.client is Client.OLD else []
