"""Imports that the layers (.importlinter) cannot express."""

import sys
from collections.abc import Iterable

from style.sources import Source, expect_none, imports, is_within, product, snippet

THREADS = ("threading", "_thread", "concurrent.futures", "concurrent", "multiprocessing")
MAY_START_THREADS = {"workers", "sandbox"}
MAY_HOLD_A_LOCK = {
    "operations/requests.py": "guards what the web server's own threads count",
    "providers/limiter.py": "guards the turns that the lanes of a job take",
}
TOTALS = tuple(
    f"marketing_agent.operations.{name}"
    for name in ("stats", "health", "why", "why_inboxes", "why_overall")
)
EDGES = {"api", "console", "cli", "workers", "sandbox", "operations"}


def foreign_imports_of_engine(sources: Iterable[Source]) -> list[str]:
    """List what engine imports beyond itself and the standard library."""
    return [
        f"{place} imports {name}"
        for source in sources
        if source.place.parts[0] == "engine"
        for place, name in imports(source)
        if not _is_pure(name)
    ]


def threads(sources: Iterable[Source]) -> list[str]:
    """List the imports of threads and processes outside of workers and sandbox."""
    judged = [source for source in sources if str(source.place) not in MAY_HOLD_A_LOCK]
    return _forbidden(judged, THREADS, MAY_START_THREADS)


def totals(sources: Iterable[Source]) -> list[str]:
    """List who reads the whole house's statistics without being an edge."""
    return _forbidden(sources, TOTALS, EDGES)


def _is_pure(name: str) -> bool:
    root = name.split(".", maxsplit=1)[0]
    return is_within(name, "marketing_agent.engine") or root in sys.stdlib_module_names


def _forbidden(sources: Iterable[Source], names: Iterable[str], allowed: set[str]) -> list[str]:
    return [
        f"{place} imports {name}"
        for source in sources
        if source.place.parts[0] not in allowed
        for place, name in imports(source)
        if any(is_within(name, each) for each in names)
    ]


def test_engine_imports_the_standard_library_only() -> None:
    expect_none(foreign_imports_of_engine(product()))


def test_only_workers_and_the_sandbox_start_threads() -> None:
    expect_none(threads(product()))


def test_only_the_edges_read_the_totals() -> None:
    expect_none(totals(product()))


def test_a_foreign_import_in_engine_is_found() -> None:
    bad = "import httpx\nfrom marketing_agent import settings\nfrom marketing_agent.mail import dsn"
    assert len(foreign_imports_of_engine([snippet(bad, "engine/x.py")])) == 3
    good = "import tomllib\nfrom marketing_agent.engine.values import Stage"
    assert foreign_imports_of_engine([snippet(good, "engine/x.py")]) == []


def test_a_thread_elsewhere_is_found() -> None:
    bad = "from concurrent.futures import ThreadPoolExecutor\nimport threading"
    assert len(threads([snippet(bad, "outbox/deliver.py")])) == 2
    assert threads([snippet(bad, "workers/loop.py")]) == []


def test_totals_below_the_edges_are_found() -> None:
    bad = "from marketing_agent.operations import stats"
    assert totals([snippet(bad, "inboxes/health.py")])
    assert totals([snippet(bad, "api/stats.py")]) == []
