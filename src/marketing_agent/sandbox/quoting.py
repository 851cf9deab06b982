"""How mail programs quote the letter they answer, in three languages."""

from collections.abc import Callable
from datetime import datetime

from marketing_agent.sandbox.letter import ReceivedLetter
from marketing_agent.sandbox.person import Client, Person
from marketing_agent.sandbox.texts import Language

_DAYS = {
    Language.ENGLISH: (
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ),
    Language.GERMAN: (
        *("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    ),
    Language.FRENCH: ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
}
_MONTHS = {
    Language.ENGLISH: (
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
    Language.GERMAN: (
        *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli"),
        *("August", "September", "Oktober", "November", "Dezember"),
    ),
    Language.FRENCH: (
        *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
        *("août", "septembre", "octobre", "novembre", "décembre"),
    ),
}
_FIELDS = {
    Language.ENGLISH: ("From:", "Sent:", "To:", "Subject:"),
    Language.GERMAN: ("Von:", "Gesendet:", "An:", "Betreff:"),
    Language.FRENCH: ("De :", "Envoyé :", "À :", "Objet :"),
}
_ORIGINAL = {
    Language.ENGLISH: "Original Message",
    Language.GERMAN: "Ursprüngliche Nachricht",
    Language.FRENCH: "Message d'origine",
}
_SHORT = 3  # letters of an abbreviated month or day


def written_date(at: datetime, language: Language) -> str:
    """Write a date as people do: `Monday, 2 March 2026`, `2. März 2026`, `lundi 2 mars 2026`."""
    day, month = _DAYS[language][at.weekday()], _MONTHS[language][at.month - 1]
    return {
        Language.ENGLISH: f"{day}, {at.day} {month} {at.year}",
        Language.GERMAN: f"{day}, {at.day}. {month} {at.year}",
        Language.FRENCH: f"{day} {at.day} {month} {at.year}",
    }[language]


def with_quote(person: Person, answer: str, letter: ReceivedLetter) -> str:
    """Put the letter under the answer (or above it), as the person's mail program does."""
    return _STYLES[person.client](person, answer, letter)


def attribution(person: Person, letter: ReceivedLetter) -> str:
    """Write the line that introduces a quote."""
    at, who = letter.date, f"{letter.sender_name} <{letter.sender}>"
    if person.language is Language.GERMAN:
        return f"Am {_short_day(at, person)}., {at:%d.%m.%Y} um {at:%H:%M} Uhr schrieb {who}:"
    if person.language is Language.FRENCH:
        return f"Le {written_date(at, person.language)} à {at:%H:%M}, {who} a écrit :"
    month = _MONTHS[Language.ENGLISH][at.month - 1][:_SHORT]
    if person.client in (Client.APPLE, Client.PHONE):
        return f"On {at.day} {month} {at.year}, at {at:%H:%M}, {who} wrote:"
    hour = at.hour % 12 or 12
    noon = "AM" if at.hour < 12 else "PM"  # noqa: PLR2004  twelve hours a half day
    clock = f"{hour}:{at:%M} {noon}"
    return f"On {_short_day(at, person)}, {month} {at.day}, {at.year} at {clock} {who} wrote:"


def _short_day(at: datetime, person: Person) -> str:
    length = 2 if person.language is Language.GERMAN else _SHORT
    return _DAYS[person.language][at.weekday()][:length]


def _marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _quote_below(person: Person, answer: str, letter: ReceivedLetter) -> str:
    return f"{answer}\n\n{attribution(person, letter)}\n\n{_marked(letter.text)}\n"


def _quote_above(person: Person, answer: str, letter: ReceivedLetter) -> str:
    return f"{attribution(person, letter)}\n{_marked(letter.text)}\n\n{answer}\n"


def _from_a_phone(person: Person, answer: str, letter: ReceivedLetter) -> str:
    return _quote_below(person, f"{answer}\n\nSent from my phone", letter)


def head_lines(person: Person, letter: ReceivedLetter) -> str:
    """Write the four lines over a letter that is quoted without marks."""
    when = f"{written_date(letter.date, person.language)} {letter.date:%H:%M}"
    values = (f"{letter.sender_name} <{letter.sender}>", when, letter.to, letter.subject)
    fields = _FIELDS[person.language]
    return "\n".join(f"{field} {value}" for field, value in zip(fields, values, strict=True))


def _outlook(person: Person, answer: str, letter: ReceivedLetter) -> str:
    head = head_lines(person, letter)
    return f"{answer}\n\n{'_' * 32}\n{head}\n\n{letter.text}\n"


def _old(person: Person, answer: str, letter: ReceivedLetter) -> str:
    rule = f"-----{_ORIGINAL[person.language]}-----"
    return f"{answer}\n\n{rule}\n{head_lines(person, letter)}\n\n{letter.text}\n"


_STYLES: dict[Client, Callable[[Person, str, ReceivedLetter], str]] = {
    Client.GMAIL: _quote_below,
    Client.OUTLOOK: _outlook,
    Client.APPLE: _quote_below,
    Client.PHONE: _from_a_phone,
    Client.THUNDERBIRD: _quote_above,
    Client.OLD: _old,
}
