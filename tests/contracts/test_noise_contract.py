"""What every noise model promises: the gates stay, its channels are channels, and it knows when it is silent."""

from __future__ import annotations

from typing import Any

import cirq
import numpy as np

from qmlops.parts.noise.depolarising import Depolarising
from qmlops.parts.noise.readout import ReadoutError

FIRST, SECOND, THIRD = cirq.LineQubit.range(3)
CIRCUIT = cirq.Circuit(cirq.H(FIRST), cirq.CX(FIRST, SECOND), cirq.CCX(FIRST, SECOND, THIRD), cirq.rx(0.3)(SECOND))


def test_gates_stay_in_order_and_all_else_is_a_channel(part: Any, noise_kind: str) -> None:
    noisy = part("noise", noise_kind).apply(CIRCUIT)
    gates = [operation for operation in noisy.all_operations() if cirq.has_unitary(operation)]
    assert gates == list(CIRCUIT.all_operations())
    for operation in noisy.all_operations():
        kraus = cirq.kraus(operation)
        whole = sum(matrix.conj().T @ matrix for matrix in kraus)
        np.testing.assert_allclose(whole, np.eye(len(whole)), atol=1e-6)


def test_flips_are_probabilities(part: Any, noise_kind: str) -> None:
    noise = part("noise", noise_kind)
    for wire in range(3):
        up, down = noise.flips(wire)
        assert 0 <= up <= 1 and 0 <= down <= 1


def test_a_silent_model_changes_nothing(part: Any, noise_kind: str) -> None:
    noise = part("noise", noise_kind)
    untouched = noise.apply(CIRCUIT) == CIRCUIT and all(noise.flips(wire) == (0, 0) for wire in range(3))
    assert noise.silent() == untouched


def test_zero_strength_is_silent() -> None:
    assert Depolarising(0, 0).silent() and ReadoutError(0, 0).silent()
    assert not Depolarising(0, 0, read_1_for_0=0.1).silent()
    assert not ReadoutError(0, 0.1).silent()


def test_a_depolarising_channel_follows_each_gate() -> None:
    noisy = list(Depolarising(0.1, 0.2).apply(CIRCUIT).all_operations())
    assert len(noisy) == 2 * len(list(CIRCUIT.all_operations()))
    followers = [cirq.depolarize(0.1, 1), cirq.depolarize(0.2, 2), cirq.depolarize(0.2, 3), cirq.depolarize(0.1, 1)]
    assert [operation.gate for operation in noisy if not cirq.has_unitary(operation)] == followers
