"""What is known to be wrong and not mended yet, each with its reason; nothing else may be left out."""

GROWTH: dict[tuple[str, str], str] = {
    (target, f"{where}shape: {blanks}"): "the last line is matched by two repetitions of blanks"
    for target, where in (("strip", ""), ("whole-way", "reply, "), ("whole-way", "report, "))
    for blanks in ("blanks", "tabs", "vertical tabs", "no-break spaces", "line separators")
}
"""Target and worst case."""

EXPRESSIONS: dict[str, str] = {
    "mail.original: '^\\\\s{0,4}(?:[-=_*+#>|]{2,}": "the line is not bounded, and its end repeats",
    "mail.bounce_text: '(?:undeliver(?:ed|able))": "a word begins with letters without bound",
    "mail.strip: '^\\\\s*[-*#~=_+": "two repetitions of blanks",
    "mail.bounce_text: '^\\\\s*(?:[*•-]\\\\s+)?<(": "its end repeats blanks, and the lines are long",
}
"""How the name of a regular expression begins."""

BLANK_STRINGS = "as the first lines above: any string of blanks"
"""Why strings of blanks alone are left out; empty when they are not."""

PROMISES: dict[tuple[str, str], str] = {
    ("classify", "'' is no address"): "a press on *unsubscribe* without From names nobody",
}
"""Target and what it says."""
