"""What every noise model promises: the gates stay, its channels are channels, and it knows when it is silent."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from qmlops.core.noise import Noise

if TYPE_CHECKING:
    import cirq

_WIRES = 3


@cache
def circuit() -> cirq.Circuit:
    """Gates on one, two and three wires."""
    import cirq

    first, second, third = cirq.LineQubit.range(_WIRES)
    return cirq.Circuit(cirq.H(first), cirq.CX(first, second), cirq.CCX(first, second, third), cirq.rx(0.3)(second))


def keeps_gates_in_order_and_adds_channels_alone(noise: Noise) -> None:
    import cirq

    noisy = noise.apply(circuit())
    gates = [operation for operation in noisy.all_operations() if cirq.has_unitary(operation)]
    assert gates == list(circuit().all_operations())
    for operation in noisy.all_operations():
        kraus = cirq.kraus(operation)
        whole = sum(matrix.conj().T @ matrix for matrix in kraus)
        np.testing.assert_allclose(whole, np.eye(len(whole)), atol=1e-6)


def flips_bits_with_probabilities(noise: Noise) -> None:
    for wire in range(_WIRES):
        up, down = noise.flips(wire)
        assert 0 <= up <= 1 and 0 <= down <= 1


def is_silent_exactly_where_it_changes_nothing(noise: Noise) -> None:
    still = all(noise.flips(wire) == (0, 0) for wire in range(_WIRES))
    assert noise.silent() == (still and noise.apply(circuit()) == circuit())


CONTRACT = (
    keeps_gates_in_order_and_adds_channels_alone,
    flips_bits_with_probabilities,
    is_silent_exactly_where_it_changes_nothing,
)
"""Every promise; each takes a noise model, one of a device after it was told its target."""
