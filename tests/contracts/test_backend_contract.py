"""What every local backend promises: closed forms met, shots that fit them, qubit 0 leftmost, plain refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cirq
import numpy as np
import pytest
import sympy
from scipy.stats import binomtest

from qmlops.core.backend import Differentiates, HoldsStates
from qmlops.core.observable import PauliSum, Projector
from qmlops.core.program import Program
from qmlops.core.work import Result, Work
from qmlops.parts.noise.depolarising import Depolarising
from qmlops.parts.noise.readout import ReadoutError

QUBITS = cirq.LineQubit.range(3)
THETA, PHI = sympy.symbols("theta phi")
POINTS = np.array([[0.3, 1.1], [2.0, -0.4], [0.0, np.pi]])
TINY = 1e-7
"""The chance with which a right backend fails one comparison, if its seed were drawn anew."""


def turned(*observables: str) -> Program:
    """RY(theta) on wire 0, RY(phi) on wire 1, nothing on wire 2: a product state."""
    circuit = cirq.Circuit(cirq.ry(THETA)(QUBITS[0]), cirq.ry(PHI)(QUBITS[1]))
    return Program(circuit, 3, ("theta",), ("phi",), tuple(PauliSum.parse(text) for text in observables))


def run(backend: Any, work: Work) -> Result:
    session = backend.open()
    ticket = session.submit([work], "token")
    assert session.status(ticket).state == "done"
    return session.result(ticket, [work])[0]  # type: ignore[no-any-return]


def fits(value: float, shots: int, chance: float) -> bool:
    """Whether a mean of ±1 readings is likely at this chance of reading +1."""
    hits = round((value + 1) / 2 * shots)
    return bool(binomtest(hits, shots, min(1.0, max(0.0, chance))).pvalue > TINY)


def test_exact_values_are_the_closed_forms(part: Any, backend_kind: str) -> None:
    program = turned("Z0", "X0", "Z0 Z1", "0.5 X1 - 2 Z2 + 0.25")
    result = run(part("backend", backend_kind), Work(program, POINTS))
    theta, phi = POINTS.T
    wanted = [np.cos(theta), np.sin(theta), np.cos(theta) * np.cos(phi), 0.5 * np.sin(phi) - 2 + 0.25]
    np.testing.assert_allclose(result.values, np.stack(wanted, axis=1), atol=1e-5)
    np.testing.assert_array_equal(result.variances, 0)
    assert result.shots == 0


def flipped() -> tuple[Work, Any]:
    """Gates that tell the wires apart, and what Z on each wire and some projectors read after them."""
    circuit = cirq.Circuit(cirq.X(QUBITS[0]), cirq.CX(QUBITS[0], QUBITS[2]), cirq.CX(QUBITS[1], QUBITS[0]))
    circuit.append(cirq.ry(0.4)(QUBITS[1]))
    patterns = [(1, 0, 1), (1, 1, 1), (1, 0, 0), (0, 0, 1)]
    projectors = tuple(Projector(tuple(enumerate(bits))) for bits in patterns)
    observables = (*(PauliSum.parse(f"Z{wire}") for wire in range(3)), *projectors)
    program = Program(circuit, 3, (), (), observables)
    low = np.sin(0.2) ** 2
    return Work(program, np.zeros((1, 0))), np.array([-1, np.cos(0.4), -1, 1 - low, low, 0, 0])


def test_qubit_0_is_the_leftmost(part: Any, backend_kind: str) -> None:
    work, wanted = flipped()
    np.testing.assert_allclose(run(part("backend", backend_kind), work).values[0], wanted, atol=1e-5)


def test_qubit_0_is_the_leftmost_in_shots(part: Any, sampling_backend_kind: str) -> None:
    work, wanted = flipped()
    sampled = run(part("backend", sampling_backend_kind), replace(work, shots=2000, seed=5)).values[0]
    np.testing.assert_allclose(sampled[[0, 2, 5, 6]], wanted[[0, 2, 5, 6]])
    assert fits(float(sampled[1]), 2000, (1 + np.cos(0.4)) / 2)


def test_states_have_qubit_0_leftmost(part: Any, backend_kind: str) -> None:
    session = part("backend", backend_kind).open()
    program = Program(cirq.Circuit(cirq.X(QUBITS[0])), 3, (), (), ())
    if isinstance(session, HoldsStates):
        state = session.states(Work(program, np.zeros((1, 0))))[0]
        assert abs(state[0b100]) == pytest.approx(1)
    else:
        assert not hasattr(session, "states")


@pytest.mark.parametrize("noise", [None, Depolarising(0.1, 0.1), ReadoutError(0.05, 0.2)], ids=repr)
def test_shots_fit_the_closed_form(part: Any, sampling_backend_kind: str, noise: Any) -> None:
    shots, program = 5000, turned("Z0", "X1", "Z0 Z1")
    result = run(part("backend", sampling_backend_kind), Work(program, POINTS, shots=shots, seed=11, noise=noise))
    shrink = 1 - 0.4 / 3 if isinstance(noise, Depolarising) else 1.0
    up, down = noise.flips(0) if noise else (0.0, 0.0)
    theta, phi = POINTS.T
    clean = shrink * np.array([np.cos(theta), np.sin(phi), np.cos(theta)])
    other = shrink * np.cos(phi)
    first, second = ((1 - up - down) * value + down - up for value in clean[:2])
    third = first * ((1 - up - down) * other + down - up)
    for row in range(len(POINTS)):
        for column, mean in enumerate((first[row], second[row], third[row])):
            assert fits(result.values[row, column], shots, (1 + mean) / 2)
    np.testing.assert_allclose(result.variances, (1 - result.values**2) / (shots - 1), atol=1e-9)
    assert result.circuits == 2 * len(POINTS)
    assert result.shots == shots * result.circuits


@pytest.mark.parametrize("noise", [None, Depolarising(0.1, 0.1)], ids=repr)
def test_equal_work_with_an_equal_seed_gives_equal_bytes(part: Any, sampling_backend_kind: str, noise: Any) -> None:
    program = turned("Z0", "X1")
    draws = [run(part("backend", sampling_backend_kind), Work(program, POINTS, 300, seed, noise)) for seed in (1, 1, 2)]
    assert draws[0].values.tobytes() == draws[1].values.tobytes()
    assert draws[0].values.tobytes() != draws[2].values.tobytes()


def test_rows_are_drawn_independently(part: Any, sampling_backend_kind: str) -> None:
    points = np.tile([[np.pi / 2, np.pi / 2]], (40, 1))
    values = run(part("backend", sampling_backend_kind), Work(turned("Z0", "Z1"), points, shots=100, seed=3)).values
    assert len(np.unique(values[:, 0])) > 5
    assert abs(np.corrcoef(values.T)[0, 1]) < 0.7


def test_a_session_that_differentiates_gives_the_derivative(part: Any, backend_kind: str) -> None:
    session = part("backend", backend_kind).open()
    if isinstance(session, Differentiates):
        values, pullback = session.vjp(Work(turned("Z0 Z1"), POINTS))
        theta, phi = POINTS.T
        np.testing.assert_allclose(values[:, 0], np.cos(theta) * np.cos(phi), atol=1e-5)
        np.testing.assert_allclose(pullback(np.ones((3, 1)))[:, 0], -np.cos(theta) * np.sin(phi), atol=1e-5)
    else:
        assert not hasattr(session, "vjp")


def test_too_many_qubits_are_refused_with_the_number(part: Any, backend_kind: str) -> None:
    backend = part("backend", backend_kind)
    for width in (45, 59, 60, 5000, 10**9):
        work = Work(Program(cirq.Circuit(), width, (), (), ()), np.zeros((1, 0)))
        found = backend.validate([work])
        assert found and all(item.path == "qubits" and str(width) in item.why for item in found)
    assert backend.validate([Work(turned("Z0"), POINTS)]) == []


def test_a_local_backend_is_free_and_says_what_it_is(part: Any, backend_kind: str) -> None:
    backend = part("backend", backend_kind)
    target, cost = backend.target(), backend.estimate([Work(turned("Z0"), POINTS)])
    assert target.name and target.source and not target.hardware
    assert cost.amount == 0 and cost.basis
    assert backend == type(backend)()


def test_a_session_finds_work_by_its_token_until_it_is_fetched(part: Any, backend_kind: str) -> None:
    session = part("backend", backend_kind).open()
    assert session.find("unknown") is None
    ticket = session.submit([Work(turned("Z0"), POINTS)] * 2, "mine")
    assert session.find("mine") == ticket
    assert len(session.result(ticket, [])) == 2
    assert session.find("mine") is None
