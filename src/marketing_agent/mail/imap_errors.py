"""What can go wrong with an IMAP server, in two words."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from imaplib import IMAP4
from socket import gaierror

from imapclient.exceptions import LoginError

from marketing_agent.mail.channel import WireTimeoutError

# Response codes (RFC 5530 §3) and words that say: the password is fine, come back later.
_LATER = re.compile(r"UNAVAILABLE|INUSE|LIMIT|SERVERBUG|too many|try again|temporar", re.IGNORECASE)
# How the library words a tagged NO or BAD; after all else that it raises the connection is in doubt.
_REFUSED = re.compile(r"[\w ]+ (?:failed|command error): ")
# What the library's parser raises when a server talks nonsense, and the end of a connection.
_NONSENSE = (
    *(OSError, IMAP4.error, ValueError, LookupError),
    *(TypeError, AttributeError, AssertionError, RecursionError),
)


class ImapError(Exception):
    """An IMAP failure; `temporary` says whether waiting can help."""

    def __init__(self, sentence: str, *, temporary: bool) -> None:
        super().__init__(sentence)
        self.temporary = temporary


class ImapUnavailable(ImapError):  # noqa: N818  the name is the operator's word for it
    """The server cannot be reached, broke off, hangs, or does not speak IMAP."""


class ImapHangs(ImapUnavailable):
    """The server did not answer in time."""


class ImapRefused(ImapUnavailable):
    """The server said NO or BAD to a command; the connection can be used on."""


class ImapLoginRefused(ImapError):  # noqa: N818  as above
    """The server does not let us in: a wrong password, or for now."""


@contextmanager
def typed_errors(host: str) -> Iterator[None]:
    """Turn whatever the network and the IMAP library raise into the errors above."""
    try:
        yield
    except LoginError as error:
        if isinstance(error.__context__, IMAP4.abort):  # the library takes a break for a refusal
            raise _unavailable(host, error.__context__) from error
        raise _login_refused(host, str(error)) from error
    except (ConnectionError, gaierror) as error:
        sentence = f"{host} cannot be reached: {error.strerror or type(error).__name__}."
        raise ImapUnavailable(sentence, temporary=True) from error
    except (WireTimeoutError, TimeoutError) as error:
        raise ImapHangs(f"{host} did not answer in time.", temporary=True) from error
    except _NONSENSE as error:
        raise _unavailable(host, error) from error


def _unavailable(host: str, error: Exception) -> ImapUnavailable:
    said = str(error) or type(error).__name__
    if type(error) is IMAP4.error and _REFUSED.match(said):
        return ImapRefused(f"{host} refused: {said}", temporary=True)
    sentence = f"{host} does not answer as an IMAP server should: {said}"
    return ImapUnavailable(sentence, temporary=not _is_certificate(error))


def _login_refused(host: str, text: str) -> ImapLoginRefused:
    sentence = f"{host} refused the login: {text}"
    return ImapLoginRefused(sentence, temporary=_LATER.search(text) is not None)


def _is_certificate(error: Exception) -> bool:
    return "CERTIFICATE_VERIFY_FAILED" in str(error)
