"""What is known to be wrong and not mended yet, each with its reason; nothing else may be left out."""

GROWTH: dict[tuple[str, str], str] = {}
"""Target and worst case."""

EXPRESSIONS: dict[str, str] = {}
"""How the name of a regular expression begins."""

PROMISES: dict[tuple[str, str], str] = {}
"""Target and what it says."""
