"""Every kind of encoder keeps the contract that plugins' encoders are held to, and what does not is noticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cirq
import numpy as np
import pytest
import sympy

from qmlops.parts.encoder.angle import Angle
from qmlops.testing.contracts import encoder as contract

PROMISES = pytest.mark.parametrize("promise", contract.CONTRACT, ids=lambda promise: promise.__name__)


@PROMISES
def test_the_contract(part: Any, encoder_kind: str, promise: Callable[[Any], None]) -> None:
    promise(part("encoder", encoder_kind))


@dataclass(frozen=True)
class Broken(Angle):
    """Breaks the promises in turn: gates of another symbol, rows that know of others, rows that all look alike."""

    how: int = 0

    def operations(self, qubits: Any, features: int) -> Any:
        return (
            iter([cirq.ry(sympy.Symbol("other"))(qubits[0])]) if self.how == 0 else super().operations(qubits, features)
        )

    def encode(self, features: Any, qubits: int) -> Any:
        found = super().encode(features, qubits)
        return [found, found - found.mean(axis=0), np.zeros_like(found)][self.how]


@pytest.mark.parametrize("how", range(len(contract.CONTRACT)))
def test_each_promise_notices_an_encoder_that_breaks_it_alone(how: int) -> None:
    for number, promise in enumerate(contract.CONTRACT):
        if number == how:
            with pytest.raises(AssertionError):
                promise(Broken(how=how))
        else:
            promise(Broken(how=how))
