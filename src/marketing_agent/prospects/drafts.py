"""From the texts of one row, form or API call to a prospect that may enter, or to a refusal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from marketing_agent.engine.addresses_policy import refuse_address
from marketing_agent.engine.values import Stage, Tier
from marketing_agent.mail.address import Address, AddressError, normalise
from marketing_agent.prospects.cells import (
    CellError,
    plain,
    read_ban,
    read_moment,
    read_tier,
    read_website,
)
from marketing_agent.prospects.identity import company_key, site_key

_LONGEST = {
    "company": 300,
    "city": 200,
    "country": 100,
    "first_name": 200,
    "last_name": 200,
    "job_title": 200,
    "website": 500,
}
TEXT_FIELDS = frozenset(_LONGEST)
_EXTRA_LENGTH = 2000  # characters of one unknown column
_BAN_EVIDENCE = 300


class DraftRefused(Exception):  # noqa: N818  it reads as what it says
    """The row may not enter: a code, a sentence, and the address it forbids, if it forbids one."""

    def __init__(self, code: str, sentence: str, suppress: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.suppress = suppress


@dataclass(frozen=True, slots=True)
class Policy:
    """What is allowed to enter, and what time it is."""

    now: datetime
    allow_role: bool = False
    allow_test_domain: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A prospect that may enter, unless it is suppressed or there already."""

    texts: dict[str, str]
    address: Address | None
    company_key: str
    tier: Tier
    contacted_at: datetime | None
    ban: str  # what the do-not-contact cell said; empty: writing is allowed
    extra: dict[str, str] = field(default_factory=dict)
    line: int = 0

    @property
    def address_key(self) -> str:
        """The address's identity, or the empty string."""
        return self.address.key if self.address else ""

    @property
    def stage(self) -> Stage:
        """Where the prospect enters."""
        if self.ban:
            return Stage.SUPPRESSED
        if self.address is None:
            return Stage.NEW
        return Stage.CONTACTED if self.contacted_at else Stage.ENRICHED


def draft(
    values: Mapping[str, str], extra: Mapping[str, str], policy: Policy, line: int = 0
) -> Draft:
    """Read the fields (named as in `headers`) into a draft.

    Raises:
        DraftRefused: with the reason.
    """
    try:
        cells = {name: plain(value) for name, value in values.items()}
        kept = {name: text for name, value in extra.items() if (text := plain(value))}
        return _assemble(cells, kept, policy, line)
    except CellError as error:
        raise DraftRefused(error.code, error.sentence) from None


def _assemble(cells: Mapping[str, str], extra: dict[str, str], policy: Policy, line: int) -> Draft:
    ban = read_ban(cells.get("do_not_contact", ""))[:_BAN_EVIDENCE]
    address = read_address(cells.get("email", ""), policy, ban)
    texts = read_texts(cells)
    key = identity_of(texts, has_address=address is not None)
    _check_extra(extra)
    return Draft(
        texts=texts,
        address=address,
        company_key=key,
        tier=read_tier(cells.get("tier", "")),
        contacted_at=read_moment(cells.get("already_contacted_at", ""), policy.now),
        ban=ban,
        extra=extra,
        line=line,
    )


def read_address(cell: str, policy: Policy, ban: str = "") -> Address | None:
    """Normalise an address and hold it against the policy; empty means none.

    Raises:
        DraftRefused: with the reason; a banned address is named, so that it is suppressed anyway.
    """
    if not cell:
        return None
    try:
        address = normalise(cell)
    except AddressError as error:
        refusal = _refusal_of(cell, policy)
        raise DraftRefused(*(refusal or ("invalid_address", str(error)))) from None
    if refusal := _refusal_of(address.key, policy):
        raise DraftRefused(*refusal, suppress=address.key if ban else "")
    return address


def _refusal_of(address: str, policy: Policy) -> tuple[str, str] | None:
    refusal = refuse_address(
        address, allow_role=policy.allow_role, allow_test_domain=policy.allow_test_domain
    )
    return (refusal.code, refusal.message) if refusal else None


def read_texts(cells: Mapping[str, str]) -> dict[str, str]:
    """Take the fields that are plain text, the website among them.

    Raises:
        CellError: for one that is too long, or a website that is none.
    """
    texts = {name: cells[name] for name in cells.keys() & TEXT_FIELDS}
    if website := texts.get("website"):
        texts["website"] = read_website(website)
    for name, text in texts.items():
        if len(text) > _LONGEST[name]:
            column = name.replace("_", " ")
            raise CellError("too_long", f"The {column} is longer than {_LONGEST[name]} characters.")
    return texts


def identity_of(texts: Mapping[str, str], *, has_address: bool) -> str:
    """Give the company's key; a row without address needs one, or each import would add it again.

    Raises:
        CellError: for a row that nothing identifies.
    """
    key = company_key(texts.get("company", ""), texts.get("city", ""))
    if key or has_address:
        return key
    if key := site_key(texts.get("website", "")):
        return key
    raise CellError(
        "not_identifiable",
        "The row has no address, no website, and no company with its city; add one of them.",
    )


def _check_extra(extra: Mapping[str, str]) -> None:
    for name, text in extra.items():
        if len(text) > _EXTRA_LENGTH:
            raise CellError("too_long", f"The column {name} holds over {_EXTRA_LENGTH} characters.")
