"""Small programs that tests send to doubles, how they are waited for, and how an error must look."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cirq
import numpy as np
import pytest
import sympy

from qmlops.core.observable import PauliSum, Projector
from qmlops.core.program import Program
from qmlops.core.ticket import Ticket
from qmlops.core.work import Result, Work
from qmlops.errors import QmlopsError

POINTS = np.array([[0.3, 1.1], [2.0, -0.4], [0.0, np.pi]])
SHORT = 1.0
"""Seconds that an adapter waits where a double is silent."""
LONG = 60.0
"""Of silence: a call that lasts half as long has hung."""


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


def layered() -> Program:
    """Four wires, one input, and 24 weights in three layers."""
    wires = cirq.LineQubit.range(4)
    weights = sympy.symbols("w:24")
    circuit = cirq.Circuit(cirq.rx(sympy.Symbol("x"))(wires[0]))
    for layer in range(3):
        angles = weights[8 * layer : 8 * layer + 8]
        circuit += [[cirq.ry(angles[i])(wire), cirq.rz(angles[i + 4])(wire)] for i, wire in enumerate(wires)]
        circuit += [cirq.CZ(wire, wires[(i + 1) % 4]) for i, wire in enumerate(wires)]
    names = tuple(str(weight) for weight in weights)
    return Program(circuit, 4, ("x",), names, (PauliSum.parse("Z0 + Z1 + Z2 + Z3"),))


def ended(session: Any, ticket: Ticket) -> str:
    """Wait for a job, and give its last state."""
    while (state := session.status(ticket).state) in ("queued", "running"):
        pass
    return str(state)


def collect(session: Any, ticket: Ticket, works: list[Work]) -> list[Result]:
    """Wait for a job and fetch it."""
    ended(session, ticket)
    return session.result(ticket, works)  # type: ignore[no-any-return]


def run(backend: Any, works: list[Work], token: str = "token") -> list[Result]:
    session = backend.open()
    return collect(session, session.submit(works, token), works)


@contextmanager
def told(kind: type[QmlopsError], *never: str) -> Iterator[list[QmlopsError]]:
    """An error of exactly this kind, in time, whose message is short and holds none of some words."""
    begun, found = time.monotonic(), []
    with pytest.raises(kind) as caught:
        yield found
    found.append(caught.value)
    assert type(caught.value) is kind
    assert time.monotonic() - begun < LONG / 2
    message = str(caught.value)
    assert len(message) < 400 and caught.value.__cause__ is None
    assert not [word for word in never if word in message]
