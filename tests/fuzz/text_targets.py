"""Interfaces that take a text: a body, a header's value, an address, a server's words."""

import re
from datetime import date

from fuzz.promises import ADDRESS_LENGTH, at_most, one_of, promise, refused_by, storable, text_of
from marketing_agent.engine.bounce_rules import classify_failure
from marketing_agent.engine.content import Needs, check_letter
from marketing_agent.engine.intents import Reading, read_intent
from marketing_agent.engine.intents.languages import language_of
from marketing_agent.engine.values import POSITIVE, Intent
from marketing_agent.mail.address import AddressError, normalise
from marketing_agent.mail.header_text import HeaderInjectionError, mailbox, unstructured
from marketing_agent.mail.html_text import to_text
from marketing_agent.mail.parse import parse
from marketing_agent.mail.strip import strip_html, strip_reply
from marketing_agent.mail.words import addresses_in, decode_charset, decode_words, message_ids_in

A_LITTLE = 100  # characters that a reply may be longer than what it was cut from
_LONGEST_LINE = 998  # RFC 5322 section 2.1.1
_TODAY = date(2031, 5, 6)
_OPT_OUT = "Please unsubscribe me from your list.\n\n"
_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")


def check_strip(data: bytes) -> None:
    """A reply is cut out of the text: it is no longer, and as whole."""
    for context in (False, True):
        _check_cut(text_of(data), strip_reply(text_of(data), context=context))


def check_strip_html(data: bytes) -> None:
    """As `check_strip`, from HTML."""
    _check_cut(text_of(data), strip_html(text_of(data)))


def check_html_text(data: bytes) -> None:
    """The text of HTML is no longer than the HTML, and has no blank edges."""
    text = to_text(text_of(data))
    _check_cut(text_of(data), text)
    promise(text == text.strip(), "the edges are blank")


def check_intent(data: bytes) -> None:
    """Any text has an intent, and whoever opts out first is never taken for a yes."""
    text = text_of(data)
    for automatic in (False, True):
        _check_reading(read_intent(text, subject=text[:100], today=_TODAY, automatic=automatic))
    opted = read_intent(_OPT_OUT + text).intent
    promise(opted not in POSITIVE, f"an opt-out is read as {opted}")


def _check_reading(found: Reading) -> None:
    one_of(found.intent, list(Intent), "intent")
    promise(0 <= found.confidence <= 1, f"confidence {found.confidence}")
    promise(all(isinstance(each, str) for each in found.evidence), "evidence is no text")
    promise(found.until is None or found.until.isoformat(), "until is no day")
    if found.contact is not None:
        promise(found.contact.name or found.contact.address, "the contact is nobody")


def check_words(data: bytes) -> None:
    """Header words: charset on the first line, what it encodes behind it."""
    charset, _, payload = data.partition(b"\n")
    decoded = decode_charset(payload, text_of(charset))
    storable((decoded,), "a decoded text")
    for text in (decoded, text_of(data)):
        promise(isinstance(decode_words(text), str), "words are no text")
        for one in addresses_in(text):
            promise("@" in one and len(one) <= ADDRESS_LENGTH, f"{one!r:.100} is no address")
        promise(not any(" " in one for one in message_ids_in(text)), "an id has a blank")
    if decoded.isprintable():
        storable((decode_words(decoded),), "decoded words")


def check_address(data: bytes) -> None:
    """An address is refused in a sentence, or has a normal form that is its own."""
    raw = text_of(data)
    if refused_by(AddressError, lambda: normalise(raw)):
        return
    found = normalise(raw)
    storable((found.key, found.envelope), "an address")
    if raw.isprintable():  # halves of characters in, halves of characters out
        storable((found.display,), "a name")
    promise(found.key == found.key.lower(), "the key is not in lower case")
    promise(not re.search(r"[\s<>\x00-\x1f]", found.envelope), f"{found.envelope!r} forges")
    again = normalise(found.envelope)
    promise(
        (again.key, again.domain) == (found.key, found.domain), "the normal form is not its own"
    )


def check_failure(data: bytes) -> None:
    """A server's words mean something or *unknown*: status on the first line, code behind it."""
    status, _, text = text_of(data).partition("\n")
    for code in (None, 421, 550):
        found = classify_failure(status or None, code, text)
        one_of(found.category, ("hard", "soft", "block", "unknown"), "category")
        promise(found.reason, "the reason is empty")


def check_header(data: bytes) -> None:
    """A header of ours is refused or cannot be told from what it says; no line break is forged."""
    text = text_of(data)
    if refused_by(HeaderInjectionError, lambda: unstructured("Subject", text)):
        return
    line = unstructured("Subject", text)
    _check_lines(line)
    if " ".join(text.split()) == text and len(text) < 2_000 and text.isprintable():
        promise(parse(line.encode()).subject == text, f"{text!r:.200} is read as something else")
    _check_lines(mailbox("From", text, "ada@example.com"))


def check_content(data: bytes) -> None:
    """What we write is judged: subject on the first line."""
    subject, _, body = text_of(data).partition("\n")
    for each in check_letter(subject, body, needs=Needs()):
        promise(each.code and each.message, "a problem says nothing")
    one_of(language_of(body), _LANGUAGES, "language")


def _check_cut(whole: str, cut: str) -> None:
    promise(isinstance(cut, str), "the reply is no text")
    at_most(len(cut), len(whole) + A_LITTLE, "characters of the reply")
    if whole.isascii():
        storable((cut,), "the reply")


def _check_lines(header: str) -> None:
    first, *folded = header.split("\r\n")
    promise(header.isascii(), "the header is not ASCII")
    promise(all(line[:1] in (" ", "\t") and line.strip() for line in folded), "a header is forged")
    promise("\n" not in "".join([first, *folded]), "a line is broken by half")
    promise(max(map(len, (first, *folded))) <= _LONGEST_LINE, "a line is too long")
