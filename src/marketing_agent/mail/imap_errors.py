"""What can go wrong with an IMAP server, in two words."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from imaplib import IMAP4
from socket import gaierror

from imapclient.exceptions import LoginError

# Response codes (RFC 5530 §3) and words that say: the password is fine, come back later.
_LATER = re.compile(r"UNAVAILABLE|INUSE|LIMIT|SERVERBUG|too many|try again|temporar", re.IGNORECASE)


class ImapError(Exception):
    """An IMAP failure; `temporary` says whether waiting can help."""

    def __init__(self, sentence: str, *, temporary: bool) -> None:
        super().__init__(sentence)
        self.temporary = temporary


class ImapUnavailable(ImapError):  # noqa: N818  the name is the operator's word for it
    """The server cannot be reached, broke off, hangs, or does not speak IMAP."""


class ImapLoginRefused(ImapError):  # noqa: N818  as above
    """The server does not let us in: a wrong password, or for now."""


@contextmanager
def typed_errors(host: str) -> Iterator[None]:
    """Turn whatever the network and the IMAP library raise into the two errors above."""
    try:
        yield
    except LoginError as error:
        raise _login_refused(host, str(error)) from error
    except (ConnectionError, gaierror) as error:
        sentence = f"{host} cannot be reached: {error.strerror or type(error).__name__}."
        raise ImapUnavailable(sentence, temporary=True) from error
    except (OSError, IMAP4.error, ValueError, LookupError, TypeError, AssertionError) as error:
        # ValueError and its like come from the library's parser when a server talks nonsense.
        sentence = (
            f"{host} does not answer as an IMAP server should: {error or type(error).__name__}"
        )
        raise ImapUnavailable(sentence, temporary=not _is_certificate(error)) from error


def _login_refused(host: str, text: str) -> ImapLoginRefused:
    sentence = f"{host} refused the login: {text}"
    return ImapLoginRefused(sentence, temporary=_LATER.search(text) is not None)


def _is_certificate(error: Exception) -> bool:
    return "CERTIFICATE_VERIFY_FAILED" in str(error)
