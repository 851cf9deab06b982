"""The mail room of the outbox's tests, for servers and workers that behave badly."""

from outbox.conftest import certificates, room, smtp

__all__ = ["certificates", "room", "smtp"]
