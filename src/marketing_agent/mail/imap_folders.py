"""Which folder plays which role: by special-use flags (RFC 6154), else by its usual names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_INBOX = "INBOX"  # there is always one, called so in any case of its letters (RFC 3501 §5.1)
_JUNK = frozenset(
    {"junk", "spam", "junk e-mail", "junk email", "bulk mail", "bulk", "spamverdacht"}
    | {"courrier indésirable", "correo no deseado", "posta indesiderata", "ongewenste e-mail"}
)
_SENT = frozenset(
    {"sent", "sent items", "sent mail", "sent messages", "gesendet", "gesendete elemente"}
    | {"gesendete objekte", "éléments envoyés", "enviados", "posta inviata", "verzonden items"}
)
_ALL = frozenset({"all mail", "archive", "alle nachrichten", "tous les messages", "todos"})


@dataclass(frozen=True, slots=True)
class Folders:
    """Names of the folders that matter; None where the account has none."""

    inbox: str
    junk: str | None
    all_mail: str | None
    sent: str | None

    def to_read(self) -> tuple[str, ...]:
        """The folders where replies and reports may arrive, the inbox first."""
        return tuple(one for one in (self.inbox, self.junk, self.all_mail) if one)


def find_roles(listing: Iterable[tuple[Sequence[bytes], bytes | None, str]]) -> Folders:
    """Read an IMAP LIST: (flags, delimiter, name) for each folder."""
    found = [(_flags(flags), delimiter, name) for flags, delimiter, name in listing]
    return Folders(
        inbox=_INBOX,
        junk=_role(found, b"\\junk", _JUNK),
        all_mail=_role(found, b"\\all", _ALL),
        sent=_role(found, b"\\sent", _SENT),
    )


def _flags(flags: Sequence[bytes]) -> frozenset[bytes]:
    return frozenset(flag.lower() for flag in flags)


def _role(
    found: list[tuple[frozenset[bytes], bytes | None, str]], flag: bytes, names: frozenset[str]
) -> str | None:
    others = (one for one in found if one[2].upper() != _INBOX)
    readable = [one for one in others if b"\\noselect" not in one[0]]
    flagged = (name for flags, _, name in readable if flag in flags)
    named = (name for _, mark, name in readable if _leaf(name, mark) in names)
    return next(flagged, None) or next(named, None)


def _leaf(name: str, delimiter: bytes | None) -> str:
    mark = (delimiter or b"").decode("ascii", "replace")
    return (name.rpartition(mark)[2] if mark else name).casefold()
