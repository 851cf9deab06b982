"""Every run-time switch, declared once: kind, default, help and what values it takes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from marketing_agent.operations.errors import BadValueError, NotFoundError


class SwitchError(BadValueError):
    """A switch was given a value that it does not take."""

    code = "bad_switch_value"


class UnknownSwitch(NotFoundError):  # noqa: N818  the name is part of the contract
    """There is no switch of that name."""

    code = "unknown_switch"


class SwitchKind(StrEnum):
    """What type of value a switch holds."""

    BOOL = "true or false"
    INT = "a whole number"
    CAP = "a whole number or null"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class SwitchSpec:
    """One switch; `check` raises ValueError with half a sentence for a value of the right type."""

    key: str
    kind: SwitchKind
    default: Any
    help: str
    check: Callable[[Any], None]

    def accept(self, value: object) -> Any:  # noqa: ANN401  bool, int, str or None, by kind
        """Give `value` back when the switch takes it.

        Raises:
            SwitchError: with the sentence for the person who set it.
        """
        if not _TYPED[self.kind](value):
            raise SwitchError(f"{self.key} takes {self.kind}, not {value!r}.")
        try:
            self.check(value)
        except ValueError as error:
            raise SwitchError(f"{self.key} {error}.") from None
        return value

    def from_text(self, text: str) -> Any:  # noqa: ANN401  bool, int, str or None, by kind
        """Read a value typed in a shell. Raises SwitchError."""
        if self.kind is SwitchKind.TEXT:
            return self.accept(text)
        word = text.strip().lower()
        return self.accept(_WORDS[word] if word in _WORDS else _whole_number(self, word))


_WORDS: dict[str, bool | None] = {
    "true": True, "on": True, "yes": True, "false": False, "off": False, "no": False,
    "null": None, "none": None,
}  # fmt: skip


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_TYPED: dict[SwitchKind, Callable[[object], bool]] = {
    SwitchKind.BOOL: lambda value: isinstance(value, bool),
    SwitchKind.INT: _is_int,
    SwitchKind.CAP: lambda value: value is None or _is_int(value),
    SwitchKind.TEXT: lambda value: isinstance(value, str),
}


def _whole_number(spec: SwitchSpec, word: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise SwitchError(f"{spec.key} takes {spec.kind}, not {word!r}.") from None


def _anything(_: object) -> None:
    pass


def _between(low: int, high: int) -> Callable[[Any], None]:
    def check(value: int | None) -> None:
        if value is not None and not low <= value <= high:
            raise ValueError(f"must lie between {low} and {high}, not at {value}")

    return check


def _one_line(limit: int) -> Callable[[Any], None]:
    def check(value: str) -> None:
        if len(value) > limit or not value.isprintable():
            raise ValueError(f"must be one line of at most {limit} characters")

    return check


def _lines(value: str) -> None:
    if len(value) > 1000 or not value.replace("\n", "").isprintable():  # noqa: PLR2004  a footer
        raise ValueError("must be plain text of at most 1000 characters")


def _zone(value: str) -> None:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"must be a time zone such as Europe/Berlin, not {value!r}") from None


def _clock_time(value: str) -> None:
    try:
        time.fromisoformat(value)
    except ValueError:
        raise ValueError(f"must be a time such as 09:00, not {value!r}") from None


def _weekdays(value: str) -> None:
    days = value.split(",")
    if not set(days) <= set("0123456") or len(set(days)) != len(days):
        raise ValueError("must list weekdays from 0 (Monday) to 6, such as 0,1,2,3,4")


def _link(value: str) -> None:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.netloc):
        raise ValueError(f"must be a link that begins with https://, not {value!r}")


_DEFAULT_OPT_OUT = 'If you would rather not hear from us, reply with "unsubscribe".'

_ALL: tuple[SwitchSpec, ...] = (
    SwitchSpec(
        "emergency_stop",
        SwitchKind.BOOL,
        default=False,
        help="Nothing leaves while this is on.",
        check=_anything,
    ),
    SwitchSpec(
        "max_emails_per_run",
        SwitchKind.CAP,
        None,
        "Most letters that one send cycle lets out; null: no cap.",
        _between(0, 1_000_000),
    ),
    SwitchSpec(
        "role_addresses_allowed",
        SwitchKind.BOOL,
        default=False,
        help="Import addresses such as info@ or sales@.",
        check=_anything,
    ),
    SwitchSpec("sender_name", SwitchKind.TEXT, "", "Who signs the letters.", _one_line(200)),
    SwitchSpec(
        "sender_company", SwitchKind.TEXT, "", "The company in the letters' footer.", _one_line(200)
    ),
    SwitchSpec(
        "postal_address", SwitchKind.TEXT, "", "The postal address in the letters' footer.", _lines
    ),
    SwitchSpec(
        "opt_out_line",
        SwitchKind.TEXT,
        _DEFAULT_OPT_OUT,
        "How a letter says that one can opt out.",
        _lines,
    ),
    SwitchSpec("default_zone", SwitchKind.TEXT, "UTC", "Time zone of new inboxes.", _zone),
    SwitchSpec(
        "window_start", SwitchKind.TEXT, "09:00", "When new inboxes begin to send.", _clock_time
    ),
    SwitchSpec(
        "window_end", SwitchKind.TEXT, "17:00", "When new inboxes cease to send.", _clock_time
    ),
    SwitchSpec(
        "window_days",
        SwitchKind.TEXT,
        "0,1,2,3,4",
        "Weekdays of new inboxes; Monday is 0.",
        _weekdays,
    ),
    SwitchSpec(
        "default_daily_limit",
        SwitchKind.INT,
        40,
        "Daily limit of new inboxes, in letters.",
        _between(0, 2000),
    ),
    SwitchSpec(
        "minimum_gap_s",
        SwitchKind.INT,
        60,
        "Seconds between two letters of a new inbox.",
        _between(0, 86_400),
    ),
    SwitchSpec(
        "send_connections",
        SwitchKind.INT,
        8,
        "SMTP connections open at the same time.",
        _between(1, 64),
    ),
    SwitchSpec(
        "imap_poll_s",
        SwitchKind.INT,
        45,
        "Seconds between two looks into an inbox.",
        _between(10, 86_400),
    ),
    SwitchSpec(
        "imap_idle_inboxes",
        SwitchKind.INT,
        20,
        "Inboxes whose servers tell of new mail by themselves (IMAP IDLE), a thread each; 0: none.",
        _between(0, 200),
    ),
    SwitchSpec(
        "longest_outage_h",
        SwitchKind.INT,
        24,
        "Hours without a send cycle after which due work is held for review.",
        _between(1, 8760),
    ),
    SwitchSpec(
        "settle_by_absence",
        SwitchKind.BOOL,
        default=True,
        help="Take an unknown letter for not sent when it is missing from a Sent folder that has all others.",
        check=_anything,
    ),
    SwitchSpec(
        "booking_link", SwitchKind.TEXT, "", "Link under which people book a meeting.", _link
    ),
)

SWITCHES: dict[str, SwitchSpec] = {spec.key: spec for spec in _ALL}


def switch(key: str) -> SwitchSpec:
    """Give the declaration of `key`.

    Raises:
        UnknownSwitch: when there is none.
    """
    if key not in SWITCHES:
        raise UnknownSwitch(f"There is no switch {key!r}. Known are: {', '.join(SWITCHES)}.")
    return SWITCHES[key]
