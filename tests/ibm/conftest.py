"""A double of IBM, and the real adapter pointed at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import cirq
import numpy as np
import pytest
import sympy
from omegaconf import OmegaConf

from qmlops.config.place import beside
from qmlops.core.observable import PauliSum, Projector
from qmlops.core.program import Program
from qmlops.core.ticket import Ticket
from qmlops.core.work import Result, Work
from qmlops.parts.backend.ibm.cloud import Ibm
from tests.doubles.ibm import CRN, KEY, IbmDouble

MakeBackend = Callable[..., Ibm]
POINTS = np.array([[0.3, 1.1], [2.0, -0.4], [0.0, np.pi]])
MANILA = {"qubits": 5, "source": "a test", "gates": ["cx", "sx", "x", "rz"]}
"""A machine small enough for a test to open it often."""


@pytest.fixture(scope="session", autouse=True)
def imported() -> None:
    """Qiskit takes seconds to import, which no test of a time bound shall wait for."""
    import qiskit_aer.primitives
    import qiskit_ibm_runtime.executor_sampler
    import qiskit_ibm_runtime.fake_provider.executor

    assert qiskit_aer and qiskit_ibm_runtime


@pytest.fixture
def double() -> Iterator[IbmDouble]:
    made = IbmDouble()
    yield made
    made.close()


@pytest.fixture
def backend(double: IbmDouble, monkeypatch: pytest.MonkeyPatch) -> MakeBackend:
    """`backend=ibm` with the shipped catalogue, at the double."""
    monkeypatch.setenv("IBM_QUANTUM_TOKEN", KEY)
    monkeypatch.setenv("IBM_QUANTUM_INSTANCE", CRN)
    shipped: Any = OmegaConf.to_container(OmegaConf.load(beside("backend/ibm.yaml")))
    del shipped["kind"]
    shipped["devices"]["ibm_manila"] = MANILA

    def make(**given: Any) -> Ibm:
        return Ibm(**(shipped | {"url": double.url, "timeout": 300.0, "device": "ibm_manila"} | given))

    return make


def turned(*observables: str) -> Program:
    """RY(theta) on wire 0, its copy on wire 2, RX(phi) on wire 1."""
    a, b, c = cirq.LineQubit.range(3)
    theta, phi = sympy.symbols("theta phi")
    circuit = cirq.Circuit(cirq.ry(theta)(a), cirq.CNOT(a, c), cirq.rx(phi)(b))
    return Program(circuit, 3, ("theta",), ("phi",), tuple(PauliSum.parse(text) for text in observables))


def bits(width: int, *ones: int) -> Program:
    """A basis state, and the projector on each single wire's 1."""
    circuit = cirq.Circuit(cirq.X(cirq.LineQubit(wire)) for wire in ones)
    return Program(circuit, width, (), (), tuple(Projector(((wire, 1),)) for wire in range(width)))


def collect(session: Any, ticket: Ticket, works: list[Work]) -> list[Result]:
    """Wait for a job and fetch it."""
    while session.status(ticket).state in ("queued", "running"):
        pass
    return session.result(ticket, works)  # type: ignore[no-any-return]


def run(backend: Ibm, works: list[Work], token: str = "token") -> list[Result]:
    session = backend.open()
    return collect(session, session.submit(works, token), works)
