"""Every test of workers begins with no run noted."""

import pytest

from workers import parts


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    parts.ran.clear()
