"""Whom a reply names instead of its writer: by address, by name, or both."""

import re
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
_LED_TO = re.compile(
    r"(?:colleague|boss|manager|partner|wife|husband|to|with|ask|asking|ask for|contact|try|via|copying|adding|see|and"
    r"|Kollegin|Kollegen|Kollege|Chefin|Chef|an|bei|mit|frag|fragen Sie|Fragen Sie|von|macht|ist|kontaktieren Sie|Frag"
    r"|collègue|associée?|avec|à|auprès de|voir|voyez avec|c'est|C'est|cé|demandez à|contacter|contactez|joindre|[Cc]hez"
    r"|compañer[oa]|con|a|es|jef[ea]|hable con|contactar con|lleva|pregunta por|preguntar por|[Dd]íselo a"
    r"|collega|moglie|marito|capo|è|chiedi a|senti|sentire|contattare|rivolgersi a|da"
    r"|met|aan|naar|vraag|is|baas|bij|moet je|zoek|app"
    r"|colega|com|com o|com a|ao|à|é o|é a|é com o|é com a|a D\\.|D\\.|fala com|falar com|contactar"
    r")\s+(?:the\s+|die\s+|der\s+|den\s+|la\s+|le\s+|l'|il\s+|el\s+|o\s+|a\s+|de\s+|het\s+|our\s+|my\s+|mia\s+|mio\s+|moglie\s+|mi\s+|meine[rn]?\s+|mijn\s+|collega\s+)*$"
)
_PASSED_ON = re.compile(
    r"colleague|boss|manager|director|head of|contact|forward|pass|took over|takes over|taking over|looking after|looks after|responsible"
    r"|in charge|handles|decides|reach|speak to|talk to|ask|try|copy|adding|cover|substitut|stand-?in|deputy"
    r"|koll|chef|leiter|zuständig|verantwort|vertret|übernomm|übernimmt|weiter|wenden|kontakt|ansprech|macht|kümmert|entscheidet|nachfolg|frag|betreut"
    r"|coll[èe]gue|associé|responsable|directeur|directrice|transmi|transf|joindre|contact|adress|relais|remplac|s.occupe|gère|décide|choisit|mène|voyez|voir avec"
    r"|compañer|jef[ea]|encargad|respons|contact|reenvi|pasad|llev|dirij|dirig|susti|decide|hable|habl|pregunt|díselo|cargo|coordina"
    r"|collega|responsabile|direttor|inoltr|gir|rivolg|contatt|sostitu|segue|occupa|decide|senti|chied|persona giusta|assenza|comanda|titolare"
    r"|baas|hoofd|directeur|doorgestuurd|stuur|neemt|waar|vervang|contact|over|regelt|beslist|doet|wend|vraag|opgevolgd|terecht|bereik|pakt"
    r"|colega|chefe|diretor|encaminh|respons|contact|contat|substit|trata|cuida|decide|resolve|fal[ae]|pass|dirij|é com|assumiu",
    re.IGNORECASE,
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
_ROLES = frozenset(
    "einkauf marketing info office sales support contact kontakt finance finanzen ciso rssi dsi hr it purchasing procurement"
    " compras ventas acquisti vendite inkoop verkoop isb dpo buchhaltung compta achats direction financeiro comercial".split()
)
_SENTENCES = re.compile(
    r"(?<=\w\w[.!?])(?<!\bing\.)(?<!\bdott\.)(?<!\bsig\.)(?<!\bSig\.)(?<!\bDott\.)(?<!\bSra\.)(?<!\bSr\.)(?<!\bDr\.)"
    r"(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bEng\.)(?<!\bavv\.)(?<!\bProf\.)(?<!\bFr\.)(?<!\bHr\.)(?<!\bdhr\.)(?<!\bmevr\.)\s+|\n\s*\n"
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
    sentence = _last_sentence(before)
    local = re.sub(r"[^a-z]", "", _plain(address.partition("@")[0]))
    return _best(sentence, local) or _best(behind.split("\n")[0], local)


def _last_sentence(before: str) -> str:
    return re.split(r"(?<=\w\w\w[.!?])\s+(?=[A-Z])", before)[-1]


def _best(stretch: str, local: str) -> str | None:
    """Give the name that the address repeats, else one with a title, else one that somebody leads to."""
    titled = [name for found in _TITLED.finditer(stretch) if (name := _clean(found["name"]))]
    found = [(_clean(each["name"]), each.start()) for each in _TWO.finditer(stretch)]
    for name in (*titled, *(name for name, _ in found if name)):
        repeated = _from_address(name, local)
        if repeated:
            return repeated
    if titled:
        return titled[-1]
    led = [name for name, start in found if name and _is_led_to(stretch, start, name)]
    return led[-1] if led else None


def _from_address(name: str, local: str) -> str | None:
    """Give the part of a name that an address repeats, with the first name that it may abbreviate."""
    words = name.split()
    parts = [re.sub(r"[^a-z]", "", _plain(word)) for word in words]
    for place, part in enumerate(parts):
        if len(part) > 2 and part in local and part != local:  # noqa: PLR2004  initials fit anywhere
            while place and not local.startswith(parts[place]) and parts[place - 1] in local:
                place -= 1
            first = place and not local.startswith(parts[place]) and parts[place - 1][:1] == local[:1]
            return " ".join(words[place - bool(first) :])
        if part and part == local and (place or len(words) > 1 or words[0][0].isupper()):
            return " ".join(words[place:]) if part not in _ROLES else None
    return None


def _is_led_to(stretch: str, start: int, name: str) -> bool:
    return " " in name or _LED_TO.search(stretch[max(0, start - 30) : start]) is not None


def _clean(name: str) -> str | None:
    """Take off words that begin a sentence or name a thing."""
    words = name.split()
    while words and words[0].lower().strip("'’") in _NO_NAMES:
        words.pop(0)
    while words and (words[-1].lower() in _NO_NAMES or words[-1][0].islower()):
        words.pop()
    return " ".join(words) or None


def _titled_or_cued(body: str) -> str | None:
    """Give the name in a sentence that passes us on; a capital alone makes no name."""
    for sentence in _SENTENCES.split(body):
        if not _PASSED_ON.search(sentence):
            continue
        for found in _TITLED.finditer(sentence):
            if name := _clean(found["name"]):
                return name
        for found in _TWO.finditer(sentence):
            name = _clean(found["name"])
            if name and _is_led_to(sentence, found.start(), name):
                return name
    return None


def _is_writer(name: str, writer: str) -> bool:
    parts = set(_plain(name).split())
    return bool(writer) and parts <= set(_plain(writer).split())


def _plain(text: str) -> str:
    return fold(text).replace("-", " ")
