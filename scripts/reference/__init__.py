"""Writes docs/reference from what the code declares; `make reference` runs it."""
