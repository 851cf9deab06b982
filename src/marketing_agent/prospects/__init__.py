"""Whom we may write to: prospects, their import, and the suppressions that outlive them."""
