"""The API in a small world, at a fixed time."""

from collections.abc import Callable, Iterator

import pytest

from api.world import NOW, Asker, World, build, token
from marketing_agent.operations import requests
from marketing_agent.settings import settings
from marketing_agent.workers import clock


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Let a test say how the program is installed: names and values of settings."""

    def install(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"MARKETING_AGENT_{name}", value)
        settings.cache_clear()

    install(KEY="a key of the test")
    yield install
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def clocked() -> Iterator[clock.SimulatedClock]:
    """Let it be ten o'clock on a Monday."""
    simulated = clock.SimulatedClock(NOW)
    before = clock.install(simulated)
    requests.forget()
    yield simulated
    clock.install(before)


@pytest.fixture
def world(db: None, installed: object, clocked: object) -> World:
    del db, installed, clocked
    return build()


@pytest.fixture
def stranger(world: World) -> Asker:
    """Somebody without a token."""
    del world
    return Asker()


@pytest.fixture
def admin(world: World) -> Asker:
    """Somebody who may do everything."""
    del world
    return Asker(token("admin"))


@pytest.fixture
def guest(world: World, installed: Callable[..., None]) -> Asker:
    """Somebody on the machine itself, in a throw-away world."""
    del world
    installed(SANDBOX="1")
    asker = Asker()
    asker.client.defaults["HTTP_HOST"] = "127.0.0.1:8787"
    return asker
