"""Strangers' text made fit for a column of either database."""


def storable(text: str, limit: int) -> str:
    """Cut `text` to `limit` characters, without NUL (PostgreSQL) and lone surrogates (UTF-8)."""
    kept = text[:limit].replace("\x00", "")
    return kept.encode("utf-8", "replace").decode("utf-8")
