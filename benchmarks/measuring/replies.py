"""What people and servers write back to the letters of a benchmark; knows nothing of the store."""

from collections.abc import Iterator
from datetime import UTC, datetime

from marketing_agent.mail.compose import Letter, to_bytes
from marketing_agent.sandbox.behaviours import Behaviour
from marketing_agent.sandbox.letter import read_letter
from marketing_agent.sandbox.personas import Personas

SENT_AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
MIX = (
    *[Behaviour.INTERESTED, Behaviour.QUESTION, Behaviour.NOT_INTERESTED, Behaviour.MEETING],
    *[Behaviour.GERMAN, Behaviour.OPT_OUT, Behaviour.UNTHREADED, Behaviour.OUT_OF_OFFICE],
    *[Behaviour.OUT_OF_OFFICE, Behaviour.BOUNCE_UNKNOWN, Behaviour.BOUNCE_UNKNOWN],
    *[Behaviour.BOUNCE_FULL, Behaviour.COMPLAINT],
)
"""Who writes back, in turns; what comes from silent people costs nothing."""

_BODY = """Hello Grace,

we keep the presses at your firm running, and would like to show you how.
Would a short call next week suit you?

Kind regards
Ada Adler

1 Example Street
If you would rather not hear from us, reply with "unsubscribe".
"""


def inbox_of(number: int, inboxes: int) -> str:
    """Name the inbox that letter `number` left from."""
    return f"inbox{number % inboxes + 1}@example.com"


def message_id(number: int) -> str:
    """Give letter `number`'s Message-ID, without brackets."""
    return f"letter{number}@example.com"


def replies(count: int, inboxes: int) -> Iterator[tuple[str, bytes]]:
    """Yield one mail for each of `count` letters: the inbox it goes to, and its bytes."""
    addresses = [f"grace@firm{number}.example" for number in range(count)]
    cast = {each: MIX[number % len(MIX)] for number, each in enumerate(addresses)}
    personas = Personas(1, cast)
    for number, address in enumerate(addresses):
        inbox = inbox_of(number, inboxes)
        letter = read_letter(inbox, address, _letter(number, inbox, address), SENT_AT)
        [mail] = personas.react(letter, 1, SENT_AT)
        yield inbox, mail.raw


def _letter(number: int, inbox: str, address: str) -> bytes:
    return to_bytes(
        Letter(message_id(number), inbox, "Ada Adler", address, "A question", _BODY, SENT_AT)
    )
