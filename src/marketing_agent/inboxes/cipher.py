"""Sealing texts with AES-256-GCM; a sealed text opens only under its own name and our key."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12  # bytes; NIST SP 800-38D section 8.2


class CipherError(Exception):
    """A text cannot be sealed or opened; the message never holds the text."""


def seal(name: str, text: str, key_material: str) -> bytes:
    """Encrypt `text`; `name` is bound to it, so that two sealed texts cannot be swapped.

    Raises:
        CipherError: when there is no key.
    """
    nonce = secrets.token_bytes(NONCE)
    return nonce + _cipher(key_material).encrypt(nonce, text.encode(), name.encode())


def unseal(name: str, sealed: bytes, key_material: str) -> str:
    """Give the text back.

    Raises:
        CipherError: when there is no key, or not the one that sealed it.
    """
    nonce, body = bytes(sealed[:NONCE]), bytes(sealed[NONCE:])
    try:
        return _cipher(key_material).decrypt(nonce, body, name.encode()).decode()
    except InvalidTag:
        raise CipherError(
            f"The secret {name} was encrypted with another key; put it again: "
            f"marketing-agent secret put {name}"
        ) from None


def _cipher(key_material: str) -> AESGCM:
    if not key_material:
        raise CipherError("There is no key to encrypt secrets with; run: marketing-agent init")
    derived = HKDF(SHA256(), 32, salt=None, info=b"marketing-agent secrets")
    return AESGCM(derived.derive(key_material.encode()))
