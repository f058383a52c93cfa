"""A double of IonQ, and the real adapter pointed at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import cirq
import numpy as np
import pytest
import sympy

from qmlops.config.place import devices
from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.ticket import Ticket
from qmlops.core.work import Result, Work
from qmlops.parts.backend.ionq.cloud import Ionq
from tests.doubles.ionq import KEY, IonqDouble

MakeBackend = Callable[..., Ionq]
POINTS = np.array([[0.3, 1.1], [2.0, -0.4], [0.0, np.pi]])


@pytest.fixture
def double() -> Iterator[IonqDouble]:
    made = IonqDouble()
    yield made
    made.close()


@pytest.fixture
def backend(double: IonqDouble, monkeypatch: pytest.MonkeyPatch) -> MakeBackend:
    """`backend=ionq` with the shipped catalogue, at the double."""
    monkeypatch.setenv("IONQ_API_KEY", KEY)

    def make(**given: Any) -> Ionq:
        return Ionq(**({"url": double.url, "devices": devices("ionq"), "timeout": 20.0} | given))

    return make


def turned(*observables: str) -> Program:
    """RY(theta) on wire 0, its copy on wire 2, RX(phi) on wire 1."""
    a, b, c = cirq.LineQubit.range(3)
    theta, phi = sympy.symbols("theta phi")
    circuit = cirq.Circuit(cirq.ry(theta)(a), cirq.CNOT(a, c), cirq.rx(phi)(b))
    return Program(circuit, 3, ("theta",), ("phi",), tuple(PauliSum.parse(text) for text in observables))


def collect(session: Any, ticket: Ticket, works: list[Work]) -> list[Result]:
    """Wait for a job and fetch it."""
    while session.status(ticket).state in ("queued", "running"):
        pass
    return session.result(ticket, works)  # type: ignore[no-any-return]


def run(backend: Ionq, works: list[Work], token: str = "token") -> list[Result]:
    session = backend.open()
    return collect(session, session.submit(works, token), works)
