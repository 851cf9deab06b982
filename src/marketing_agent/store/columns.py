"""Column kinds that several tables share."""

import secrets
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from django.db import models

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def new_public_id() -> str:
    """Give an opaque id of 16 characters (80 bits), safe to read out over the phone."""
    # The alphabet has 32 signs, so five bits of a byte choose one evenly.
    return "".join(_ALPHABET[byte & 31] for byte in secrets.token_bytes(16))


def public_id() -> "models.CharField[str, str]":
    """Give the column of the id that the API and the CLI show; primary keys stay inside."""
    return models.CharField(max_length=32, unique=True, editable=False, default=new_public_id)


def word(kind: type[StrEnum], **kwargs: Any) -> "models.CharField[Any, Any]":  # noqa: ANN401  Django's own keywords
    """Give a column that holds one word of `kind`; pair it with `one_of` for the CHECK."""
    choices = [(str(each), str(each).replace("_", " ")) for each in kind]
    return models.CharField(max_length=24, choices=choices, **kwargs)


def one_of(column: str, words: Iterable[StrEnum], name: str) -> models.CheckConstraint:
    """Derive the CHECK that keeps `column` within `words`."""
    allowed = sorted(str(each) for each in words)
    return models.CheckConstraint(condition=models.Q(**{f"{column}__in": allowed}), name=name)
