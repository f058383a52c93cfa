"""A double of Braket, and the real adapter pointed at it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cirq
import numpy as np
import pytest
import sympy

pytest.importorskip("braket.aws")

from qmlops.config.place import devices
from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.ticket import Ticket
from qmlops.core.work import Result, Work
from qmlops.parts.backend.braket.cloud import Braket
from tests.doubles.braket import BraketDouble
from tests.doubles.braket_device import capabilities

MakeBackend = Callable[..., Braket]
POINTS = np.array([[0.3, 1.1], [2.0, -0.4], [0.0, np.pi]])


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


def turned(*observables: str) -> Program:
    """RY(theta) on wire 0, its copy on wire 2, RX(phi) on wire 1."""
    a, b, c = cirq.LineQubit.range(3)
    theta, phi = sympy.symbols("theta phi")
    circuit = cirq.Circuit(cirq.ry(theta)(a), cirq.CNOT(a, c), cirq.rx(phi)(b))
    return Program(circuit, 3, ("theta",), ("phi",), tuple(PauliSum.parse(text) for text in observables))


def collect(session: Any, ticket: Ticket, works: list[Work]) -> list[Result]:
    """Wait for a request and fetch it."""
    while session.status(ticket).state in ("queued", "running"):
        pass
    return session.result(ticket, works)  # type: ignore[no-any-return]


def run(backend: Braket, works: list[Work], token: str = "token") -> list[Result]:
    session = backend.open()
    return collect(session, session.submit(works, token), works)
