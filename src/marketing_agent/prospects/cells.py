"""What people write into cells, read into values; each reader refuses with a sentence."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from marketing_agent.engine.values import Tier

_PLACEHOLDERS = frozenset(
    """
    null NULL nan NaN undefined n/a N/A n.a. #N/A #NULL! None none (null) - -- \u2013 \u2014 ? .
    """.split()  # noqa: SIM905  twenty quotation marks read worse
)
_NOT_SHOWN = re.compile("[\x00-\x08\x0e-\x1b\x7f\udc80-\udcff]")
_NO = frozenset({"", "0", "n", "no", "false", "f", "nein", "non", "nee", "nao", "não", "off"})
_TIERS = {
    **{str(tier): tier for tier in Tier},
    **dict.fromkeys(("heiß", "heiss"), Tier.HOT),
    "kalt": Tier.COLD,
}
_NUMERIC_DATE = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})")
_YEAR = 4  # digits
_MONTHS = 12
_LAST_OF_DAY = timedelta(days=1, microseconds=-1)


class CellError(ValueError):
    """A cell that cannot be used: its code and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def plain(cell: str) -> str:
    """Squeeze white space, line breaks included, and empty the placeholders of exports ("NULL").

    Raises:
        CellError: for control characters and bytes that are no character in the file's encoding.
    """
    if not cell.isprintable():
        _refuse_hidden(cell)
        cell = " ".join(cell.split())
    cell = cell.strip()
    return "" if cell in _PLACEHOLDERS else cell


def _refuse_hidden(cell: str) -> None:
    hidden = _NOT_SHOWN.search(cell)
    if hidden is None:
        return
    if hidden[0] > "\x7f":
        raise CellError(
            "undecodable", "A cell holds a byte that is no character; save the file as CSV (UTF-8)."
        )
    raise CellError("control_character", "A cell holds a control character.")


def read_tier(text: str) -> Tier:
    """Read hot, warm or cold; empty means cold.

    Raises:
        CellError: for any other word.
    """
    if not text:
        return Tier.COLD
    try:
        return _TIERS[text.casefold()]
    except KeyError:
        raise CellError(
            "invalid_tier", f"The tier {text[:40]!r} is not hot, warm or cold."
        ) from None


def read_ban(text: str) -> str:
    """Read a do-not-contact cell: what it says, or nothing for a clear no.

    Whatever is no clear no forbids to write ("asked by phone to be left alone").
    """
    return "" if text.casefold() in _NO else text


def read_moment(text: str, now: datetime) -> datetime | None:
    """Read a date or a time of the past; a date alone is its last moment (UTC), at most `now`.

    Raises:
        CellError: for what is no date, could be two dates, or lies in the future.
    """
    if not text:
        return None
    try:
        numeric = _NUMERIC_DATE.fullmatch(text)
        moment = _start_of(*numeric.groups()) if numeric else _exact(text)
    except (ValueError, OverflowError):
        raise CellError(
            "invalid_date", f"{text[:40]!r} is not one clear date; write it as 2026-01-31."
        ) from None
    if moment > now:
        raise CellError("date_in_future", f"The date {text[:40]!r} lies in the future.")
    return min(moment + _LAST_OF_DAY, now) if numeric else moment


def _exact(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _start_of(first: str, separator: str, second: str, third: str) -> datetime:
    if len(first) == _YEAR:
        return datetime(int(first), int(second), int(third), tzinfo=UTC)
    day, month = int(first), int(second)
    if separator == "/" and day != month:  # 3/4 is in March in America and in April elsewhere
        if max(day, month) <= _MONTHS:
            raise ValueError(first)
        day, month = max(day, month), min(day, month)
    return datetime(int(third) if len(third) == _YEAR else 0, month, day, tzinfo=UTC)


def read_website(text: str) -> str:
    """Read a web address; one without a scheme gets https.

    Raises:
        CellError: for other schemes and for what names no host.
    """
    if not text:
        return ""
    url = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and "." in (parts.hostname or "")
    except ValueError:
        usable = False
    if not usable or " " in url:
        raise CellError("invalid_website", f"{text[:80]!r} is not a web address.")
    return url
