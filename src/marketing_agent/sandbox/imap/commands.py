"""What each IMAP command does to a session's state; one function a command."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from marketing_agent.sandbox.imap.fetch import fetch_reply, flag_list, item_names
from marketing_agent.sandbox.imap.mailbox import Mailbox, Numbered
from marketing_agent.sandbox.imap.search import search
from marketing_agent.sandbox.imap.state import Needs, State, capabilities
from marketing_agent.sandbox.imap.tokens import (
    BadCommandError,
    Token,
    quoted,
    read_date_time,
    text,
    word,
)

_SYSTEM_FLAGS = r"(\Answered \Deleted \Draft \Flagged \Seen)"
_DONE = "OK Done"

Act = Callable[[State, list[Token]], str]


@dataclass(frozen=True)
class Command:
    """A command's action and what must come before it."""

    needs: Needs
    act: Act


def _capability(state: State, _items: list[Token]) -> str:
    state.write(f"* CAPABILITY {capabilities(state)}")
    return _DONE


def _noop(_state: State, _items: list[Token]) -> str:
    return _DONE


def _id(state: State, _items: list[Token]) -> str:
    state.write('* ID ("name" "sandbox")')
    return _DONE


def _namespace(state: State, _items: list[Token]) -> str:
    state.write('* NAMESPACE (("" "/")) NIL NIL')
    return _DONE


def _list(state: State, items: list[Token]) -> str:
    # RFC 6154 section 3: LIST (SPECIAL-USE) "" "*" shows the special ones alone.
    special_only = isinstance(items[0], list) if items else False
    pattern = text(items, 2 if special_only else 1)
    for mailbox in state.logged_in().mailboxes.values():
        if _fits(mailbox.name, pattern) and (mailbox.attribute or not special_only):
            attributes = f"\\HasNoChildren {mailbox.attribute}".strip()
            state.write(b'* LIST (%s) "/" %s' % (attributes.encode(), quoted(mailbox.name)))
    return _DONE


def _fits(name: str, pattern: str) -> bool:
    escaped = re.escape(pattern).replace(r"\*", ".*").replace("%", "[^/]*")
    return re.fullmatch(escaped, name, re.IGNORECASE) is not None


def _select(state: State, items: list[Token], *, read_only: bool) -> str:
    state.leave_mailbox()
    mailbox = _mailbox(state, items)
    if isinstance(mailbox, str):
        return mailbox
    state.enter_mailbox(mailbox, read_only=read_only)
    for line in (
        *(f"{len(mailbox.messages)} EXISTS", "0 RECENT", f"FLAGS {_SYSTEM_FLAGS}"),
        *(f"OK [UIDVALIDITY {mailbox.uidvalidity}]", f"OK [UIDNEXT {mailbox.uidnext}]"),
    ):
        state.write(f"* {line}")
    return "OK [READ-ONLY] Selected" if read_only else "OK [READ-WRITE] Selected"


def _mailbox(state: State, items: list[Token]) -> Mailbox | str:
    return state.logged_in().find(text(items, 0)) or "NO [NONEXISTENT] There is no such mailbox"


def _status(state: State, items: list[Token]) -> str:
    mailbox = _mailbox(state, items)
    if isinstance(mailbox, str):
        return mailbox
    unseen = sum(rb"\Seen" not in message.flags for message in mailbox.messages)
    figures = {
        "MESSAGES": len(mailbox.messages),
        "RECENT": 0,
        "UNSEEN": unseen,
        "UIDNEXT": mailbox.uidnext,
        "UIDVALIDITY": mailbox.uidvalidity,
    }
    asked = [name.decode("ascii", "replace") for name in item_names(items[1:], with_uid=False)]
    shown = " ".join(f"{name} {figures[name]}" for name in asked if name in figures)
    state.write(b"* STATUS %s (%s)" % (quoted(mailbox.name), shown.encode()))
    return _DONE


def _create(state: State, items: list[Token]) -> str:
    return _DONE if state.logged_in().create(text(items, 0)) else "NO [ALREADYEXISTS] It is there"


def _append(state: State, items: list[Token]) -> str:
    mailbox = _mailbox(state, items)
    if isinstance(mailbox, str):
        return mailbox.replace("NONEXISTENT", "TRYCREATE")
    *options, raw = items[1:]
    if not isinstance(raw, bytes):
        raise BadCommandError("The message is missing")
    flags = [each for option in options if isinstance(option, list) for each in option]
    dates = [option.decode("ascii", "replace") for option in options if isinstance(option, bytes)]
    when = read_date_time(dates[0]) if dates else state.clock()
    names = [flag for flag in flags if isinstance(flag, bytes)]
    uid = state.logged_in().deliver(mailbox.name, raw, when, names)
    return f"OK [APPENDUID {mailbox.uidvalidity} {uid}] Stored"


def _members(state: State, items: list[Token], *, by_uid: bool) -> list[Numbered]:
    find = state.opened().by_uid if by_uid else state.opened().by_number
    return find(text(items, 0))


def _fetch(state: State, items: list[Token], *, by_uid: bool) -> str:
    names = item_names(items[1:], with_uid=by_uid)
    for each in _members(state, items, by_uid=by_uid):
        state.write(fetch_reply(each, names))
    return _DONE


def _search(state: State, items: list[Token], *, by_uid: bool) -> str:
    criteria = items[2:] if items and items[0] in (b"CHARSET", b"charset") else items
    found = search(state.opened(), criteria)
    numbers = (message.uid if by_uid else number for number, message in found)
    state.write(" ".join(["* SEARCH", *map(str, numbers)]))
    return _DONE


def _store(state: State, items: list[Token], *, by_uid: bool) -> str:
    if state.read_only:
        return "NO [READ-ONLY] The mailbox was only examined"
    how = word(items, 1).upper()
    flags = {flag for each in items[2:] for flag in (each if isinstance(each, list) else [each])}
    names = {flag for flag in flags if isinstance(flag, bytes)}
    for number, message in _members(state, items, by_uid=by_uid):
        message.flags = _changed_flags(message.flags, how, names)
        if not how.endswith(b".SILENT"):
            uid = b"UID %d " % message.uid if by_uid else b""
            state.write(b"* %d FETCH (%sFLAGS %s)" % (number, uid, flag_list(message.flags)))
    return _DONE


def _changed_flags(old: set[bytes], how: bytes, names: set[bytes]) -> set[bytes]:
    return {b"+": old | names, b"-": old - names}.get(how[:1], names)


def _expunge(state: State, _items: list[Token]) -> str:
    for number in state.opened().expunge(lambda message: rb"\Deleted" in message.flags):
        state.removed(number)
    return _DONE


def _close(state: State, _items: list[Token]) -> str:
    state.opened().expunge(lambda message: rb"\Deleted" in message.flags and not state.read_only)
    state.leave_mailbox()
    return _DONE


def _unselect(state: State, _items: list[Token]) -> str:
    state.leave_mailbox()
    return _DONE


def _pair(name: str, act: Callable[..., str]) -> dict[str, Command]:
    """Return a command and its UID form."""
    return {
        name: Command(Needs.MAILBOX, partial(act, by_uid=False)),
        f"UID {name}": Command(Needs.MAILBOX, partial(act, by_uid=True)),
    }


COMMANDS: dict[str, Command] = {
    "CAPABILITY": Command(Needs.NOTHING, _capability),
    "NOOP": Command(Needs.NOTHING, _noop),
    "ID": Command(Needs.NOTHING, _id),
    "NAMESPACE": Command(Needs.LOGIN, _namespace),
    "LIST": Command(Needs.LOGIN, _list),
    "SELECT": Command(Needs.LOGIN, partial(_select, read_only=False)),
    "EXAMINE": Command(Needs.LOGIN, partial(_select, read_only=True)),
    "STATUS": Command(Needs.LOGIN, _status),
    "CREATE": Command(Needs.LOGIN, _create),
    "APPEND": Command(Needs.LOGIN, _append),
    **_pair("FETCH", _fetch),
    **_pair("SEARCH", _search),
    **_pair("STORE", _store),
    "CHECK": Command(Needs.MAILBOX, _noop),
    "EXPUNGE": Command(Needs.MAILBOX, _expunge),
    "CLOSE": Command(Needs.MAILBOX, _close),
    "UNSELECT": Command(Needs.MAILBOX, _unselect),
}
