"""A machine's noise has the errors that its calibration tells: average fidelities, coherence times, flips."""

from __future__ import annotations

import cirq
import numpy as np
import pytest

from qmlops.core.target import Calibration
from qmlops.lower.calibrated import Calibrated, missing, relaxation

A, B = cirq.LineQubit.range(2)
FACTS = Calibration(
    "id", "2026-11-22", t1=(80e-6, 60e-6), t2=(50e-6, 90e-6), one_qubit_error=(0.002, 0.003),
    two_qubit_error={(0, 1): 0.02}, readout=((0.01, 0.03), (0.02, 0.04)), one_qubit_seconds=50e-9,
    two_qubit_seconds=300e-9,
)  # fmt: skip


def average_fidelity(circuit: cirq.Circuit, wires: int) -> float:
    """Of a circuit against the identity, by the fidelity of its Choi matrix."""
    levels = 2**wires
    qubits = cirq.LineQubit.range(2 * wires)
    entangle = [[cirq.H(qubits[i]), cirq.CNOT(qubits[i], qubits[i + wires])] for i in range(wires)]
    simulator = cirq.DensityMatrixSimulator(dtype=np.complex128)
    state = simulator.simulate(cirq.Circuit(entangle), qubit_order=qubits).final_density_matrix
    after = simulator.simulate(cirq.Circuit(entangle, circuit), qubit_order=qubits).final_density_matrix
    return float((levels * np.trace(state @ after).real + 1) / (levels + 1))


@pytest.mark.parametrize(
    ("noise", "operation", "wanted"),
    [
        (Calibrated(FACTS), cirq.X(A), 0.002), (Calibrated(FACTS), cirq.X(B), 0.003),
        (Calibrated(FACTS, scale=2.0), cirq.X(B), 0.006), (Calibrated(FACTS, places=(1, 0)), cirq.X(A), 0.003),
        (Calibrated(FACTS), cirq.CZ(A, B), 0.02), (Calibrated(FACTS, places=(1, 0)), cirq.CZ(A, B), 0.02),
        (Calibrated(Calibration("", "", one_qubit_error=(0.01,))), cirq.Y(B), 0.01),
        (Calibrated(FACTS), cirq.Z(A), 0.0), (Calibrated(FACTS, scale=0.0), cirq.CZ(A, B), 0.0),
    ],
)  # fmt: skip
def test_a_gate_has_its_published_average_infidelity(
    noise: Calibrated, operation: cirq.Operation, wanted: float
) -> None:
    applied = cirq.Circuit(noise.apply(cirq.Circuit(operation)).all_operations())
    channels = cirq.Circuit(list(applied.all_operations())[1:])
    wires = len(operation.qubits)
    moved = channels.transform_qubits({qubit: cirq.LineQubit(i) for i, qubit in enumerate(operation.qubits)})
    assert 1 - average_fidelity(moved, wires) == pytest.approx(wanted, abs=1e-9)


def test_relaxation_decays_by_t1_and_dephases_by_t2() -> None:
    seconds, t1, t2 = 30e-6, 80e-6, 50e-6
    found = relaxation(t1, t2, seconds)
    simulator = cirq.DensityMatrixSimulator(dtype=np.complex128)
    decay = [channel(A) for channel in found.channels]
    one = simulator.simulate(cirq.Circuit(cirq.X(A), decay)).final_density_matrix
    plus = simulator.simulate(cirq.Circuit(cirq.H(A), decay)).final_density_matrix
    assert one[1, 1].real == pytest.approx(np.exp(-seconds / t1))
    assert abs(plus[0, 1]) == pytest.approx(np.exp(-seconds / t2) / 2)
    levels = 2
    wanted = average_fidelity(cirq.Circuit(decay), 1)
    assert (levels * found.fidelity + 1) / (levels + 1) == pytest.approx(wanted)


def test_coherence_is_bounded_by_the_decay() -> None:
    assert [type(channel) for channel in relaxation(1.0, 50.0, 0.3).channels] == [cirq.AmplitudeDampingChannel]
    assert relaxation(None, None, 1.0).channels == () and relaxation(1.0, 1.0, 0.0).fidelity == 1


def test_where_relaxation_alone_is_worse_than_published_nothing_is_added() -> None:
    assert missing(0.001, 0.9, 1) == 0.0
    assert missing(0.0, 1.0, 2) == 0.0


def test_readings_flip_as_told() -> None:
    assert Calibrated(FACTS).flips(1) == (0.02, 0.04)
    assert Calibrated(FACTS, places=(1, 0), scale=0.5).flips(0) == (0.01, 0.02)
    assert Calibrated(Calibration("", "")).flips(0) == (0.0, 0.0)


def test_a_calibration_without_errors_is_silent_and_equal_ones_are_equal() -> None:
    assert Calibrated(Calibration("", "")).silent() and Calibrated(FACTS, scale=0).silent()
    assert not Calibrated(FACTS).silent()
    assert Calibrated(FACTS) == Calibrated(FACTS) and hash(Calibrated(FACTS)) == hash(Calibrated(FACTS))
    assert Calibrated(FACTS) != Calibrated(FACTS, scale=2.0)
