"""The last look, timed: with nothing new, and with mail that nobody has fetched."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from marketing_agent.inbound.fetch import poll_all
from marketing_agent.inbound.last_look import LastLook
from marketing_agent.inbound.sessions import SessionPool
from marketing_agent.inboxes.models import Inbox
from marketing_agent.outbox.models import Email
from measuring.letters import START


@dataclass(frozen=True)
class Looks:
    """One kind of look: how many, and the median of what each took."""

    name: str
    count: int
    milliseconds: float


def measure(count: int) -> list[Looks]:
    """Time opening a folder alone, then looks before and after the mail was fetched."""
    pool, inbox = SessionPool(), Inbox.objects.get()
    look = LastLook(pool, lambda: START)
    stranger = _follow_up(inbox)
    found = [
        _timed("open one folder", count, lambda: _open(pool, inbox)),
        _timed("look, all mail is new and none answers", count, lambda: look(stranger)),
    ]
    poll_all(START, pool=pool)
    found.append(_timed("look, nothing new", count, lambda: look(stranger)))
    pool.close()
    return found


def _follow_up(inbox: Inbox) -> Email:
    """Give a letter to somebody who has not answered, in a thread of three."""
    address = "nobody@silent.example"
    thread = " ".join(f"silent{number}@example.com" for number in range(3))
    return Email(
        inbox=inbox, to_address=address, address_key=address, references=thread, created_at=START
    )


def _open(pool: SessionPool, inbox: Inbox) -> None:
    with pool.session(inbox) as session:
        session.select("INBOX")


def _timed(name: str, count: int, work: Callable[[], object]) -> Looks:
    times = []
    for _ in range(count):
        begun = perf_counter()
        work()
        times.append(perf_counter() - begun)
    return Looks(name, count, 1000 * median(times))
