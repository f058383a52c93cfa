"""What several test folders need: specs from overrides, and runs in folders that vanish."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.config.spec import RunSpec
from qmlops.pipeline.record import Run
from qmlops.pipeline.run import start

MakeSpec = Callable[..., RunSpec]


@pytest.fixture
def spec_of() -> MakeSpec:
    """The RunSpec of some overrides, tracked nowhere."""

    def make(*overrides: str) -> RunSpec:
        composed = compose([*overrides, "tracker=none"])
        return build(composed.config, list(composed.mistakes))

    return make


@pytest.fixture
def run_of(spec_of: MakeSpec, tmp_path: Path) -> Callable[..., Run]:
    """A finished run of some overrides in a folder of its own below the test's."""

    def make(*overrides: str, name: str = "run") -> Run:
        return start(spec_of(*overrides), tmp_path / name, lambda event: None, list(overrides))

    return make
