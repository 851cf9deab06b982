"""Refusals around inboxes and secrets; each message says what to do."""

from marketing_agent.operations.errors import BadValueError, ConflictError, NotFoundError


class NoSecretError(BadValueError):
    """No secret holds the credentials of an address."""

    code = "no_secret"


class SecretError(BadValueError):
    """A secret is missing or cannot be used; the message never holds its value."""

    code = "secret"


class InboxNotFoundError(NotFoundError):
    """There is no inbox of that address."""

    code = "inbox_not_found"


class InboxExistsError(ConflictError):
    """The inbox exists with other settings."""

    code = "inbox_exists"


class SecretTakenError(ConflictError):
    """Another secret logs the same address in already."""

    code = "secret_taken"
