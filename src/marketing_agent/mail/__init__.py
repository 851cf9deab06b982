"""Bytes to values and back: letters out, mail in; no database, no Django."""
