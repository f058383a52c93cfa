"""One short run of each shipped experiment, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.pipeline.record import Run
from qmlops.pipeline.run import start

CONF = Path(__file__).parents[2] / "conf" / "experiment"
EXPERIMENTS = sorted(path.stem for path in CONF.glob("*.yaml"))


def finished(folder: Path, *overrides: str) -> Run:
    composed = compose([*overrides, "tracker=none"])
    return start(build(composed.config, list(composed.mistakes)), folder, lambda event: None, list(overrides))


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """Experiment → its finished run of three steps."""
    folder = tmp_path_factory.mktemp("shipped")
    return {name: finished(folder / name, f"+experiment={name}", "steps=3") for name in EXPERIMENTS}
