"""Short runs at a scripted provider and at doubles, all at once in an empty project folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.config.kind import table
from qmlops.config.spec import RunSpec
from qmlops.parts.backend import KINDS

SHORT = ("+experiment=vqc_moons", "data.rows=24", "circuit.layers=1", "qubits=2", "shots=10", "steps=3")
SpecAt = Callable[..., RunSpec]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The test's folder, where `scripted` is a kind of backend."""
    monkeypatch.setitem(KINDS, "scripted", "tests.execute.provider:Scripted")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "provider").mkdir()
    table.cache_clear()
    yield tmp_path
    table.cache_clear()


@pytest.fixture
def scripted(tmp_path: Path) -> SpecAt:
    """The spec of overrides at the scripted provider, with money enough unless the overrides say otherwise."""

    def make(*overrides: str, **backend: Any) -> RunSpec:
        config = dict(compose(["budget.usd=null", "tracker=none", *overrides]).config)
        config["backend"] = {"kind": "scripted", "folder": str(tmp_path / "provider"), **backend}
        return build(config)

    return make
