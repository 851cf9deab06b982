"""Names that the processes of a soak agree on."""

END = "the day ends"
"""The file in the home that tells the workers to end."""

DATA = "data.log"
"""The file in the home in which every sender notes when each DATA began."""

FAILURES = "failures.log"
MARK = "-- and came round again"
"""What stands behind each traceback in the file of failures."""
