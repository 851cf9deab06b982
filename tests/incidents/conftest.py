"""Real parts for the incidents: the mail room over a real SMTP server, and the API's small world."""

from api.conftest import admin, clocked, installed, stranger, world
from outbox.conftest import certificates, room, smtp

__all__ = ["admin", "certificates", "clocked", "installed", "room", "smtp", "stranger", "world"]
