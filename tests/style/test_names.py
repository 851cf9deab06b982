"""The folder listing is the diagram of a letter's journey: each name says what lies there."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from style.sources import PRODUCT, ROOT, everything, expect_none

SAYS_NOTHING = {"util", "common", "helper", "service", "misc", "tool", "stuff"}


def empty_names(paths: Iterable[PurePosixPath]) -> list[str]:
    """List the paths in which a file or a folder is called what says nothing."""
    return [str(path) for path in paths if any(_is_empty(part) for part in path.parts)]


def _is_empty(part: str) -> bool:
    word = part.removesuffix(".py")
    return word in SAYS_NOTHING or word.removesuffix("s") in SAYS_NOTHING


def folders_without_init() -> list[str]:
    """List the product's folders that hold modules and yet are no package."""
    folders = {file.parent for file in (ROOT / PRODUCT).rglob("*.py")}
    bare = [folder for folder in folders if not (folder / "__init__.py").exists()]
    return sorted(str(folder.relative_to(ROOT)) for folder in bare)


def test_names_say_what_lies_there() -> None:
    expect_none(empty_names(source.path for source in everything()))


def test_every_folder_of_modules_is_a_package() -> None:
    # import-linter does not see folders without __init__.py, so rules would pass them by.
    expect_none(folders_without_init())


def test_a_name_that_says_nothing_is_found() -> None:
    bad = ["mail/utils.py", "helpers/dates.py", "outbox/service.py", "common/__init__.py"]
    assert empty_names(map(PurePosixPath, bad)) == bad
    assert empty_names([PurePosixPath("mail/servicedesk.py")]) == []
