"""Every noise model keeps its contract, and each has the channels that it names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cirq
import pytest

from qmlops.parts.noise.depolarising import Depolarising
from qmlops.parts.noise.readout import ReadoutError
from qmlops.testing.contracts import noise as contract

PROMISES = pytest.mark.parametrize("promise", contract.CONTRACT, ids=lambda promise: promise.__name__)


@PROMISES
def test_the_contract(part: Any, noise_kind: str, promise: Callable[[Any], None]) -> None:
    promise(part("noise", noise_kind))


@dataclass(frozen=True)
class Broken(Depolarising):
    """Breaks the promises in turn: a gate more, a negative chance, silence that is none."""

    how: int = 0

    def apply(self, circuit: cirq.Circuit) -> cirq.Circuit:
        noisy = super().apply(circuit)
        return cirq.Circuit(noisy, cirq.X(cirq.LineQubit(0))) if self.how == 0 else noisy

    def flips(self, wire: int) -> tuple[float, float]:
        return (-0.1, 0.0) if self.how == 1 else (0.0, 0.0)

    def silent(self) -> bool:
        return self.how == 2


@pytest.mark.parametrize("how", range(len(contract.CONTRACT)))
def test_each_promise_notices_a_noise_that_breaks_it_alone(how: int) -> None:
    for number, promise in enumerate(contract.CONTRACT):
        if number == how:
            with pytest.raises(AssertionError):
                promise(Broken(0.1, 0.1, how=how))
        else:
            promise(Broken(0.1, 0.1, how=how))


def test_zero_strength_is_silent() -> None:
    assert Depolarising(0, 0).silent() and ReadoutError(0, 0).silent()
    assert not Depolarising(0, 0, read_1_for_0=0.1).silent()
    assert not ReadoutError(0, 0.1).silent()


def test_a_depolarising_channel_follows_each_gate() -> None:
    noisy = list(Depolarising(0.1, 0.2).apply(contract.circuit()).all_operations())
    assert len(noisy) == 2 * len(list(contract.circuit().all_operations()))
    followers = [cirq.depolarize(0.1, 1), cirq.depolarize(0.2, 2), cirq.depolarize(0.2, 3), cirq.depolarize(0.1, 1)]
    assert [operation.gate for operation in noisy if not cirq.has_unitary(operation)] == followers
