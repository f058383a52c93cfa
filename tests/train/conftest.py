"""Small experiments to be run and interrupted."""

from __future__ import annotations

import pytest

from tests.train.small_runs import SMALL


@pytest.fixture(params=SMALL)
def small(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The overrides of one small experiment."""
    return SMALL[request.param]
