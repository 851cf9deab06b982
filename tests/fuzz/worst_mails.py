"""Mails that make a careless reader slow: much of one thing, or nothing that ends."""

from collections.abc import Callable

Maker = Callable[[int], bytes]

_HEAD = b"From: grace@example.net\nTo: ada@example.com\nSubject: Re: A question\n"
_DAEMON = (
    b"From: Mail Delivery System <mailer-daemon@mx.example.net>\nReturn-Path: <>\n"
    b"To: ada@example.com\nSubject: Undelivered mail returned to sender\n"
)
_HTML = _HEAD + b"Content-Type: text/html; charset=utf-8\n"
_PLAIN = _HEAD + b"Content-Type: text/plain; charset=utf-8\n"
_REPORT = _DAEMON + b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
_STATUS = b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"


def _field(name: bytes, piece: bytes, tail: bytes = b"") -> Maker:
    """One header field that goes on, folded where it may be."""
    return lambda size: (
        name + b": " + _folded(piece * (size // len(piece))) + tail + b"\n" + _HEAD + b"\nHello\n"
    )


def _one_line(name: bytes, piece: bytes, tail: bytes = b"") -> Maker:
    return lambda size: name + b": " + piece * (size // len(piece)) + tail + b"\n" + _HEAD + b"\nHi"


def _folded(value: bytes) -> bytes:
    return b"\n ".join(value[place : place + 900] for place in range(0, len(value), 900))


def _fields(line: bytes) -> Maker:
    """One header field again and again."""
    return lambda size: line * (size // len(line)) + _HEAD + b"\nHello\n"


def _body(head: bytes, piece: bytes, tail: bytes = b"") -> Maker:
    return lambda size: head + b"\n" + piece * (size // len(piece)) + tail


def _status(piece: bytes, tail: bytes = b"") -> Maker:
    return lambda size: _REPORT + _STATUS + piece * (size // len(piece)) + tail + b"\n--b--\n"


def _nested(size: int) -> bytes:
    """Each multipart holds one more, with a boundary of its own."""
    pieces, left, level = [_HEAD], size, 0
    while left > 0:
        head = b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level)
        pieces.append(head)
        left -= len(head)
        level += 1
    return b"".join(pieces)


def _doll(size: int) -> bytes:
    """Each message holds another."""
    head = b"Content-Type: message/rfc822\n\n"
    return _HEAD + head * (size // len(head)) + b"Subject: the last\n\nHello\n"


def _same_boundary(size: int) -> bytes:
    head = b'--b\nContent-Type: multipart/mixed; boundary="b"\n\n'
    return _HEAD + head[4:] + head * (size // len(head))


def _wide(size: int) -> bytes:
    piece = b"--b\nContent-Type: text/plain\n\na\n"
    return _HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + piece * (size // len(piece))


def _recipients(size: int) -> bytes:
    block = b"Final-Recipient: rfc822;grace%d@example.net\nAction: failed\nStatus: 5.1.1\n\n"
    blocks = b"".join(block % number for number in range(size // len(block)))
    return _REPORT + _STATUS + blocks + b"--b--\n"


def _told_recipients(size: int) -> bytes:
    line = b"  grace%d@example.net\n    550 5.1.1 user unknown\n"
    lines = b"".join(line % number for number in range(size // len(line)))
    return _DAEMON + b"\nThese addresses had permanent errors:\n\n" + lines


def _ids(name: bytes) -> Maker:
    def make(size: int) -> bytes:
        ids = b"".join(b"<%d@example.com> " % number for number in range(size // 22))
        return name + b": " + _folded(ids) + b"\n" + _HEAD + b"\nHello\n"

    return make


_DIFFERENT_CHARSETS = b"=?x-%d?q?a?="
_BASE64 = b"Content-Transfer-Encoding: base64\n"
_QP = b"Content-Transfer-Encoding: quoted-printable\n"
_PLAIN_AS = b"Content-Type: text/plain; charset=%s\n"
_NOTHING = b"Content-Type: multipart/mixed; boundary=never-there\n"


def _charsets(size: int) -> bytes:
    words = b" ".join(_DIFFERENT_CHARSETS % number for number in range(size // 16))
    return b"Subject: " + _folded(words) + b"\n" + _HEAD + b"\nHello\n"


MAILS: dict[str, Maker] = {
    "mail: nested multiparts": _nested,
    "mail: nested messages": _doll,
    "mail: one boundary for all": _same_boundary,
    "mail: many parts": _wide,
    "mail: boundaries": _body(_HEAD + b"Content-Type: multipart/mixed; boundary=b\n", b"--b\n"),
    "mail: almost boundaries": _body(
        _HEAD + b"Content-Type: multipart/mixed; boundary=b\n", b"--b ", b"x\n"
    ),
    "mail: a boundary that is not there": _body(_HEAD + _NOTHING, b"--aaaaaa\nContent\n"),
    "mail: boundary marks in a line": _body(_HEAD + _NOTHING, b"--aaaaaa"),
    "mail: a long boundary": _field(b"Content-Type", b"a", b""),
    "mail: parameters": _field(b"Content-Type", b"; a=b"),
    "mail: parameters without end": _one_line(b"Content-Type", b'; a="'),
    "mail: continued parameters": _field(b"Content-Type", b"; boundary*0=b"),
    "mail: blanks in Content-Type": _one_line(b"Content-Type", b" ", b";x"),
    "mail: addresses in To": _field(b"To", b"Grace <grace@example.net>, "),
    "mail: addresses without end": _field(b"To", b"<a@"),
    "mail: comments": _field(b"To", b"(", b"a@b.example"),
    "mail: quotes in From": _field(b"From", b'"\\', b"<a@b.example>"),
    "mail: plus tags": _fields(b"Delivered-To: ada+tag@example.com\n"),
    "mail: References": _ids(b"References"),
    "mail: In-Reply-To": _ids(b"In-Reply-To"),
    "mail: Message-ID": _ids(b"Message-ID"),
    "mail: identifiers without end": _field(b"References", b"<a"),
    "mail: Received": _fields(b"Received: from a by b; Tue, 6 May 2031 09:08:00 +0200\n"),
    "mail: continuation lines": _fields(b"Received: from a\n by b with SMTP\n\tfor c\n"),
    "mail: one name for all": _fields(b"X-Failed-Recipients: grace@example.net\n"),
    "mail: header lines without end": _fields(b"a"),
    "mail: mbox separators": _fields(b"From me@example.com Tue May  6 09:08:00 2031\n"),
    "mail: a name without colon": _fields(b"aaaaaaaaaaaaaaaaaaaa "),
    "mail: encoded words": _field(b"Subject", b"=?utf-8?q?a?= "),
    "mail: encoded words in base64": _field(b"Subject", b"=?utf-8?b?YQ==?= "),
    "mail: encoded words of many charsets": _charsets,
    "mail: encoded words without end": _field(b"Subject", b"=?utf-8?q?"),
    "mail: encoded word begins": _field(b"Subject", b"=?"),
    "mail: blanks between words": _one_line(b"Subject", b"?=  ", b"=?"),
    "mail: dates": _field(b"Date", b"Tue, 6 May 2031 "),
    "mail: a date of digits": _one_line(b"Date", b"1", b" May 2031 09:08"),
    "mail: a date of colons": _one_line(b"Date", b":"),
    "mail: recipients": _recipients,
    "mail: told recipients": _told_recipients,
    "mail: one recipient again": _status(
        b"Final-Recipient: rfc822;grace@example.net\nAction: failed\n\n"
    ),
    "mail: diagnostics": _status(
        b"Final-Recipient: rfc822;a@b.example\nDiagnostic-Code: smtp; ", b"x" * 2_000
    ),
    "mail: a diagnostic without end": lambda size: (
        _REPORT
        + _STATUS
        + b"Final-Recipient: rfc822;a@b.example\nDiagnostic-Code: smtp; "
        + b"550-5.1.1 " * (size // 10)
    ),
    "mail: empty blocks": _status(b"\n \n"),
    "mail: blanks in blocks": _status(b" ", b"x"),
    "mail: base64 without end": _body(_PLAIN + _BASE64, b"SGVsbG8gR3JhY2U"),
    "mail: broken base64": _body(_PLAIN + _BASE64, b"=A!"),
    "mail: soft line breaks": _body(_PLAIN + _QP, b"=\n"),
    "mail: equals": _body(_PLAIN + _QP, b"="),
    "mail: blanks before line ends": _body(_PLAIN + _QP, b" " * 70 + b"\n"),
    "mail: quoted nothing": _body(_PLAIN + _QP, b"=3D"),
    "mail: invalid UTF-8": _body(_PLAIN, b"\xff\xfe\xc3"),
    "mail: UTF-7": _body(_HEAD + _PLAIN_AS % b"utf-7", b"+2AA-"),
    "mail: UTF-16": _body(_HEAD + _PLAIN_AS % b"utf-16", b"\x00\xd8"),
    "mail: a charset that ends": _body(_HEAD + _PLAIN_AS % b"iso-2022-jp", b"\x1b$B"),
    "mail: HZ": _body(_HEAD + _PLAIN_AS % b"hz", b"~{"),
    "mail: punycode": _body(_HEAD + _PLAIN_AS % b"punycode", b"a-"),
    "mail: unicode escapes": _body(_HEAD + _PLAIN_AS % b"unicode-escape", b"\\u"),
    "mail: a report in UTF-7": _body(_DAEMON + _PLAIN_AS % b"utf-7", b"+2AA-a@b.example "),
}


def as_reply(text: Maker) -> Maker:
    """Put a text into an answer."""
    return lambda size: _PLAIN + b"\n" + text(size)


def as_page(text: Maker) -> Maker:
    """Put a text into an answer in HTML."""
    return lambda size: _HTML + b"\n" + text(size)


def as_report(text: Maker) -> Maker:
    """Put a text into a report in prose."""
    return lambda size: _DAEMON + b"\nYour message could not be delivered.\n\n" + text(size)


def as_subject(text: Maker) -> Maker:
    """Put a text into a report's subject."""
    return lambda size: (
        b"Subject: " + text(size).replace(b"\n", b" ") + b"\n" + _DAEMON + b"\nSee the subject.\n"
    )


def as_diagnostic(text: Maker) -> Maker:
    """Put a text into a server's words about one recipient."""
    said = b"Final-Recipient: rfc822;a@b.example\nDiagnostic-Code: smtp; "
    return lambda size: _REPORT + _STATUS + said + text(size).replace(b"\n", b" ") + b"\n\n--b--\n"


def in_lines(piece: bytes, length: int) -> Maker:
    """Make lines of one length, each of which begins anew."""
    line = piece[:length] + b"\n"
    return lambda size: line * (size // len(line))
