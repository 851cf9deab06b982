"""Flows run in the mail room of the outbox's tests."""

from outbox.conftest import certificates, room, smtp

__all__ = ["certificates", "room", "smtp"]
