"""The people of the sandbox's world: a CSV file as a salesperson might hand it over, flaws included."""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

COLUMNS = ("Company", "City", "Country", "First Name", "Last Name", "E-Mail", "Website", "Tier")

_KINDS = ("Lodge", "Hotel", "Inn", "Retreat", "Suites", "Guesthouse", "Resort", "House")
_TRAITS = (
    *("Alder", "Birch", "Cedar", "Dune", "Elm", "Fjord", "Grove", "Harbour", "Iris", "Juniper"),
    *(
        "Kestrel",
        "Larch",
        "Meadow",
        "North",
        "Orchard",
        "Pine",
        "Quarry",
        "River",
        "Summit",
        "Tarn",
    ),
)
_CITIES = (
    ("Vienna", "Austria"),
    ("Graz", "Austria"),
    ("Lyon", "France"),
    ("Porto", "Portugal"),
    ("Bergen", "Norway"),
    ("Turin", "Italy"),
    ("Ghent", "Belgium"),
    ("Leeds", "United Kingdom"),
)
_FIRST = (
    "Ada",
    "Ben",
    "Clara",
    "David",
    "Eva",
    "Finn",
    "Greta",
    "Hugo",
    "Ida",
    "Jonas",
    "Kira",
    "Leo",
)
_LAST = ("Adler", "Brandt", "Costa", "Dahl", "Eder", "Fuchs", "Gruber", "Holm", "Ivers", "Jansen")
_TIERS = ("cold", "cold", "cold", "warm", "cold", "hot")

FLAWED = (
    ("Role Hotel", "Vienna", "Austria", "", "", "info@role-hotel.example", "", ""),
    ("Logo House", "Vienna", "Austria", "", "", "logo@2x.png", "", ""),
    ("Space Inn", "Graz", "Austria", "", "", "%20anna@space-inn.example", "", ""),
    ("No Dot Lodge", "Graz", "Austria", "", "", "anna@localhost", "", ""),
    ("Broken Retreat", "Lyon", "France", "", "", "anna@@broken.example", "", ""),
    ("Line Break", "Lyon", "France", "", "", "eve@line.example\r\nBcc: all@line.example", "", ""),
    ("Quiet Suites", "Porto", "Portugal", "Nora", "Still", "nora@quiet-suites.example", "", ""),
)
"""Rows that an import must refuse; the last one's domain is suppressed before the import."""

SUPPRESSED_DOMAIN = "quiet-suites.example"


def people(count: int, seed: int) -> Iterator[tuple[str, ...]]:
    """Give `count` rows of plausible companies with one person each; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  a made-up world, not a secret
    for number in range(count):
        trait = _TRAITS[number % len(_TRAITS)]
        kind = _KINDS[number // len(_TRAITS) % len(_KINDS)]
        city, country = _CITIES[number // (len(_TRAITS) * len(_KINDS)) % len(_CITIES)]
        first, last = chance.choice(_FIRST), chance.choice(_LAST)
        domain = f"{trait}-{kind}-{city}.example".lower()
        address = f"{first}.{last}@{domain}".lower()
        tier = chance.choice(_TIERS)
        yield f"{trait} {kind}", city, country, first, last, address, f"https://{domain}", tier


def write_csv(path: Path, count: int, seed: int) -> None:
    """Write the world's prospects to `path`: people, flawed rows, and some rows twice."""
    rows = list(people(count, seed))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
        writer.writerows(FLAWED)
        writer.writerows(rows[:3])
