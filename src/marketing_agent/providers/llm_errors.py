"""What a status of a chat-completions endpoint means: later, a person first, or this question never."""

from http import HTTPStatus

import openai

from marketing_agent.providers.books import BAD_REQUEST
from marketing_agent.providers.errors import (
    ProviderError,
    ProviderNonsense,
    ProviderRefused,
    ProviderUnavailable,
)

UNPAID = 0
NO_CREDIT, KEY = "no_credit", "key"

# Vendors tell an empty account by 402, by 429 with a code, or by 403 with words; docs.x.ai, "Debugging
# Errors", and platform.openai.com, "Error codes".
_NO_CREDIT = ("insufficient_quota", "billing", "credit", "spending limit", "insufficient balance")
_WRONG_KEY = ("api key", "api_key", "invalid_api_key")
_NO_MODEL = ("model_not_found", "model not found", "unknown model", "does not exist")
_UNWILLING = ("content_policy", "content_filter", "usage guidelines", "safety", "moderation")

_PAY, _FORBIDDEN = HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN
_TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS
_WAITS = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY, _TOO_MANY}
_LONGEST_TOLD = 10_000  # characters of a body that are looked at
_DIGITS = 7  # of Retry-After; more is no wait


def of_status(name: str, error: openai.APIStatusError) -> ProviderError:
    """Type an error that a server answered with; what it said is looked at and never repeated."""
    status, told = error.status_code, _told(error)
    if status == _PAY or (status in {_FORBIDDEN, _TOO_MANY} and _any(_NO_CREDIT, told)):
        return ProviderRefused(NO_CREDIT, f"{name} is out of credit ({status}).")
    if status in _WAITS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _later(name, error)
    if status in {HTTPStatus.BAD_REQUEST, _FORBIDDEN} and _any(_UNWILLING, told):
        return ProviderNonsense("refusal", f"{name} would not answer ({status}).")
    return _refused(name, status, told)


def _later(name: str, error: openai.APIStatusError) -> ProviderUnavailable:
    wait = _retry_after(error)
    if error.status_code == _TOO_MANY:
        sentence = f"{name} asks us to wait (429)."
        return ProviderUnavailable("rate_limited", sentence, retry_after_s=wait)
    sentence = f"{name} has trouble of its own ({error.status_code})."
    return ProviderUnavailable("server_error", sentence, retry_after_s=wait)


def _refused(name: str, status: int, told: str) -> ProviderRefused:
    if status == HTTPStatus.UNAUTHORIZED or _any(_WRONG_KEY, told):
        return ProviderRefused(KEY, f"{name} does not take our key ({status}).")
    if status == HTTPStatus.NOT_FOUND or _any(_NO_MODEL, told):
        return ProviderRefused("unknown_model", f"{name} does not know the model ({status}).")
    if status == _FORBIDDEN:
        return ProviderRefused("forbidden", f"{name} does not let our key in ({status}).")
    if status < HTTPStatus.BAD_REQUEST:
        return ProviderRefused("redirect", f"{name} lies at another address ({status}).")
    return ProviderRefused(BAD_REQUEST, f"{name} cannot read the question ({status}).")


def _retry_after(error: openai.APIStatusError) -> float | None:
    """Read Retry-After in seconds (RFC 9110 section 10.2.3); a date is left to our own waits."""
    told = error.response.headers.get("retry-after", "").strip()
    seconds = told.isascii() and told.isdigit() and len(told) <= _DIGITS
    return float(told) if seconds else None


def _told(error: openai.APIStatusError) -> str:
    return error.response.text[:_LONGEST_TOLD].lower()


def _any(words: tuple[str, ...], told: str) -> bool:
    return any(word in told for word in words)
