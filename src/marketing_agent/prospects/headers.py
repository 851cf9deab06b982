"""Which column of a file is which field, by the names that people give to columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from marketing_agent.prospects.errors import ImportFileError
from marketing_agent.prospects.identity import fold

MAX_COLUMNS = 200
_NAMES = {
    "email": "email e-mail mail email-address e-mail-address mail-address address-email"
    " e-mail-adresse email-adresse mailadresse courriel adresse-email adresse-e-mail correo"
    " correo-electronico indirizzo-email posta-elettronica emailadres e-mailadres"
    " endereco-de-email contact-email email-1 work-email business-email",
    "company": "company company-name organisation organization organisation-name"
    " organization-name account account-name business business-name firm hotel hotel-name"
    " hotelname firma firmenname firmierung unternehmen betrieb entreprise societe"
    " raison-sociale nom-de-l-entreprise empresa compania azienda societa ragione-sociale"
    " nome-azienda bedrijf bedrijfsnaam nome-da-empresa",
    "city": "city town place location ort stadt wohnort ville commune ciudad localidad poblacion"
    " citta comune stad plaats woonplaats cidade",
    "country": "country land staat pays pais paese nazione country-code",
    "first_name": "first-name firstname given-name forename vorname prenom nombre nome voornaam"
    " primeiro-nome contact-first-name",
    "last_name": "last-name lastname surname family-name nachname familienname nom-de-famille"
    " apellido apellidos cognome achternaam sobrenome apelido contact-last-name",
    "job_title": "job-title jobtitle title position role funktion berufsbezeichnung fonction"
    " poste cargo puesto ruolo qualifica functie funcao",
    "website": "website web web-site url homepage domain webseite internet internetseite"
    " site-web site sitio-web pagina-web sito sito-web webpagina company-url company-website",
    "tier": "tier lead-tier temperature lead-temperature priority prioritaet stufe",
    "do_not_contact": "do-not-contact donotcontact dnc do-not-email do-not-mail no-contact"
    " opt-out opted-out optout unsubscribed suppressed blocked sperre gesperrt"
    " nicht-kontaktieren kontaktsperre ne-pas-contacter no-contactar non-contattare"
    " niet-contacteren",
    "already_contacted_at": "already-contacted-at already-contacted contacted-at last-contacted"
    " last-contacted-at last-contact date-contacted contacted-on last-emailed-at"
    " kontaktiert-am letzter-kontakt zuletzt-kontaktiert contacte-le contactado-el"
    " contattato-il",
}
FIELDS = frozenset(_NAMES)
"""The fields that a row, a form or an API call may bring."""

_FIELD_OF = {name.replace("-", " "): key for key, names in _NAMES.items() for name in names.split()}
_WANTED = "email, company, city, website, first name, last name, tier, do_not_contact"


@dataclass(frozen=True, slots=True)
class Columns:
    """The position of each known field, and of the columns that are kept as they are."""

    known: dict[str, int]
    extra: dict[str, int] = field(default_factory=dict)
    count: int = 0


def map_columns(header: Sequence[str]) -> Columns:
    """Find the fields among the header's cells; unknown columns are kept under a plain name.

    Raises:
        ImportFileError: when no column can identify a prospect, or there are too many.
    """
    if len(header) > MAX_COLUMNS:
        raise ImportFileError(f"The file has {len(header)} columns; {MAX_COLUMNS} are the limit.")
    known: dict[str, int] = {}
    extra: dict[str, int] = {}
    for position, cell in enumerate(header):
        _place(fold(cell), position, known, extra)
    _let_name_be_company(known, extra)
    _require_identity(header, known)
    return Columns(known, extra, len(header))


def _place(name: str, position: int, known: dict[str, int], extra: dict[str, int]) -> None:
    key = _FIELD_OF.get(name)
    if key and key not in known:
        known[key] = position
    elif name:
        extra.setdefault(name.replace(" ", "_")[:60], position)


def _let_name_be_company(known: dict[str, int], extra: dict[str, int]) -> None:
    if "company" not in known and "name" in extra:
        known["company"] = extra.pop("name")


def _require_identity(header: Sequence[str], known: dict[str, int]) -> None:
    if any("@" in cell for cell in header):
        raise ImportFileError(
            f"The first line must name the columns (for example: {_WANTED}); it holds an address."
        )
    if not known.keys() & {"email", "company", "website"}:
        shown = ", ".join(repr(cell[:40]) for cell in header[:8])
        raise ImportFileError(
            "No column of the file is an e-mail address, a company or a website. "
            f"It has {shown}; name them for example: {_WANTED}."
        )
