"""The compiled engine against the plain one, Cirq and finite differences, in every regime."""

from __future__ import annotations

import cirq
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qmlops.core.program import Program
from qmlops.simulate import prepare
from qmlops.simulate.lanes import LaneEngine
from qmlops.simulate.plain import PlainEngine
from qmlops.simulate.regime import Regime
from tests.simulate.programs import FIXED, FREE, points_of, random_program, ring

REGIMES = {
    "points in lanes": (Regime(False, False, 1), 1),
    "points in lanes, two threads": (Regime(False, False, 2), 1),
    "wires in lanes": (Regime(True, False, 1), 5),
    "threads share a state": (Regime(True, True, 2), 7),
}


def in_regime(monkeypatch: pytest.MonkeyPatch, regime: Regime) -> None:
    monkeypatch.setattr("qmlops.simulate.lanes.choose", lambda *_: regime)


def cirq_values(program: Program, point: np.ndarray) -> list[float]:
    """Expectation values from Cirq's state vector in complex128."""
    resolver = dict(zip(program.symbols, point, strict=True))
    circuit = cirq.Circuit(cirq.I.on_each(*program.qubits), program.circuit)
    state = cirq.final_state_vector(circuit, param_resolver=resolver, qubit_order=program.qubits, dtype=np.complex128)
    states = state.reshape((1, *(2,) * program.width))
    from qmlops.simulate.plain import observe

    return [float(np.vdot(state, observe(o, states).reshape(-1)).real) for o in program.observables]


@pytest.mark.parametrize("name", REGIMES)
@pytest.mark.parametrize("precision", ["double", "single"])
def test_values_gradients_and_states_equal_the_plain_engine(
    name: str, precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    regime, least = REGIMES[name]
    in_regime(monkeypatch, regime)
    close = 1e-12 if precision == "double" else 1e-6
    for seed in range(6):
        program = random_program(seed, width=least + seed % 3)
        points = points_of(program, (3, 17)[seed % 2], seed, shared=seed % 3 == 0)
        plain, engine = PlainEngine(program, "double"), LaneEngine(program, precision)  # type: ignore[arg-type]
        (expected, back), (values, pullback) = plain.vjp(points), engine.vjp(points)
        cotangent = np.random.default_rng(seed).normal(size=values.shape)
        scale = max(1.0, float(abs(expected).max()))
        np.testing.assert_allclose(values, expected, rtol=0, atol=close * scale)
        gradient = back(cotangent, inputs=True)
        np.testing.assert_allclose(pullback(cotangent, inputs=True), gradient, rtol=0, atol=20 * close * scale)
        np.testing.assert_allclose(engine.states(points), plain.states(points), rtol=0, atol=close)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(1000, 100_000))
@example(seed=11090)
def test_values_equal_cirq(seed: int) -> None:
    program = random_program(seed)
    points = points_of(program, 2, seed)
    expected = np.array([cirq_values(program, point) for point in points])
    np.testing.assert_allclose(LaneEngine(program, "double").values(points), expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(LaneEngine(program, "single").values(points), expected, rtol=0, atol=3e-6)


@pytest.mark.parametrize("name", FREE)
def test_the_gradient_of_each_free_gate_is_its_finite_difference(name: str) -> None:
    import sympy

    count, make = FREE[name]
    width = count + 1
    qubits = cirq.LineQubit.range(width)
    mix = [cirq.ry(0.4 + k).on(q) for k, q in enumerate(qubits)] + [cirq.CX(qubits[0], qubits[1]), cirq.T(qubits[0])]
    circuit = cirq.Circuit(mix, make(sympy.Symbol("w")).on(*qubits[:count]), mix)
    program = random_program(3, width=width)
    program = Program(circuit, width, (), ("w",), program.observables)
    engine = LaneEngine(program, "double")
    for weight in (-0.7, 0.3, 1.9):
        values, pullback = engine.vjp(np.array([[weight]]))
        step = 1e-5
        upper, lower = engine.values(np.array([[weight + step]])), engine.values(np.array([[weight - step]]))
        slopes = (upper - lower)[0] / (2 * step)
        for column, slope in enumerate(slopes):
            cotangent = np.eye(values.shape[1])[[column]]
            assert pullback(cotangent)[0, 0] == pytest.approx(slope, abs=1e-7)


@pytest.mark.parametrize("gate", FIXED, ids=str)
def test_each_fixed_gate_gives_the_state_that_cirq_gives(gate: cirq.Gate) -> None:
    qubits = cirq.LineQubit.range(4)
    mix = [cirq.ry(0.4 + k).on(q) for k, q in enumerate(qubits)] + [cirq.CZ(qubits[0], qubits[1])]
    circuit = cirq.Circuit(mix, gate.on(*qubits[: cirq.num_qubits(gate)]), mix)
    program = Program(circuit, 4, (), (), ())
    expected = cirq.final_state_vector(circuit, qubit_order=qubits, dtype=np.complex128)
    state = LaneEngine(program, "double").states(np.zeros((1, 0)))[0]
    np.testing.assert_allclose(state, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", REGIMES)
def test_equal_points_give_equal_bytes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    in_regime(monkeypatch, REGIMES[name][0])
    program = ring(8)
    points = points_of(program, 19, shared=True)
    cotangent = np.ones((19, 8))
    runs = []
    for _ in range(3):
        values, pullback = prepare(program).vjp(points)
        runs.append(values.tobytes() + pullback(cotangent).tobytes())
    assert runs[0] == runs[1] == runs[2]


def test_a_pullback_can_be_called_again_and_is_linear() -> None:
    program = random_program(11, width=4)
    points = points_of(program, 5)
    values, pullback = LaneEngine(program, "double").vjp(points)
    a, b = np.random.default_rng(0).normal(size=(2, *values.shape))
    np.testing.assert_allclose(pullback(a) + 2 * pullback(b), pullback(a + 2 * b), rtol=0, atol=1e-12)


def test_points_beyond_a_chunk_give_what_single_points_give(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qmlops.simulate.lanes.HELD_BYTES", 1)
    program = random_program(5, width=3)
    points = points_of(program, 37)
    engine = LaneEngine(program, "double")
    values, pullback = engine.vjp(points)
    gradient = pullback(np.ones_like(values))
    for row in (0, 15, 16, 36):
        alone, back = engine.vjp(points[[row]])
        np.testing.assert_allclose(values[[row]], alone, rtol=0, atol=1e-12)
        np.testing.assert_allclose(gradient[[row]], back(np.ones_like(alone)), rtol=0, atol=1e-12)


def test_what_the_observables_cannot_see_is_not_computed() -> None:
    program = ring(6)
    engine = LaneEngine(program)
    one_wire = Program(program.circuit, 6, program.inputs, program.weights, program.observables[:1])
    assert engine.fused.levels == [1, 2, 3, 4], "two of three diagonals: the last commutes with Z"
    assert LaneEngine(one_wire).operations < engine.operations


def test_memory_at_22_wires_is_at_most_two_and_a_half_states() -> None:
    """By its own account; a process that takes a step grows by as much."""
    state = 2**22 * 8
    assert 2 * state < LaneEngine(ring(22)).memory(1) <= 2.5 * state
