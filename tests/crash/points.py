"""Every step at which a worker is killed: of sending, of recording, of reading mail, of clearing up.

A step is told by a function of the product and the moment: before it, after it, or half-way through what
it sends. Nothing in the product knows of this list; `arming` puts the deadly step around the function.
"""

from dataclasses import replace

from crash.scenes import CONNECTIONS, Moment, Point, Scene

OUTBOX = "marketing_agent.outbox"
INBOUND = "marketing_agent.inbound"
WORKERS = "marketing_agent.workers"
MAIL = "marketing_agent.mail"
OPERATIONS = "marketing_agent.operations"


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
FINAL_DOT = Point(
    "the final dot is sent",
    Scene.SEND,
    f"{MAIL}.channel:Channel.send",
    AFTER,
    given=b".\r\n",
    doubtful=True,
)
DATA_SENT = Point(
    "DATA is sent",
    Scene.SEND,
    f"{MAIL}.smtp_wire:Wire.tell_at_once",
    AFTER,
    given="DATA",
    doubtful=True,
)
IN_DATA = _doubtful(
    *_points(
        Scene.SEND,
        ("the mark is committed", f"{OUTBOX}.door:_remember", BEFORE),
        ("the home remembers the try", f"{OUTBOX}.door:_remember", AFTER),
        ("before the last word", f"{WORKERS}.group_desk:GroupDesk.passing", BEFORE),
    ),
    DATA_SENT,
    *_points(
        Scene.SEND,
        ("the server asks for the letter", f"{MAIL}.smtp_wire:Wire.send_body", BEFORE),
        ("half of the letter is sent", f"{MAIL}.channel:Channel.send_unless_spoken", HALF),
        ("all but the final dot is sent", f"{MAIL}.smtp_wire:Wire.end_body", BEFORE),
    ),
    FINAL_DOT,
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
STOPPED = _points(
    Scene.STOPPED,
    ("the door refused", f"{OUTBOX}.actions.passage:turn_back", BEFORE),
    ("the refusal is written, not committed", f"{OUTBOX}.actions.passage:put_back", AFTER),
    ("the letter is given back", f"{OUTBOX}.actions.passage:turn_back", AFTER),
)
STOPPED_LATE = (
    *_doubtful(
        *_points(
            Scene.STOPPED_LATE,
            ("the last word refused", f"{OUTBOX}.actions.passage:_withdraw", BEFORE),
            ("the mark is taken back, not committed", f"{OUTBOX}.actions.passage:_withdraw", AFTER),
        )
    ),
    *_points(
        Scene.STOPPED_LATE,
        ("the mark is taken back, committed", f"{OUTBOX}.actions.passage:turn_back", AFTER),
    ),
)
RESUME = _points(
    Scene.RESUME,
    (
        "the gradual start is written, not committed",
        f"{OPERATIONS}.actions.resume:begin_resumption",
        AFTER,
    ),
    ("the stop is ended, not committed", f"{OPERATIONS}.actions.resume:end_stop", AFTER),
    ("the stop is ended", f"{OPERATIONS}.actions.resume:resume_sending", AFTER),
    ("the first letter is claimed", f"{OUTBOX}.steps:claim", AFTER),
)
FOLLOW_UP = (
    *_points(
        Scene.FOLLOW_UP,
        (
            "follow-ups are planned, not committed",
            f"{OUTBOX}.actions.planning:await_outcome",
            AFTER,
        ),
        ("follow-ups are claimed", f"{OUTBOX}.steps:claim", AFTER),
        ("the last look begins", f"{INBOUND}.last_look:LastLook.__call__", BEFORE),
        ("the inbox is about to be searched", f"{INBOUND}.last_look:_holds_answer", BEFORE),
        ("the last look is over", f"{INBOUND}.last_look:LastLook.__call__", AFTER),
        ("an answer was found", f"{INBOUND}.last_look:_unread", AFTER),
        (
            "the letter waits for the answer, committed",
            f"{OUTBOX}.actions.passage:turn_back",
            AFTER,
        ),
        ("RCPT was accepted", f"{WORKERS}.group_desk:GroupDesk.admit", BEFORE),
    ),
    *_doubtful(
        *_points(Scene.FOLLOW_UP, ("the mark is committed", f"{OUTBOX}.door:_remember", BEFORE)),
        replace(DATA_SENT, scene=Scene.FOLLOW_UP),
        replace(FINAL_DOT, scene=Scene.FOLLOW_UP),
        *_points(
            Scene.FOLLOW_UP,
            ("the outcome is about to be written", f"{OUTBOX}.actions.outcomes:record", BEFORE),
            ("the sequence ends, not committed", f"{OUTBOX}.actions.delivered:advance_sent", AFTER),
        ),
    ),
    *_points(
        Scene.FOLLOW_UP,
        ("the outcome is committed", f"{OUTBOX}.actions.outcomes:record", AFTER),
    ),
)
LANES = tuple(
    replace(each, scene=Scene.LANES, hit=CONNECTIONS)
    for each in IN_DATA
    if each.name in {"DATA is sent", "all but the final dot is sent", "the final dot is sent"}
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
    *STOPPED_LATE,
    *RESUME,
    *FOLLOW_UP,
    *LANES,
    *INBOUND_POINTS,
    *DOUBT,
    *RESCUE,
)
