"""What a hostile server says, at length."""

from fuzz.worst_texts import Repeated

LINES = {
    "wire: replies": Repeated("250 ok\r\n", ""),
    "wire: a reply of many lines": Repeated("250-ok\r\n", "250 ok\r\n"),
    "wire: a long line": Repeated("a", "\r\n", head="250 "),
    "wire: lines without end": Repeated("250", ""),
    "wire: bare returns": Repeated("250 ok\r", ""),
    "wire: refusals": Repeated("550 5.1.1 user unknown\n", ""),
    "wire: a refusal at length": Repeated("5.7.1 blocked ", "\r\n", head="550 "),
    "wire: greylisting by half": Repeated("try again in ", "\r\n", head="450 "),
    "wire: brackets": Repeated("(", "", head="1 "),
    "wire: closed brackets": Repeated(")", "", head="1 "),
    "wire: nested lists": Repeated("(a ", "", head="1 "),
    "wire: quoted strings": Repeated('"a" ', "", head="1 ("),
    "wire: quotes": Repeated('"', "", head="1 ("),
    "wire: backslashes": Repeated("\\", "", head='1 ("'),
    "wire: square brackets": Repeated("BODY[", "", head="1 ("),
    "wire: literals": Repeated("1 (UID 7 BODY[] {1}\na\n)\n", ""),
    "wire: announced literals": Repeated("{1}\n", "", head="1 ("),
    "wire: answers": Repeated("1 (UID 7 RFC822.SIZE 5)\n", ""),
    "wire: digits": Repeated("1", "", head="1 (UID "),
    "wire: envelopes": Repeated('(ENVELOPE ("d" "s" ((NIL NIL "a" "b")) NIL) ', "", head="1 "),
    "wire: folders": Repeated("Junk\n", ""),
    "wire: a long folder": Repeated("a/", ""),
}
