"""What a person of the sandbox does with our letters, and how many of them do which."""

from collections.abc import Sequence
from enum import StrEnum
from random import Random


class Behaviour(StrEnum):
    """What comes back from an address that we write to."""

    SILENT = "silent"
    # People who answer.
    INTERESTED = "interested"
    QUESTION = "question"
    MEETING = "meeting"
    NOT_INTERESTED = "not_interested"
    NOT_NOW = "not_now"
    REFERRAL = "referral"
    WRONG_PERSON = "wrong_person"
    UNCLEAR = "unclear"
    GERMAN = "german"
    FRENCH = "french"
    LATE = "late"  # answers the second letter only
    # People whose answer is hard to recognise as one.
    FROM_ALIAS = "from_alias"
    FROM_COLLEAGUE = "from_colleague"
    UNTHREADED = "unthreaded"  # no In-Reply-To, no References
    IN_JUNK = "in_junk"
    # People who want no more letters.
    OPT_OUT = "opt_out"
    OPT_OUT_BY_MAILTO = "opt_out_by_mailto"  # RFC 2369: writes to the List-Unsubscribe address
    COMPLAINT = "complaint"
    # Machines.
    OUT_OF_OFFICE = "out_of_office"
    CHALLENGE = "challenge"
    # Servers that accept and report later.
    BOUNCE_UNKNOWN = "bounce_unknown"
    BOUNCE_IN_PROSE = "bounce_in_prose"  # a report without RFC 3464 fields
    BOUNCE_FULL = "bounce_full"
    BOUNCE_BLOCKED = "bounce_blocked"
    DELAYED = "delayed"  # a warning only; the letter arrives in the end
    EXPIRED = "expired"  # a warning, and two days later the failure
    # Servers that refuse at once.
    REFUSED_UNKNOWN = "refused_unknown"
    REFUSED_BLOCKED = "refused_blocked"
    REFUSED_FULL = "refused_full"
    GREYLISTED = "greylisted"  # refused for ten minutes, then accepted


SHARES: dict[Behaviour, int] = {
    Behaviour.SILENT: 560,
    Behaviour.INTERESTED: 35,
    Behaviour.QUESTION: 30,
    Behaviour.MEETING: 20,
    Behaviour.NOT_INTERESTED: 35,
    Behaviour.NOT_NOW: 20,
    Behaviour.REFERRAL: 12,
    Behaviour.WRONG_PERSON: 12,
    Behaviour.UNCLEAR: 12,
    Behaviour.GERMAN: 10,
    Behaviour.FRENCH: 10,
    Behaviour.LATE: 29,
    Behaviour.FROM_ALIAS: 10,
    Behaviour.FROM_COLLEAGUE: 10,
    Behaviour.UNTHREADED: 10,
    Behaviour.IN_JUNK: 8,
    Behaviour.OPT_OUT: 20,
    Behaviour.OPT_OUT_BY_MAILTO: 10,
    Behaviour.COMPLAINT: 5,
    Behaviour.OUT_OF_OFFICE: 40,
    Behaviour.CHALLENGE: 4,
    Behaviour.BOUNCE_UNKNOWN: 14,
    Behaviour.BOUNCE_IN_PROSE: 6,
    Behaviour.BOUNCE_FULL: 10,
    Behaviour.BOUNCE_BLOCKED: 8,
    Behaviour.DELAYED: 8,
    Behaviour.EXPIRED: 6,
    Behaviour.REFUSED_UNKNOWN: 12,
    Behaviour.REFUSED_BLOCKED: 6,
    Behaviour.REFUSED_FULL: 8,
    Behaviour.GREYLISTED: 20,
}
"""How many in a thousand do what."""

ROUND = 120
"""`deal` shows every behaviour at least once in each round of this many addresses."""


def choose(seed: int, address: str) -> Behaviour:
    """Choose a behaviour by its share; the same for the same seed and address (in any case)."""
    taste = Random(f"{seed}:behaviour:{address.lower()}")  # noqa: S311  a made-up world, no secret
    return taste.choices(list(SHARES), weights=list(SHARES.values()))[0]


def deal(seed: int, addresses: Sequence[str]) -> dict[str, Behaviour]:
    """Deal behaviours to addresses (in lower case) so that none is left to chance.

    Every `ROUND` of them holds each behaviour at least once, and otherwise keeps to the shares.
    """
    dealt: dict[str, Behaviour] = {}
    for start in range(0, len(addresses), ROUND):
        deck = _deck()
        Random(f"{seed}:deal:{start}").shuffle(deck)  # noqa: S311  as above
        names = (address.lower() for address in addresses[start : start + ROUND])
        dealt.update(zip(names, deck, strict=False))
    return dealt


def _deck() -> list[Behaviour]:
    whole = sum(SHARES.values())
    counts = {each: max(1, round(share * ROUND / whole)) for each, share in SHARES.items()}
    counts[Behaviour.SILENT] += ROUND - sum(counts.values())
    return [each for each, count in counts.items() for _ in range(count)]
