"""What every test run shares: the store, the sockets, and that nothing is left out."""

import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest
import pytest_socket

import store

LOOPBACK = ["127.0.0.1", "::1", "localhost"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare our options and prepare the store before any other conftest imports a model."""
    group = parser.getgroup("marketing-agent")
    group.addoption("--store", choices=store.STORES, default="sqlite", help="database to test on")
    group.addoption("--no-skips", action="store_true", help="a skipped test fails the run")
    group.addoption("--long", action="store_true", help="run the tests marked `long` and no others")
    store.prepare(parser.parse_known_args(sys.argv[1:]).store)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Close sockets, and refuse a store that was chosen where we could not see it."""
    # First of all plugins: pytest-socket reads its options when its own turn comes.
    config.option.disable_socket = True
    config.option.allow_unix_socket = True
    config.addinivalue_line("markers", "long: takes minutes; `make test-long` runs it")
    # The same examples every day; the long run looks for new ones.
    hypothesis.settings.register_profile("steady", derandomize=not config.getoption("long"))
    hypothesis.settings.load_profile("steady")
    if config.getoption("store") != store.store_in_use():
        raise pytest.UsageError("Give --store on the command line, not in a file or variable.")


def pytest_xdist_setupnodes() -> None:
    """Called before the workers start."""
    store.hide_settings_from_workers()


def pytest_report_header(config: pytest.Config) -> str:
    return f"store: {config.getoption('store')}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Separate the long tests from the others."""
    wanted = config.getoption("long")
    left_out = [item for item in items if bool(item.get_closest_marker("long")) is not wanted]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture(autouse=True)
def _sockets_reach_this_machine_only(request: pytest.FixtureRequest) -> None:
    """Narrow what the marker `enable_socket` opens to the loopback addresses."""
    if request.node.get_closest_marker("enable_socket"):
        pytest_socket.socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _no_memory_outlives_its_test() -> Iterator[None]:
    """Remove the files STOP and store-mark.json, which are there to outlive any store."""
    yield
    for name in ("STOP", "store-mark.json"):
        Path(os.environ["MARKETING_AGENT_HOME"], name).unlink(missing_ok=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one where none may be left out."""
    report = yield
    _refuse_skip(item.config, report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a skipped module into a failed one where none may be left out."""
    report = yield
    _refuse_skip(collector.config, report)
    return report


def _refuse_skip(config: pytest.Config, report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and config.getoption("no_skips"):
        report.outcome = "failed"
        report.longrepr = f"No test may be left out here (--no-skips): {report.longrepr}"
