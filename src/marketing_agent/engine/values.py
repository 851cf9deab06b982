"""The words that every part of the system shares."""

from enum import StrEnum


class Stage(StrEnum):
    """Where a prospect stands; the legal moves are in `engine.stages`."""

    NEW = "new"
    ENRICHING = "enriching"
    ENRICHED = "enriched"
    READY = "ready"
    CONTACTED = "contacted"
    ENGAGED = "engaged"
    MEETING = "meeting"
    WON = "won"
    LOST = "lost"
    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"
    ARCHIVED = "archived"


class Tier(StrEnum):
    """How warm a prospect is; an inbox in poor health writes to hot and warm ones only."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"


class EmailKind(StrEnum):
    """The three kinds of letter; an answer is approved by a person."""

    OUTREACH = "outreach"
    FOLLOW_UP = "follow_up"
    ANSWER = "answer"


class EmailState(StrEnum):
    """The life of one letter; the legal moves are in `engine.email_states`."""

    PLANNED = "planned"
    HELD = "held"
    CLAIMED = "claimed"
    TRANSMITTING = "transmitting"
    SENT = "sent"
    RETRY = "retry"
    BOUNCED = "bounced"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What came of one try to hand a letter to a server."""

    SENT = "sent"
    TEMPORARY = "temporary"
    HARD = "hard"
    BLOCK = "block"
    ACCOUNT = "account"
    UNKNOWN = "unknown"


class EvidenceKind(StrEnum):
    """What settled an outcome that nobody knew, the strongest first; see `engine.evidence`."""

    OWN_COPY = "own_copy"
    NAMED = "named"
    ABSENCE = "absence"
    PERSON = "person"


class IdSource(StrEnum):
    """How one knows that a letter goes by another Message-ID than the one that we gave it."""

    ANNOUNCED = "announced"
    OWN_COPY = "own_copy"
    SHOWN = "shown"


class BounceType(StrEnum):
    """A delivery failure's consequence: never again, later, or not from here."""

    HARD = "hard"
    SOFT = "soft"
    BLOCK = "block"


class SuppressionCause(StrEnum):
    """Why we must not write to an address or domain."""

    OPT_OUT = "opt_out"
    COMPLAINT = "complaint"
    HARD_BOUNCE = "hard_bounce"
    MANUAL = "manual"
    IMPORT = "import"
    DO_NOT_CONTACT = "do_not_contact"


class ItemKind(StrEnum):
    """What an inbound mail is."""

    REPLY = "reply"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto_reply"
    OWN_COPY = "own_copy"
    CHALLENGE_RESPONSE = "challenge_response"
    DELIVERED = "delivered"
    OTHER = "other"


WRITTEN_BY_NOBODY = frozenset(
    {ItemKind.OWN_COPY, ItemKind.BOUNCE, ItemKind.COMPLAINT, ItemKind.DELIVERED}
)
"""Mail of which nobody can want anything, and which cannot be answered."""


class ItemState(StrEnum):
    """How far the processing of an inbound mail has come."""

    NEW = "new"
    CLAIMED = "claimed"
    PROCESSED = "processed"
    HELD = "held"
    ERROR = "error"


class Intent(StrEnum):
    """What the person who wrote back wants."""

    MEETING_REQUEST = "meeting_request"
    INTERESTED = "interested"
    QUESTION = "question"
    REFERRAL = "referral"
    NOT_NOW = "not_now"
    NOT_INTERESTED = "not_interested"
    OPT_OUT = "opt_out"
    OUT_OF_OFFICE = "out_of_office"
    WRONG_PERSON = "wrong_person"
    UNCLEAR = "unclear"


POSITIVE = frozenset({Intent.MEETING_REQUEST, Intent.INTERESTED})
"""Intents that the salesperson hears of within a minute, with an answer suggested."""


class SuggestionState(StrEnum):
    """The life of a suggested answer; the legal moves are in `engine.answers`."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class NoticeState(StrEnum):
    """How far the word of a reply has come to the salesperson."""

    WAITING = "waiting"
    TOLD = "told"
    NOBODY = "nobody"
    GIVEN_UP = "given_up"


class OpinionState(StrEnum):
    """How far the second opinion on a doubtful reply has come; the legal moves are in `engine.opinions`."""

    WAITING = "waiting"
    ASKING = "asking"
    ACCEPTED = "accepted"
    PERSON = "person"
    DECIDED = "decided"
