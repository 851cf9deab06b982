"""Every step at which a worker is killed: of sending, of recording, of reading mail, of clearing up.

A step is told by a function of the product and the moment: before it, after it, or half-way through what
it sends. Nothing in the product knows of this list; `arming` puts the deadly step around the function.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

OUTBOX = "marketing_agent.outbox"
INBOUND = "marketing_agent.inbound"
WORKERS = "marketing_agent.workers"
MAIL = "marketing_agent.mail"


class Scene(StrEnum):
    """What goes on when the worker dies."""

    SEND = "letters leave"
    REFUSED = "servers refuse at RCPT"
    REFUSED_LATE = "servers refuse at the final dot"
    STOPPED = "a stop comes in between"
    INBOUND = "mail comes in"
    DOUBT = "an unknown outcome is looked into"
    RESCUE = "a dead worker's letters are taken over"


class Moment(StrEnum):
    """When, relative to the function."""

    BEFORE = "before"
    AFTER = "after"
    HALF = "half"


@dataclass(frozen=True, slots=True)
class Point:
    """One step.

    Attributes:
        name: as the table shows it.
        scene: what goes on meanwhile.
        target: the function, as module:attribute.
        moment: when the worker dies.
        given: only a call that has this among its arguments counts; None: every call does.
        doubtful: whether DATA was marked as begun and its outcome is not in the store yet.
    """

    name: str
    scene: Scene
    target: str
    moment: Moment
    given: object = None
    doubtful: bool = False


def _points(scene: Scene, *rows: tuple[str, str, Moment]) -> tuple[Point, ...]:
    return tuple(Point(name, scene, target, moment) for name, target, moment in rows)


def _doubtful(*points: Point) -> tuple[Point, ...]:
    return tuple(replace(each, doubtful=True) for each in points)


BEFORE, AFTER, HALF = Moment.BEFORE, Moment.AFTER, Moment.HALF

BEFORE_DATA = _points(
    Scene.SEND,
    ("a cycle begins", f"{OUTBOX}.send:look_at_store", BEFORE),
    ("the store was looked at", f"{OUTBOX}.send:look_at_store", AFTER),
    ("letters are planned, not committed", f"{OUTBOX}.actions.planning:await_outcome", BEFORE),
    ("letters are planned", f"{OUTBOX}.steps:plan_due", AFTER),
    ("letters are about to be claimed", f"{OUTBOX}.claim:_within_capacity", AFTER),
    ("letters are claimed", f"{OUTBOX}.steps:claim", AFTER),
    ("a letter is composed", f"{OUTBOX}.passage:to_bytes", AFTER),
    ("connected and logged in", f"{MAIL}.smtp:open_wire", AFTER),
    ("MAIL was accepted", f"{MAIL}.smtp:SmtpSession._mail", AFTER),
    ("RCPT was accepted", f"{WORKERS}.group_desk:GroupDesk.admit", BEFORE),
    ("the address is taken, not committed", f"{OUTBOX}.door:take_contacts", AFTER),
    ("the attempt is written, not committed", f"{OUTBOX}.actions.passage:open_attempts", AFTER),
)
IN_DATA = _doubtful(
    *_points(
        Scene.SEND,
        ("the mark is committed", f"{OUTBOX}.door:_remember", BEFORE),
        ("the home remembers the try", f"{OUTBOX}.door:_remember", AFTER),
        ("before the last word", f"{WORKERS}.group_desk:GroupDesk.passing", BEFORE),
    ),
    Point("DATA is sent", Scene.SEND, f"{MAIL}.smtp_wire:Wire.tell_at_once", AFTER, given="DATA"),
    *_points(
        Scene.SEND,
        ("the server asks for the letter", f"{MAIL}.smtp_wire:Wire.send_body", BEFORE),
        ("half of the letter is sent", f"{MAIL}.channel:Channel.send_unless_spoken", HALF),
        ("all but the final dot is sent", f"{MAIL}.smtp_wire:Wire.end_body", BEFORE),
    ),
    Point("the final dot is sent", Scene.SEND, f"{MAIL}.channel:Channel.send", AFTER, b".\r\n"),
    *_points(
        Scene.SEND,
        ("the server's answer is heard", f"{MAIL}.smtp_wire:Wire.end_body", AFTER),
        ("the outcome is about to be written", f"{OUTBOX}.actions.outcomes:record", BEFORE),
        (
            "the attempt is closed, not committed",
            f"{OUTBOX}.actions.delivered:_close_attempts",
            AFTER,
        ),
        ("the letter is settled, not committed", f"{OUTBOX}.actions.delivered:move_on", BEFORE),
        ("the prospect is moved, not committed", f"{OUTBOX}.actions.delivered:move", AFTER),
        ("the sequence goes on, not committed", f"{OUTBOX}.actions.delivered:advance_sent", AFTER),
        ("all is written, not committed", f"{OUTBOX}.actions.outcomes:record_sent", AFTER),
    ),
)
RECORDED = _points(
    Scene.SEND,
    ("the outcome is committed", f"{OUTBOX}.actions.outcomes:record", AFTER),
    ("the lane goes on to its next letter", f"{WORKERS}.group_desk:GroupDesk.record", AFTER),
    ("the lane says goodbye", f"{MAIL}.smtp:SmtpSession.quit", BEFORE),
    ("the lease on the stop is given back", f"{WORKERS}.stop_watch:close_lease", BEFORE),
)
REFUSED = _points(
    Scene.REFUSED,
    ("the refusal is about to be written", f"{OUTBOX}.actions.outcomes:record", BEFORE),
    ("the try is written, not committed", f"{OUTBOX}.actions.outcomes:_close_attempt", AFTER),
    ("the bounce is written, not committed", f"{OUTBOX}.actions.failures:add_bounce", AFTER),
    ("the address is suppressed, not committed", f"{OUTBOX}.actions.failures:_suppress", AFTER),
    ("the refusal is committed", f"{OUTBOX}.actions.outcomes:record", AFTER),
)
REFUSED_LATE = (
    *_doubtful(
        *_points(
            Scene.REFUSED_LATE,
            ("the refusal is about to be written", f"{OUTBOX}.actions.outcomes:record", BEFORE),
            (
                "the try is closed, not committed",
                f"{OUTBOX}.actions.outcomes:_close_attempt",
                AFTER,
            ),
            (
                "the address is free again, not committed",
                f"{OUTBOX}.actions.outcomes:free_contact",
                AFTER,
            ),
        )
    ),
    *_points(
        Scene.REFUSED_LATE,
        ("the refusal is committed", f"{OUTBOX}.actions.outcomes:record", AFTER),
    ),
)
STOPPED = (
    *_points(
        Scene.STOPPED,
        ("the door refused", f"{OUTBOX}.actions.passage:turn_back", BEFORE),
        ("the refusal is written, not committed", f"{OUTBOX}.actions.passage:put_back", AFTER),
        ("the letter is given back", f"{OUTBOX}.actions.passage:turn_back", AFTER),
    ),
    *_doubtful(
        *_points(
            Scene.STOPPED,
            ("the last word refused", f"{OUTBOX}.actions.passage:_withdraw", BEFORE),
            ("the mark is taken back, not committed", f"{OUTBOX}.actions.passage:_withdraw", AFTER),
        )
    ),
)
INBOUND_POINTS = _points(
    Scene.INBOUND,
    ("the inbox is opened", f"{INBOUND}.sessions:_opened", AFTER),
    ("a folder is opened", f"{INBOUND}.reading:turn_to", AFTER),
    ("mail is fetched, not stored", f"{INBOUND}.reading:store_mails", BEFORE),
    ("how far it was read is written, not committed", f"{INBOUND}.actions.arrivals:_keep", BEFORE),
    ("the mail is written, not committed", f"{INBOUND}.actions.arrivals:_keep", AFTER),
    ("the mail is stored", f"{INBOUND}.reading:store_mails", AFTER),
    ("the poll is about to be noted", f"{INBOUND}.fetch:poll_succeeded", BEFORE),
    ("the poll is noted", f"{INBOUND}.fetch:poll_succeeded", AFTER),
    ("mail is claimed", f"{INBOUND}.steps:claim", AFTER),
    ("a mail is parsed", f"{INBOUND}.steps:_open", AFTER),
    ("its letters are looked up", f"{INBOUND}.steps:look_up", AFTER),
    ("what follows is about to be written", f"{INBOUND}.steps:settle", BEFORE),
    ("what follows is written, not committed", f"{INBOUND}.actions.verdicts:follow", AFTER),
    ("the mail is done, not committed", f"{INBOUND}.actions.verdicts:_finish", AFTER),
    ("the mail is done", f"{INBOUND}.steps:settle", AFTER),
    ("the inboxes are about to be judged", f"{INBOUND}.steps:check_inboxes", BEFORE),
)
DOUBT = _points(
    Scene.DOUBT,
    ("the inquiry is opened", f"{INBOUND}.inquiries:open_inquiries", AFTER),
    ("traces were looked for", f"{INBOUND}.inquiries:_look", AFTER),
    ("the verdict is written, not committed", f"{OUTBOX}.actions.resolve:settle_inquiry", AFTER),
    ("the letter is resolved", f"{INBOUND}.inquiries:resolve", AFTER),
)
RESCUE = _points(
    Scene.RESCUE,
    ("claims are given back, not committed", f"{OUTBOX}.claim:_to_unknown", BEFORE),
    ("marked letters are unknown, not committed", f"{OUTBOX}.claim:_to_unknown", AFTER),
    ("all is taken over", f"{OUTBOX}.claim:rescue", AFTER),
)

POINTS: tuple[Point, ...] = (
    *BEFORE_DATA,
    *IN_DATA,
    *RECORDED,
    *REFUSED,
    *REFUSED_LATE,
    *STOPPED,
    *INBOUND_POINTS,
    *DOUBT,
    *RESCUE,
)
