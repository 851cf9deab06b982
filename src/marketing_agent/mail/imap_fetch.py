"""Fetching mails by UID, in batches that keep memory flat."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from marketing_agent.mail.imap_wire import Client

MAX_MAIL = 25 * 1024 * 1024  # bytes; of a larger mail only the header is fetched
BATCH = 20  # mails one FETCH brings
_BATCH_BYTES = 4 * 1024 * 1024
_ASKED = 500  # sizes that one FETCH brings
_HIGHEST_SIZE = 2**31 - 1

Talking = Callable[[], AbstractContextManager[Client]]
"""One exchange with the server, in whose selected folder the mails lie."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail; of an oversized one `raw` holds the header only and `complete` is False.

    `size` is what the server announced, which `raw` may fall short of.
    """

    uid: int
    raw: bytes
    size: int
    complete: bool = True


def fetch(talking: Talking, uids: Sequence[int]) -> Iterator[Fetched]:
    """Yield mails, ascending in each batch; one that the server does not give is left out.

    One UID comes twice if the server gives two mails for it.
    """
    for batch in _batches(talking, uids):
        yield from _fetch(talking, batch)


def _batches(talking: Talking, uids: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
    """Group (uid, size) so that one FETCH brings few mails and few bytes."""
    batch: list[tuple[int, int]] = []
    for uid, size in _sizes(talking, uids):
        if batch and not _has_room(batch, size):
            yield batch
            batch = []
        batch.append((uid, size))
    if batch:
        yield batch


def _sizes(talking: Talking, uids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give (UID, size); a size that the server keeps to itself is 0."""
    for start in range(0, len(uids), _ASKED):
        some = uids[start : start + _ASKED]
        with talking() as client:
            said = list(client.values(some, "RFC822.SIZE"))
        known = {uid: size for uid, size in said if isinstance(size, int)}
        yield from ((uid, max(0, min(known.get(uid, 0), _HIGHEST_SIZE))) for uid in some)


def _has_room(batch: list[tuple[int, int]], size: int) -> bool:
    """An oversized mail, of which only the header is fetched, is a batch of its own."""
    sizes = [*(one for _, one in batch), size]
    return len(sizes) <= BATCH and sum(sizes) <= _BATCH_BYTES and max(sizes) <= MAX_MAIL


def _fetch(talking: Talking, batch: Iterable[tuple[int, int]]) -> Iterator[Fetched]:
    sizes = dict(batch)
    complete = max(sizes.values()) <= MAX_MAIL
    with talking() as client:
        said = list(client.values(list(sizes), "BODY.PEEK[]" if complete else "BODY.PEEK[HEADER]"))
    # Nothing where there should be something is not the mail.
    given = {(uid, raw) for uid, raw in said if isinstance(raw, bytes) and (raw or not sizes[uid])}
    for uid, raw in sorted(given):
        yield Fetched(uid, raw, max(sizes[uid], len(raw)), complete)
