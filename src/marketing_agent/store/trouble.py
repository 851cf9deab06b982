"""Trouble of the store itself, as opposed to data that it refuses: waiting may help."""

from django.db import InterfaceError, InternalError, OperationalError, ProgrammingError

STORE_TROUBLE = (OperationalError, InterfaceError, InternalError, ProgrammingError)
"""The store is away, locked, full, or its tables are being changed."""
