"""A double of Braket, and the real adapter pointed at it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("braket.aws")

from qmlops.config.place import devices
from qmlops.parts.backend.braket.cloud import Braket
from tests.doubles.braket import BraketDouble
from tests.doubles.braket_device import capabilities

MakeBackend = Callable[..., Braket]


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Iterator[BraketDouble]:
    made = BraketDouble()
    for name, value in made.environment().items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    yield made
    made.close()


@pytest.fixture
def backend(double: BraketDouble) -> MakeBackend:
    """`backend=braket` with the shipped catalogue, at the double."""

    def make(**given: Any) -> Braket:
        return Braket(**({"devices": devices("braket"), "timeout": 20.0} | given))

    return make


@pytest.fixture
def machine(tmp_path: Path) -> str:
    """A file with the capabilities of four qubits on a line, numbered from 1."""
    path = tmp_path / "machine.json"
    path.write_text(json.dumps(capabilities(4)))
    return str(path)
