"""The people behind the addresses: names, companies, mail programs, all drawn from a seed."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from marketing_agent.sandbox.texts import Language

_FIRST = {
    Language.ENGLISH: ("Nina", "Oscar", "Pia", "Quentin", "Rosa", "Samuel", "Tess", "Victor"),
    Language.GERMAN: ("Anke", "Bernd", "Dörte", "Jörg", "Käthe", "Rüdiger"),
    Language.FRENCH: ("Aurélie", "Benoît", "Céline", "Jérôme", "Maëlle", "Théo"),
}
_LAST = ("Abendroth", "Beaumont", "Calloway", "Dufresne", "Engel", "Fairfax", "Hollis", "Marchand")
_ROLES = {
    Language.ENGLISH: ("Office manager", "Head of purchasing", "Owner", "Operations"),
    Language.GERMAN: ("Einkauf", "Geschäftsführung"),
    Language.FRENCH: ("Service achats", "Direction"),
}


class Client(StrEnum):
    """Mail programs, by how they quote."""

    GMAIL = "gmail"
    OUTLOOK = "outlook"
    APPLE = "apple"
    PHONE = "phone"
    THUNDERBIRD = "thunderbird"  # answers below the quote
    OLD = "old"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an address; `colleague` and `colleague_address` are who sits next to them."""

    address: str
    first: str
    last: str
    company: str
    role: str
    phone: str
    client: Client
    language: Language
    colleague: str
    colleague_address: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"

    @property
    def domain(self) -> str:
        """The part of the address after the `@`."""
        return self.address.rpartition("@")[2]

    @property
    def alias(self) -> str:
        """Another address of the same person, which we never wrote to."""
        return f"{_plain(self.first)[0]}.{_plain(self.last)}@{self.domain}"


def draw_person(seed: int, address: str, language: Language = Language.ENGLISH) -> Person:
    """Draw the person at `address`; the same for the same seed and address (in any case)."""
    taste = Random(f"{seed}:person:{address.lower()}")  # noqa: S311  a made-up world, no secret
    local, _, domain = address.rpartition("@")
    first, last = _name_in(local) or (taste.choice(_FIRST[language]), taste.choice(_LAST))
    friend, surname = taste.choice(_FIRST[language]), taste.choice(_LAST)
    return Person(
        address=address,
        first=first,
        last=last,
        company=domain.split(".")[0].replace("-", " ").title(),
        role=taste.choice(_ROLES[language]),
        phone=f"+44 20 7946 0{taste.randrange(100, 1000)}",  # a range kept for fiction
        client=taste.choice(list(Client)),
        language=language,
        colleague=f"{friend} {surname}",
        colleague_address=f"{_plain(friend)}.{_plain(surname)}@{domain}",
    )


def _name_in(local: str) -> tuple[str, str] | None:
    """Read `ada.adler` as a name; a tag after `+` is none of it."""
    words = local.partition("+")[0].replace("_", ".").split(".")
    names = [word.capitalize() for word in words if word.isalpha() and len(word) > 1]
    return (names[0], names[-1]) if len(names) > 1 else None


_PLAIN = str.maketrans("äöüéèêëîïôç", "aoueeeeiioc")


def _plain(name: str) -> str:
    return name.lower().translate(_PLAIN)
