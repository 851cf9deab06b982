"""Faults to inject into the sandbox's SMTP server: each is a hook for `SmtpServer.decide`.

They combine: `first_of(times(2, quota_exceeded()), internet.decide)` refuses twice and then lets
the personas answer again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from marketing_agent.sandbox.answers import Answer, Decide, Mishap, Moment, Verb


def at(verb: Verb, answer: Answer) -> Decide:
    """Answer like this at `verb`, and as usual elsewhere."""
    return lambda moment: answer if moment.verb is verb else None


def first_of(*hooks: Decide) -> Decide:
    """Ask the hooks in turn; the first that has an answer decides."""
    return lambda moment: next(
        (answer for hook in hooks if (answer := hook(moment)) is not None), None
    )


def times(limit: int, hook: Decide) -> Decide:
    """Let `hook` decide only the first `limit` times that it wants to."""
    # Counting with an iterator is one step, so server threads cannot count twice.
    used = count()

    def limited(moment: Moment) -> Answer:
        answer = hook(moment)
        return answer if answer is not None and next(used) < limit else None

    return limited


def after(limit: int, hook: Decide) -> Decide:
    """Let `hook` decide only from the time after the first `limit` on."""
    seen = count()

    def delayed(moment: Moment) -> Answer:
        answer = hook(moment)
        return answer if answer is not None and next(seen) >= limit else None

    return delayed


def only(wanted: Callable[[Moment], bool], hook: Decide) -> Decide:
    """Let `hook` decide only the moments that are wanted, such as those of one account."""
    return lambda moment: hook(moment) if wanted(moment) else None


def login_refused() -> Decide:
    """Refuse every login: the password was changed elsewhere."""
    return at(Verb.AUTH, "535 5.7.8 User name and password not accepted")


def quota_exceeded() -> Decide:
    """Refuse every sender: the account has sent all it may today."""
    return at(Verb.MAIL, "550 5.4.5 Daily user sending quota exceeded")


def sender_blocked() -> Decide:
    """Refuse every message for the sender's reputation, after its content was read."""
    return at(Verb.FINAL, "550 5.7.1 Message blocked: poor reputation of the sending address")


def answer_lost() -> Decide:
    """Accept the message, then break the connection before the answer (RFC 1047)."""
    return at(Verb.FINAL, Mishap.ACCEPT_AND_CLOSE)


def message_lost() -> Decide:
    """Break the connection after the message, which is thrown away."""
    return at(Verb.FINAL, Mishap.CLOSE)


def silent(verb: Verb) -> Decide:
    """Stop answering at `verb`, with the connection open."""
    return at(verb, Mishap.HANG)


def greylisting(clock: Callable[[], datetime], wait: timedelta = timedelta(minutes=5)) -> Decide:
    """Defer a sender's first letter to a recipient, until it comes back after `wait` (RFC 6647)."""
    first_seen: dict[tuple[str, str], datetime] = {}

    def decide(moment: Moment) -> Answer:
        if moment.verb is not Verb.RCPT:
            return None
        seen = first_seen.setdefault((moment.sender, moment.address), clock())
        return "451 4.7.1 Greylisted, please come back later" if clock() < seen + wait else None

    return decide


def not_smtp() -> Decide:
    """Greet like something that is no mail server."""
    return at(Verb.CONNECT, "HTTP/1.1 400 Bad Request")
