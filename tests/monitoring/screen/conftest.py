"""One recorded project for the tests of the screen, at one moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.monitoring.screen import recorded


@pytest.fixture
def moment() -> Iterator[None]:
    """The clock stands at the recorded moment, in UTC; a test that moves it puts it back before it ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        patch.setenv("TEXTUAL_ANIMATIONS", "none")
        time.tzset()
        patch.setattr(time, "time", lambda: recorded.NOW)
        yield
    time.tzset()


@pytest.fixture
def root(tmp_path: Path, moment: None) -> Iterator[Path]:
    """The folder of the recorded project, with its living runs alive."""
    folder = tmp_path / "recorded"
    folder.mkdir()
    with recorded.project(folder):
        yield folder
