"""One suite over every backend that ships: the providers' at their doubles, and those of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import cirq
import numpy as np
import pytest
import sympy

from experiments.exactly_once.place import PLACES
from qmlops.config.folder import names
from qmlops.config.kind import load, table
from qmlops.config.place import devices
from qmlops.core.account import Account
from qmlops.core.backend import Backend
from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.execute.connect import connect
from qmlops.execute.run import execute
from qmlops.parts.backend.qsim import Qsim
from qmlops.parts.circuit.pauli_rotation import pauli_rotation
from qmlops.pipeline.api import spec
from qmlops.pipeline.prepare import prepare
from qmlops.testing.contracts.session import CONTRACT, LOCAL, Make
from qmlops.train.task import first_weights
from tests.conformance.conftest import needs

IMITATES = {"ibm_fake": 0.25}
"""How far the errors of the machine behind a kind may move a value of the contract's small circuits."""
GIVEN: dict[str, Callable[[], dict[str, Any]]] = {
    "ibm_fake": lambda: {"device": "fake_manila"},
    "ionq_twin": lambda: {"devices": devices("ionq"), "scale": 0.0},
}
HERE = ("braket_local", "density", "ibm_fake", "ionq_twin", "qsim")

A, B, C = cirq.LineQubit.range(3)
FREE = sympy.Symbol("a")
FOREIGN: dict[str, cirq.OP_TREE] = {
    "h": [cirq.ry(FREE)(A), cirq.H(A), cirq.H(B), cirq.CZ(A, C)],
    "inverse": [cirq.H(A), cirq.ry(FREE)(B), cirq.inverse([cirq.CZ(A, B), cirq.H(B), cirq.S(A), cirq.CNOT(A, B)])],
    "fractions": [cirq.H(A), cirq.X(A) ** 0.3, cirq.H(B) ** 0.4, cirq.CZ(A, B) ** 0.6, cirq.ry(FREE)(B)],
    "three": [cirq.ry(FREE)(A), cirq.X(B), cirq.CCX(A, B, C), cirq.CSWAP(A, B, C)],
    "pauli": [cirq.rx(FREE)(A), *pauli_rotation("XYZ", [A, B, C], FREE), *pauli_rotation("YY", [A, C], 0.7)],
    "controlled": [cirq.H(A), cirq.ControlledGate(cirq.ry(FREE))(A, B), cirq.ISWAP(B, C) ** 0.5, cirq.XX(A, C) ** 0.2],
}
"""Circuits of gates that some or all machines lack, as circuits of a config and their inverses hold them."""


@pytest.fixture(params=PLACES)
def far(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """A provider's backend at a double of its own."""
    needs(request.param)
    place = PLACES[request.param]
    double = place.double(1)
    for name, value in place.variables(double).items():
        monkeypatch.setenv(name, value)
    yield lambda **given: place.backend(double.url, 10.0)
    double.close()


@pytest.fixture(params=HERE)
def near(request: pytest.FixtureRequest) -> tuple[Make, float]:
    """A backend of this machine, and how far its errors move a value."""
    needs(request.param)
    fields = GIVEN.get(request.param, dict)()

    def make(**given: Any) -> Backend:
        made: Backend = load("backend", request.param)(**(fields | given))
        return made

    return make, IMITATES.get(request.param, 0.0)


@pytest.mark.parametrize("promise", CONTRACT, ids=lambda promise: promise.__name__)
def test_a_provider_keeps_every_promise(promise: Callable[[Make], None], far: Make) -> None:
    promise(far)


@pytest.mark.parametrize("promise", LOCAL, ids=lambda promise: promise.__name__)
def test_a_backend_of_this_machine_keeps_every_promise(
    promise: Callable[[Make, float], None], near: tuple[Make, float]
) -> None:
    promise(*near)


@pytest.mark.parametrize("name", FOREIGN)
def test_programs_of_any_gates_have_their_values_on_a_backend_of_this_machine(
    name: str, near: tuple[Make, float]
) -> None:
    make, slack = near
    observables = tuple(PauliSum.parse(text) for text in ("Z0", "X1", "Z1 Z2", "Y0 Y2"))
    program = Program(cirq.Circuit(FOREIGN[name]), 3, ("a",), (), observables)
    backend, points = make(), np.array([[0.9], [2.2]])
    exact = not backend.validate([Work(program, points)])
    work = Work(program, points, None if exact else 4000, 3, keep_counts=not exact)
    (found,) = execute(connect(backend, Account("run", "run")), [work], "token")
    (right,) = execute(Qsim("double").open(), [Work(program, points)], "token")
    room = 1e-5 if exact else 6 / np.sqrt(4000) + 1.5 * slack
    assert np.all(np.abs(found.values - right.values) < room), (found.values, right.values)
    assert exact or {item.bits.shape[1] for basis in found.counts or () for item in basis} == {3}


@pytest.mark.parametrize("kind", HERE)
@pytest.mark.parametrize("experiment", names("experiment"))
def test_every_experiment_runs_on_every_backend_of_this_machine(experiment: str, kind: str) -> None:
    needs(kind)
    task = prepare(spec([f"+experiment={experiment}", f"backend={kind}", "shots=50", "tracker=none"]))
    work = task.work(task.inputs[:2], first_weights(task), "test")
    (found,) = execute(task.session, [work], "token")
    assert found.values.shape == (len(work.points), len(task.program.observables))
    assert found.shots == 50 * found.circuits and np.isfinite(found.values).all()


def test_a_program_is_lowered_once(near: tuple[Make, float], monkeypatch: pytest.MonkeyPatch) -> None:
    backend, lowered = near[0](), []
    lower = type(backend).lower
    monkeypatch.setattr(type(backend), "lower", lambda self, program: lowered.append(program) or lower(self, program))
    session = connect(backend, Account("run", "run"))
    for number in range(3):
        program = Program(cirq.Circuit(FOREIGN["h"]), 3, ("a",), (), (PauliSum.parse("Z0"),))
        execute(session, [Work(program, np.array([[0.3]]), 10)] * 2, f"token-{number}")
    assert len(lowered) == 1


def test_no_kind_is_left_out() -> None:
    elsewhere = {"auto", "tfq"}
    assert {*PLACES, *HERE} == set(table("backend")) - elsewhere
