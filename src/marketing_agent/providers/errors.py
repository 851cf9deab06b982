"""How an outside service can fail us: the vocabulary that callers decide by.

No message ever holds a key, nor what the service itself said, for some repeat the key that they refuse.
"""


class ProviderError(Exception):
    """A service gave no answer that we can use.

    Attributes:
        kind: one word for counters, such as time_out or no_credit.
        temporary: whether asking again later may help by itself.
        retry_after_s: seconds that the service asks us to wait, if it said so.
        cost: what the call cost all the same, in the service's units; None when nobody knows.
    """

    temporary = True

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        retry_after_s: float | None = None,
        cost: int | None = 0,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after_s = retry_after_s
        self.cost = cost


class ProviderUnavailable(ProviderError):  # noqa: N818  it reads as what it says
    """The service cannot answer now: a time-out, a broken connection, 429, 5xx."""


class ProviderRefused(ProviderError):  # noqa: N818  as ProviderUnavailable
    """The service will not answer before a person acts: wrong key, no credit, unknown model."""

    temporary = False


class ProviderNonsense(ProviderError):  # noqa: N818  as ProviderUnavailable
    """The service answered, and not what was asked for; nothing of it is used.

    Asking the same once more is no use, though the next question may fare better.
    """

    temporary = False


class NotAsked(ProviderError):  # noqa: N818  as ProviderUnavailable
    """We did not ask: the breaker is open, the day's budget is spent, or it is not our turn."""
