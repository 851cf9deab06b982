"""Interfaces that take a raw mail."""

import json
import re
from datetime import timedelta
from itertools import chain

from fuzz.promises import ADDRESS_LENGTH, at_most, one_of, promise, storable
from marketing_agent.mail.classify import Classified, classify
from marketing_agent.mail.intent import intent_of, own_words
from marketing_agent.mail.match import candidates
from marketing_agent.mail.mime import Part
from marketing_agent.mail.parse import MAX_REFERENCES, Mail, parse
from marketing_agent.mail.recipient import Recipient

KINDS = ("bounce", "complaint", "auto-reply", "delivered", "challenge-response", "human")
CATEGORIES = ("hard", "soft", "block", "complaint", "unknown")
MOST_RECIPIENTS = 500
MOST_HINTS = 2_000
MOST_NAMES = 50  # of header fields that are all asked for
DEEPEST = 14  # levels: the root, twelve below it, and an embedded message at the bottom

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


def check_parse(data: bytes) -> None:
    """Everything that a mail says can be asked for and stored."""
    mail = parse(data)
    _check_fields(mail)
    _check_bodies(mail)
    promise(_depth(mail.root) <= DEEPEST, "the tree is too deep")


def check_classify(data: bytes) -> None:
    """The verdict is in the vocabulary, bounded, and the same the second time."""
    found = classify(parse(data))
    one_of(found.kind, KINDS, "kind")
    promise(isinstance(found.recipients, tuple), "recipients are no tuple")
    at_most(len(found.recipients), MOST_RECIPIENTS, "recipients")
    storable((found.original_message_id, found.feedback_type), "the verdict")
    for each in found.recipients:
        _check_recipient(found, each)
    promise(classify(parse(data)) == found, "the second look finds something else")


def check_candidates(data: bytes) -> None:
    """Hints are few, each is there once, and none is empty."""
    found = candidates(parse(data))
    at_most(len(found), MOST_HINTS, "hints")
    promise(len(set(found)) == len(found), "a hint comes twice")
    promise(all(each.value for each in found), "a hint is empty")
    storable((each.value for each in found), "a hint")


def check_whole_way(data: bytes) -> None:
    """As `mail classify` goes: verdict, the writer's words, what they want, one line of JSON."""
    mail = parse(data)
    verdict = classify(mail)
    words = own_words(mail)
    reading = intent_of(mail, automatic=verdict.kind == "auto-reply", words=words)
    storable((words, *reading.evidence), "the reply")
    told = {"kind": verdict.kind, "words": words, "subject": mail.subject, "from": mail.from_name}
    json.dumps(told, ensure_ascii=False).encode("utf-8")


def _check_fields(mail: Mail) -> None:
    storable((mail.message_id, mail.in_reply_to, mail.subject, mail.from_name), "a header")
    promise("\n" not in mail.subject, "the subject has several lines")
    at_most(len(mail.references), MAX_REFERENCES, "references")
    addresses = [one for one in (*mail.to, mail.from_) if one]
    storable(chain(mail.references, addresses), "an address or id")
    for one in addresses:
        promise("@" in one and len(one) <= ADDRESS_LENGTH, f"{one!r:.100} is no address")
    if mail.date is not None:
        promise(mail.date.utcoffset() == timedelta(0), "the date is not in UTC")
    for name in list(dict(mail.headers.lines))[:MOST_NAMES]:
        promise(name == name.lower(), "a field's name is not in lower case")
        storable((name, mail.headers.raw(name), *mail.headers.all(name)), "a header")


def _check_bodies(mail: Mail) -> None:
    storable((mail.text, mail.html), "the text")
    for part in mail.parts:
        promise(isinstance(part.payload, bytes), "a payload is no bytes")
        storable((part.text, part.content_type, *part.parameters.values()), "a part")


def _check_recipient(found: Classified, each: Recipient) -> None:
    one_of(each.category, CATEGORIES, "category")
    promise((each.category == "complaint") == (found.kind == "complaint"), "kinds do not agree")
    promise("@" in each.recipient, f"{each.recipient!r:.100} is no address")
    promise(each.status is None or _STATUS.fullmatch(each.status), f"status {each.status!r}")
    promise(isinstance(each.final, bool), "final is no truth value")
    storable((each.recipient, each.diagnostic, each.reason, each.original), "a recipient")


def _depth(part: Part) -> int:
    return 1 + max(map(_depth, part.children), default=0)
