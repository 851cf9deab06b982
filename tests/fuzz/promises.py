"""What a target asks of an answer, each in one line; a broken promise is an AssertionError."""

from collections.abc import Callable, Collection, Iterable

ADDRESS_LENGTH = 400  # characters; 128 before the @ and 255 behind it are looked at


class PromiseError(AssertionError):
    """An answer is not what its interface promises."""


def promise(kept: object, what: str) -> None:
    """Raise when a promise is broken."""
    if not kept:
        raise PromiseError(what)


def one_of(word: str, words: Collection[str], what: str) -> None:
    """Ask that a word is in the vocabulary."""
    promise(word in words, f"{what} is {word!r}")


def at_most(count: int, most: int, what: str) -> None:
    """Ask for a bound."""
    promise(count <= most, f"{what}: {count} of at most {most}")


def storable(texts: Iterable[str | None], what: str) -> None:
    """Ask that texts can be written to a database, a file or a terminal: no half characters."""
    for text in texts:
        promise(isinstance(text, str | None), f"{what} is {type(text).__name__}")
        promise(_is_whole(text or ""), f"{what} holds half a character: {text!r:.200}")


def refused_by(error: type[Exception], deed: Callable[[], object]) -> bool:
    """Tell whether the one error that may come has come; any other one goes on."""
    try:
        deed()
    except error as refusal:
        promise(str(refusal).strip(), f"{error.__name__} says nothing")
        return True
    return False


def text_of(data: bytes) -> str:
    """Make a text of any bytes; those that are no UTF-8 become halves of characters."""
    return data.decode("utf-8", "surrogateescape")


def _is_whole(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
