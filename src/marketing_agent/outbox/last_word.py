"""The last word before DATA: the emergency stop, in a reading that is at most 450 ms old.

The door has read it together with all else, after RCPT. Between that reading and the command DATA
lie a commit to disk and a change of threads; where they took too long the stop is read once more.
"""

from datetime import datetime, timedelta

from marketing_agent.engine.door import Refusal, stopped
from marketing_agent.operations.stop import StopReading, is_fresh, read_stop
from marketing_agent.outbox.tickets import Ticket

_SOON = timedelta(minutes=1)


def look_again(ticket: Ticket) -> StopReading:
    """Read the stop anew for a letter whose reading has run out. Raises DatabaseError when it cannot."""
    reading = read_stop()
    ticket.read_at = reading.at
    return reading


def say(ticket: Ticket, stop: str, now: datetime) -> bool:
    """Say whether DATA may begin at this very moment; if not, the reason stands on the ticket.

    `stop` is the reason of the stop in force as far as this process knows, empty for none.
    """
    if stop:
        ticket.refusal = stopped(stop, now)
    elif not is_fresh(ticket.read_at):
        sentence = "The emergency stop could not be read in time, so the letter waits."
        ticket.refusal = Refusal("stop_unread", sentence, next_try=now + _SOON)
    ticket.begun = ticket.refusal is None
    return ticket.begun
