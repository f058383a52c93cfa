"""Encoders, rotations and channels against formulas that can be written down."""

from __future__ import annotations

from itertools import combinations

import cirq
import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.parts.backend.density import Density
from qmlops.parts.circuit.pauli_rotation import pauli_rotation
from qmlops.parts.encoder.amplitude import Amplitude
from qmlops.parts.encoder.angle import Angle
from qmlops.parts.encoder.iqp import Iqp
from qmlops.parts.noise.depolarising import Depolarising
from qmlops.simulate import prepare

SETTINGS = settings(max_examples=40, deadline=None, derandomize=True)
LETTERS = {"X": cirq.X, "Y": cirq.Y, "Z": cirq.Z}
NUMBERS = st.floats(-3, 3, allow_subnormal=False)


def encoded(encoder: object, features: np.ndarray, width: int) -> np.ndarray:
    """The states that an encoder alone prepares."""
    columns = features.shape[1]
    qubits = cirq.LineQubit.range(width)
    circuit = cirq.Circuit(encoder.operations(qubits, columns))  # type: ignore[attr-defined]
    program = Program(circuit, width, encoder.inputs(columns, width), (), ())  # type: ignore[attr-defined]
    return prepare(program, "double").states(encoder.encode(features, width))  # type: ignore[attr-defined, no-any-return]


@SETTINGS
@given(st.lists(NUMBERS, min_size=1, max_size=16), st.sampled_from([0.0, 0.3, -1.0]), st.integers(0, 1))
def test_amplitude_encoding_prepares_the_normalised_vector(row: list[float], pad: float, more: int) -> None:
    if np.linalg.norm(row) < 1e-3:
        row = [1.0, *row[1:]]
    encoder = Amplitude(pad=pad)
    width = encoder.wires(len(row)) + more
    wanted = np.full(2**width, pad)
    wanted[: len(row)] = row
    wanted /= np.linalg.norm(wanted)
    np.testing.assert_allclose(encoded(encoder, np.array([row]), width)[0], wanted, atol=1e-9)


@SETTINGS
@given(st.lists(NUMBERS, min_size=1, max_size=5), st.integers(1, 3), st.sampled_from(["full", "line", "ring"]))
def test_iqp_encoding_is_hadamards_between_diagonal_phases(row: list[float], repeats: int, pairs: str) -> None:
    width = len(row)
    signs = 1 - 2 * np.array([[(index >> (width - 1 - w)) & 1 for w in range(width)] for index in range(2**width)])
    edges = {
        "full": list(combinations(range(width), 2)),
        "line": [(w, w + 1) for w in range(width - 1)],
        "ring": [(w, w + 1) for w in range(width - 1)] + ([(0, width - 1)] if width > 2 else []),
    }[pairs]
    phase = signs @ np.array(row) + sum((row[i] * row[j] * signs[:, i] * signs[:, j] for i, j in edges), 0.0)
    state = np.eye(2**width)[0].astype(complex)
    for _ in range(repeats):
        state = np.exp(-0.5j * phase) * (scipy.linalg.hadamard(2**width) @ state) / 2 ** (width / 2)
    found = encoded(Iqp(repeats=repeats, pairs=pairs), np.array([row]), width)[0]  # type: ignore[arg-type]
    np.testing.assert_allclose(found, state, atol=1e-9)


@SETTINGS
@given(st.lists(NUMBERS, min_size=1, max_size=4), st.floats(-2, 2), st.integers(0, 2))
def test_angle_encoding_is_a_product_state_whose_features_repeat(row: list[float], scale: float, more: int) -> None:
    width = len(row) + more
    wanted = np.ones(1)
    for wire in range(width):
        half = scale * row[wire % len(row)] / 2
        wanted = np.kron(wanted, [np.cos(half), np.sin(half)])
    np.testing.assert_allclose(encoded(Angle(scale=scale), np.array([row]), width)[0], wanted, atol=1e-9)


@SETTINGS
@given(st.text("XYZ", min_size=1, max_size=4), NUMBERS)
def test_a_pauli_rotation_is_the_exponential_of_its_string(letters: str, angle: float) -> None:
    qubits = cirq.LineQubit.range(len(letters))
    circuit = cirq.Circuit(cirq.I.on_each(*qubits), pauli_rotation(letters, qubits, angle))
    word = np.eye(1)
    for letter in letters:
        word = np.kron(word, cirq.unitary(LETTERS[letter]))
    np.testing.assert_allclose(cirq.unitary(circuit), scipy.linalg.expm(-0.5j * angle * word), atol=1e-9)


def exact(circuit: cirq.Circuit, observable: str, noise: Depolarising | None) -> float:
    program = Program(circuit, 3, (), (), (PauliSum.parse(observable),))
    session = Density().open()
    work = Work(program, np.zeros((1, 0)), noise=noise)
    return float(session.result(session.submit([work], "t"), [work])[0].values[0, 0])


@SETTINGS
@given(st.integers(1, 6), st.floats(0, 0.75), st.floats(0, 0.9375), st.floats(0, 1), st.floats(0, 1))
def test_depolarising_shrinks_every_pauli_by_its_closed_form(
    count: int, one: float, two: float, up: float, down: float
) -> None:
    first, second = cirq.LineQubit.range(2)
    angles = np.linspace(0.3, 0.9, count)
    single = [cirq.rx(angle)(first) for angle in angles]
    pair = [cirq.ry(0.4)(first), cirq.ry(1.1)(second), cirq.ZZ(first, second) ** 0.3]
    noise = Depolarising(one, two, up, down)
    shrunk, joint = 1 - 4 * one / 3, 1 - 16 * two / 15

    def read(value: float) -> float:
        return (1 - up - down) * value + down - up

    wanted = read(shrunk**count * np.cos(angles.sum()))
    assert exact(cirq.Circuit(single), "Z0", noise) == pytest.approx(wanted, abs=1e-9)
    quiet = exact(cirq.Circuit(pair), "Z0", None)
    assert quiet == pytest.approx(np.cos(0.4), abs=1e-9)
    assert exact(cirq.Circuit(pair), "Z0", noise) == pytest.approx(read(shrunk * joint * quiet), abs=1e-9)
    unread = Depolarising(one, two)  # X0 X1 commutes with the gate on both wires
    correlated = shrunk**2 * joint * np.sin(0.4) * np.sin(1.1)
    assert exact(cirq.Circuit(pair), "X0 X1", unread) == pytest.approx(correlated, abs=1e-9)


@SETTINGS
@given(st.integers(1, 3), st.lists(NUMBERS, min_size=3, max_size=3))
def test_a_pauli_sum_reads_back_as_it_is_written(terms: int, sizes: list[float]) -> None:
    words = [((0, "X"), (2, "Z")), ((1, "Y"),), ()]
    written = PauliSum(tuple((round(size, 3), word) for size, word in zip(sizes[:terms], words, strict=False)))
    assert PauliSum.parse(str(written)) == written


@pytest.mark.parametrize(("one_qubit", "two_qubit"), [(0.0, 0.1), (0.1, 0.0), (0.05, 0.1)])
def test_noise_stands_behind_its_gate_in_any_circuit(one_qubit: float, two_qubit: float) -> None:
    """Channels behind some gates only move moments; the values agree with Cirq's own simulator."""
    import cirq

    from qmlops.core.observable import PauliSum
    from qmlops.core.program import Program
    from qmlops.parts.backend.density import Density
    from qmlops.parts.noise.depolarising import Depolarising

    noise, qubits = Depolarising(one_qubit, two_qubit), cirq.LineQubit.range(4)
    for seed in range(12):
        domain = {cirq.H: 1, cirq.X**0.3: 1, cirq.T: 1, cirq.CX: 2, cirq.CZ: 2, cirq.ISWAP**0.5: 2}
        circuit = cirq.testing.random_circuit(qubits, 8, 0.6, gate_domain=domain, random_state=seed)
        program = Program(circuit, 4, (), (), (PauliSum.parse("Z0 + X1 Z2 - Y3"),))
        work, session = Work(program, np.zeros((1, 0)), None, 0, noise), Density().open()
        found = session.result(session.submit([work], "t"), [work])[0].values
        state = cirq.DensityMatrixSimulator(dtype=np.complex128).simulate(noise.apply(circuit), qubit_order=qubits)
        total = cirq.Z(qubits[0]) + cirq.X(qubits[1]) * cirq.Z(qubits[2]) - cirq.Y(qubits[3])
        expected = np.trace(state.final_density_matrix @ total.matrix(qubits)).real
        np.testing.assert_allclose(found[0, 0], expected, atol=1e-9)
