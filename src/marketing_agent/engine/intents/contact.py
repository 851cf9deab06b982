"""Whom a reply names instead of its writer: by address, by name, or both."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from marketing_agent.engine.intents.text import fold

_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_TITLE = (
    r"(?:(?:Herrn?|Frau|Fr|Hr|Mr|Mrs|Ms|Miss|Mister|Dr|Prof|Mme|Mlle|M|Madame|Monsieur|Sr|Sra|Srta|Señora?|señora?"
    r"|Don|Doña|don|doña|Sig|Sig\.ra|Signora?|signora?|Dott|Dott\.ssa|dott|dott\.ssa|Ing|ing|Avv|avv|Rag|rag"
    r"|Geom|geom|Arch|arch|meneer|mevrouw|Meneer|Mevrouw|heer|mevr|dhr|Dhr|Mw|mw|Eng|Engª|Engº|Dra|dr|dra|Dª|Senhora?|senhora?|sr|sra|sig|sig\.ra"
    r"|collega|colleague|Kolleg(?:en|in)|Dipl|Mag|Mag\.a|Me|Maître|drs|ir|mr)\.?[ªº]?\.?\s+)"
)
_NAME = (
    r"[A-ZÀ-ÖØ-ÞŁŚŻŠŽČĆĐ][\w'’´-]{1,25}"
    r"(?:\s+(?:(?:van|von|de|der|den|del|della|di|da|dos|das|do|la|le|du|zu|zur|ten|ter|e|y|i|el|El|van der|van den|von der|de la|de los)\s+){0,2}"
    r"[A-ZÀ-ÖØ-ÞŁŚŻŠŽČĆĐ][\w'’´-]{1,25}){0,3}"
)
_TITLED = re.compile(rf"(?<!\w){_TITLE}{{1,3}}(?P<name>{_NAME})")
_TWO = re.compile(rf"(?<![\w@.])(?P<name>{_NAME})")
_FIRST = re.compile(
    r"(?:colleague|boss|manager|to|with|ask|contact|try|von|an|Kollegin|Kollegen|Kollege|la|der|die|den|collègue|à|a|con|il|lui|collega|met|aan|bij|com|o|ao|à|para|associé|associée|chef)\s+$"
)
_BEFORE_CLOSING = re.compile(
    r"^\s*(?:(?:best|kind|warm|many|with)?\s*(?:regards|wishes|thanks)|cheers|best|sincerely|yours"
    r"|(?:mit\s+)?(?:freundlichen?|beste|viele|liebe|herzliche|schöne)\s+grü(?:ß|ss)en?|grü(?:ß|ss)e|gru(?:ß|ss)|mfg|lg|vg|hochachtungsvoll"
    r"|(?:bien\s+)?cordialement|cdlt|bonne\s+(?:journée|réception)|sincères\s+salutations|salutations|amicalement"
    r"|(?:un\s+)?saludos?|atentamente|un\s+abrazo|abrazos?|(?:cordiali|distinti)\s+saluti|saluti|cordialmente"
    r"|(?:met\s+)?(?:vriendelijke|hartelijke)\s+groet(?:en)?|groet(?:en|jes)?|mvg|hoogachtend"
    r"|(?:com\s+os\s+)?(?:melhores\s+)?cumprimentos|atenciosamente|abraços?|abs|att|valeu)\b[\s,.!]*(?:\n|$|\w)",
    re.IGNORECASE | re.MULTILINE,
)
_GREETING = re.compile(
    r"^\s*(?:hi|hello|hey|dear|hallo|guten\s+\w+|sehr\s+geehrter?|liebe[rs]?|servus|moin|grüezi|bonjour|bonsoir|salut|cher|chère|monsieur|madame"
    r"|hola|estimad[oa]s?|buen[oa]s(?:\s+\w+)?|gentil\w*|egregio|ciao|salve|buon\w+|spett\w*|beste|geachte|dag|hoi|goede\w+|hee"
    r"|olá|oi|bom\s+dia|boa\s+(?:tarde|noite)|car[oa]|prezad[oa]s?|exm[oa]\S*|fala|good\s+\w+|che|qué\s+tal|coucou|hiya)\b[^\n.!?:]{0,60}?[,!:.\n]",
    re.IGNORECASE,
)
_NEAR = 60
"""Characters around an address within which the name that belongs to it stands."""

_NO_NAMES = frozenset(
    "i you he she we they it hi hello dear please thanks thank for if in on at to the my our your this that best kind regards"
    " ich sie er wir ihr bitte danke herr herrn frau vielen in die der das dem den für wenn es mit an ihre ihr unser unsere mein meine"
    " je vous nous il elle merci pour en si le la les un une votre notre mon ma bonjour monsieur madame l'adresse"
    " yo usted nosotros gracias para por si en el la los las su mi nuestro hola buenos buenas"
    " io lei noi grazie per se in il lo la i gli le un una suo sua mio mia nostro buongiorno gentile"
    " ik u je wij we bedankt voor als in de het een uw mijn onze beste geachte"
    " eu você nós obrigado obrigada para se em o a os as um uma seu sua meu minha nosso caro cara"
    " monday tuesday wednesday thursday friday montag dienstag mittwoch donnerstag freitag january february march april may june july"
    " august september october november december januar februar märz mai juni juli oktober dezember"
    " it hr ceo cto cfo coo cmo vp dsi rh ti ict erp crm sap teams zoom email e-mail mail"
    " einkauf geschäftsführung geschäftsleitung buchhaltung vertrieb zentrale kollegen kollege kollegin leitung abteilung verwaltung marketing sales"
    " instandhaltung einkaufsleiter einkaufsleiterin itleiter ansprechpartner zuständig stelle anfrage anfragen mail nachricht urlaub büro firma"
    " urgent urgence urgencias urgenze vertretung dringenden fällen".split()
)


@dataclass(frozen=True, slots=True)
class Contact:
    """Another person: a name without "Mr" or "Dr", an address, or both."""

    name: str | None
    address: str | None


def find_contact(text: str, own: frozenset[str] = frozenset(), writer: str = "") -> Contact | None:
    """Give the person that a text names instead of its writer; None when it names none.

    Addresses in `own` and the writer's signature do not count.
    """
    body = _without_frame(text)
    address = _address(body, own)
    name = _name_beside(body, address) if address else _titled_or_cued(body)
    if name and _is_writer(name, writer):
        name = None
    return Contact(name, address) if name or address else None


def _without_frame(text: str) -> str:
    """Leave out the greeting and everything from the closing on, unless nothing else is there."""
    greeting = _GREETING.match(text)
    start = greeting.end() if greeting and greeting.end() < len(text) - 10 else 0
    closing = next(
        (found for found in _BEFORE_CLOSING.finditer(text, start) if found.start() > start + 10), None
    )
    return text[start : closing.start() if closing else len(text)]


def _address(body: str, own: frozenset[str]) -> str | None:
    found = (match[0].rstrip(".'-").lower() for match in _ADDRESS.finditer(body))
    return next((each for each in found if each not in own), None)


def _name_beside(body: str, address: str) -> str | None:
    place = body.lower().find(address)
    before, behind = body[max(0, place - 120) : place], body[place + len(address) :][:_NEAR]
    named = list(_names(_last_sentence(before)))
    if named:
        return _best(named, address)
    return _best(list(_names(behind.split("\n")[0])), address)


def _last_sentence(before: str) -> str:
    return re.split(r"(?<=\w\w\w[.!?])\s+(?=[A-Z])", before)[-1]


def _best(names: list[str], address: str) -> str | None:
    """Prefer the name that the address repeats, then one of several words, then the nearest."""
    local = re.sub(r"[^a-z]", "", _plain(address.partition("@")[0]))
    for name in names:
        if any(len(part) > 2 and part in local for part in _plain(name).split()):  # noqa: PLR2004  initials fit anywhere
            return name
    long = [name for name in names if " " in name]
    return (long or names or [None])[-1]


def _names(stretch: str) -> Iterator[str]:
    titled = [_clean(found["name"]) for found in _TITLED.finditer(stretch)]
    if any(titled):
        yield from filter(None, titled)
        return
    for found in _TWO.finditer(stretch):
        name = _clean(found["name"])
        if name:
            yield name


def _clean(name: str) -> str | None:
    """Take off words that begin a sentence or name a thing."""
    words = name.split()
    while words and words[0].lower().strip("'’") in _NO_NAMES:
        words.pop(0)
    while words and (words[-1].lower() in _NO_NAMES or words[-1][0].islower()):
        words.pop()
    return " ".join(words) or None


def _titled_or_cued(body: str) -> str | None:
    for found in _TITLED.finditer(body):
        name = _clean(found["name"])
        if name:
            return name
    for found in _TWO.finditer(body):
        name = _clean(found["name"])
        if name and (" " in name or _FIRST.search(body[max(0, found.start() - 20) : found.start()])):
            return name
    return None


def _is_writer(name: str, writer: str) -> bool:
    parts = set(_plain(name).split())
    return bool(writer) and parts <= set(_plain(writer).split())


def _plain(text: str) -> str:
    return fold(text).replace("-", " ")
