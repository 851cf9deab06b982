"""Everything between our SMTP server and our IMAP server: the rest of the world.

What the SMTP server accepts is given to the personas; what they write back waits until it is
due, and `release` delivers it.
"""

import heapq
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from threading import Lock

from marketing_agent.sandbox.answers import Answer, Moment, Verb
from marketing_agent.sandbox.imap_server import ImapServer
from marketing_agent.sandbox.letter import read_letter
from marketing_agent.sandbox.personas import Personas
from marketing_agent.sandbox.post import DueMail
from marketing_agent.sandbox.smtp_server import Delivery


class Internet:
    """Connects an SMTP server's hook to personas, and their mails to an IMAP server.

    `decide` and `receive` are the SMTP server's `decide` and `received`; both run in its thread.
    `clock` tells the simulated time. `copies_sent` files each accepted letter in the sender's
    Sent folder too, as large providers do.
    """

    def __init__(
        self,
        personas: Personas,
        imap: ImapServer,
        clock: Callable[[], datetime],
        *,
        copies_sent: bool = True,
    ) -> None:
        self._personas, self._imap, self._clock = personas, imap, clock
        self._copies_sent = copies_sent
        self._lock = Lock()
        self._due: list[tuple[datetime, int, DueMail]] = []
        self._number = count()
        self._letters: Counter[str] = Counter()
        self._first_refused: dict[tuple[str, str], datetime] = {}
        self._lost: list[DueMail] = []

    @property
    def waiting(self) -> int:
        """How many mails are on their way to us."""
        return len(self._due)

    @property
    def next_due(self) -> datetime | None:
        """When the next mail arrives, or None."""
        with self._lock:
            return self._due[0][0] if self._due else None

    @property
    def lost(self) -> tuple[DueMail, ...]:
        """Mails for addresses that are none of ours; each one is somebody's mistake."""
        return tuple(self._lost)

    def decide(self, moment: Moment) -> Answer:
        """Answer at RCPT for the recipient's server; everything else goes as usual."""
        if moment.verb is not Verb.RCPT:
            return None
        refusal = self._personas.refusal(moment.address, self._known_for(moment))
        if refusal:
            pair = (moment.sender.lower(), moment.address.lower())
            self._first_refused.setdefault(pair, self._clock())
        return refusal

    def receive(self, delivery: Delivery) -> None:
        """Hand an accepted letter to its readers, who may write back."""
        now = self._clock()
        for address in delivery.to:
            letter = read_letter(delivery.envelope_from, address, delivery.raw, now)
            self._letters[address.lower()] += 1
            nth = self._letters[address.lower()]
            for mail in self._personas.react(letter, nth, now):
                self.put(mail)
        if self._copies_sent and delivery.account:
            self._deliver(DueMail(now, delivery.account, delivery.raw, "Sent"))

    def put(self, mail: DueMail) -> None:
        """Send a mail of the caller's own making on its way to us."""
        with self._lock:
            heapq.heappush(self._due, (mail.due, next(self._number), mail))

    def release(self, now: datetime) -> int:
        """Deliver what is due at `now`, in order of arrival; return how many mails that was."""
        delivered = 0
        while mail := self._next(now):
            delivered += self._deliver(mail)
        return delivered

    def _next(self, now: datetime) -> DueMail | None:
        with self._lock:
            ready = self._due and self._due[0][0] <= now
            return heapq.heappop(self._due)[2] if ready else None

    def _deliver(self, mail: DueMail) -> bool:
        try:
            self._imap.deliver(account_of(mail.to), mail.folder, mail.raw, mail.due)
        except KeyError:
            self._lost.append(mail)
            return False
        return True

    def _known_for(self, moment: Moment) -> timedelta | None:
        first = self._first_refused.get((moment.sender.lower(), moment.address.lower()))
        return self._clock() - first if first else None


def account_of(address: str) -> str:
    """Return the account that an address belongs to: `name+tag@domain` is read by `name@domain`."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}".lower()
