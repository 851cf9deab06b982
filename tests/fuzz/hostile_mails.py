"""Strategies for mails: every part of their structure may be there, missing, broken or doubled."""

import base64
import quopri
from collections.abc import Sequence
from functools import reduce

from hypothesis import strategies as st

from fuzz.hostile_texts import as_bytes, texts
from fuzz.seeds import mails as honest_mails

Bytes = st.SearchStrategy[bytes]

_NAMES = st.sampled_from(
    b"From To Cc Subject Date Message-ID In-Reply-To References Return-Path Reply-To Received "
    b"Delivered-To X-Failed-Recipients Auto-Submitted Precedence X-Autoreply List-Id Content-Type "
    b"Content-Disposition Content-Transfer-Encoding MIME-Version X-Apple-Unsubscribe".split()
)
_VALUES = st.sampled_from(
    [
        b"",
        b"<>",
        b"Mail Delivery System <mailer-daemon@mx.example.net>",
        b'"Grace, Hopper" <grace+tag@example.net>, ada@example.com',
        b"=?utf-8?b?4oKs?= =?iso-8859-1?q?=FC?= <a@b.example>",
        b"Undelivered mail returned to sender",
        b"Re: Automatic reply: out of office",
        b"<letter@example.com> <other@example.com>",
        b"Tue, 31 Feb 99999 25:61:61 +9999",
        b"Tue, 6 May 2031 09:08:00 -0000 (CEST (nested) )",
        b"6 May 0000 00:00",
        b"auto-replied; owner-email=a@b.example",
        b"bulk",
        b"no",
        b"attachment; filename*0*=utf-7''+2AA-",
        b"text/plain; charset=utf-7",
        b'multipart/mixed; boundary="',
        b"multipart/report; report-type=feedback-report",
        b"message/rfc822",
        b"base64",
        b"quoted-printable",
        b"a\n b\n\t\n c",
        b"(" * 50,
        b"\xff\xfe",
        b"\0",
    ]
)
_KINDS = st.sampled_from(
    [
        b"text/plain",
        b"text/plain; charset=utf-8",
        b"text/plain; charset=utf-7",
        b"text/plain; charset=utf-16",
        b"text/plain; charset=\xff",
        b"text/html",
        b"text/rfc822-headers",
        b"message/delivery-status",
        b"message/global-delivery-status",
        b"message/feedback-report",
        b"message/rfc822",
        b"message/global",
        b"message/partial",
        b"multipart/mixed",
        b"application/octet-stream",
        b"/",
        b";",
    ]
)
_SUBTYPES = st.sampled_from(
    [
        b"mixed",
        b"alternative",
        b"report; report-type=delivery-status",
        b"report; report-type=feedback-report",
        b"signed",
        b"",
    ]
)
_STATUS_FIELDS = st.sampled_from(
    [
        b"Reporting-MTA: dns; mx.example.net",
        b"Final-Recipient: rfc822;grace@example.net",
        b"Final-Recipient: rfc822; ",
        b"Final-Recipient: <a@b>; c@d.example",
        b"Original-Recipient: rfc822;other@example.net",
        b"X-Actual-Recipient: rfc822; grace@inner",
        b"Action: failed",
        b"Action: delayed (for now)",
        b"Action: delivered",
        b"Action: \xff",
        b"Status: 5.1.1",
        b"Status: 5.0.0 (permanent)",
        b"Status: 9.9.9",
        b"Status: 4..",
        b"Diagnostic-Code: smtp; 550 5.1.1 <grace@example.net>: user unknown",
        b"Diagnostic-Code: x",
        b" folded",
        b"",
        b"Feedback-Type: abuse",
        b"Feedback-Type: \xfc\xfc",
        b"Original-Rcpt-To: <grace@example.net>",
        b"Original-Rcpt-To: nobody",
        b"Removal-Recipient: a@b.example",
        b"Original-Mail-From: <>",
        b"nonsense",
    ]
)
_BOUNDARIES = st.sampled_from(
    [b"b", b"bb", b"=_b (1)", b"", b" b ", b"--", b'"', b"b" * 300, b"\xff"]
)
_LINE_ENDS = st.sampled_from([b"\n", b"\r\n", b"\r", b"\r\r\n"])


def hostile_mails() -> Bytes:
    """Give made-up mails, honest ones with edits, and plain bytes."""
    return _made_up() | _edited() | st.binary(max_size=400)


def _made_up() -> Bytes:
    return st.builds(_with_line_ends, _headers(), _entity(), _LINE_ENDS)


def _with_line_ends(headers: bytes, entity: bytes, end: bytes) -> bytes:
    return (headers + entity).replace(b"\n", end)


def _headers() -> Bytes:
    value = _VALUES | texts().map(as_bytes)
    field = st.builds(lambda name, value: name + b": " + value + b"\n", _NAMES, value)
    return st.lists(field, max_size=8).map(b"".join)


def _entity() -> Bytes:
    return st.recursive(_leaf(), _container, max_leaves=6)


def _leaf() -> Bytes:
    words = texts().map(as_bytes)
    fields = st.lists(_STATUS_FIELDS, max_size=12).map(b"\n".join)
    return st.builds(_part, _KINDS, words | fields | _headers(), st.sampled_from(sorted(_ENCODERS)))


def _part(kind: bytes, body: bytes, encoding: bytes) -> bytes:
    head = b"Content-Type: " + kind + b"\nContent-Transfer-Encoding: " + encoding + b"\n\n"
    return head + _ENCODERS[encoding](body) + b"\n"


_ENCODERS = {
    b"7bit": bytes,
    b"base64": base64.encodebytes,
    b"Base64 ": lambda body: base64.b64encode(body)[:-3],
    b"quoted-printable": quopri.encodestring,
    b"x-none": lambda body: body[::-1],
}


def _container(parts: Bytes) -> Bytes:
    several = st.lists(parts, max_size=4)
    cut = st.booleans()
    multipart = st.builds(_multipart, _SUBTYPES, _BOUNDARIES, _BOUNDARIES, several, cut)
    return multipart | parts.map(lambda inner: b"Content-Type: message/rfc822\n\n" + inner)


def _multipart(
    subtype: bytes, named: bytes, used: bytes, parts: Sequence[bytes], cut: bool
) -> bytes:
    """Name one boundary and use another; `cut` leaves the final one out."""
    head = b"Content-Type: multipart/" + subtype + b'; boundary="' + named + b'"\n\n'
    body = b"".join(b"--" + used + b"\n" + part for part in parts)
    return head + body + (b"" if cut else b"--" + used + b"--\n")


def _edited() -> Bytes:
    edit = st.tuples(st.floats(0, 1), st.floats(0, 1), st.integers(0, 3), _STATUS_FIELDS)
    return st.builds(
        lambda mail, edits: reduce(_edit, edits, mail),
        st.sampled_from(honest_mails()),
        st.lists(edit, max_size=6),
    )


def _edit(mail: bytes, how: tuple[float, float, int, bytes]) -> bytes:
    """Leave out, double, overwrite or add a piece of a mail."""
    begin, length, kind, piece = int(how[0] * len(mail)), int(how[1] * 200), how[2], how[3]
    taken, rest = mail[begin : begin + length], mail[begin + length :]
    put = (b"", taken * 3, piece, taken + b"\n" + piece + b"\n")[kind]
    return mail[:begin] + put + rest
