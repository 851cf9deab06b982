"""The console in the small world of the API's tests."""

from api.conftest import admin, clocked, guest, installed, stranger, world

__all__ = ["admin", "clocked", "guest", "installed", "stranger", "world"]
