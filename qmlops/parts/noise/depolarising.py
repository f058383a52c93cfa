"""Depolarising channels after gates, and flipped readings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qmlops.core.option import option, validate

if TYPE_CHECKING:
    import cirq


@dataclass(frozen=True)
class Depolarising:
    """After each gate, on all its wires at once: one of the other Paulis with probability p."""

    one_qubit: float = option(0.001, "p after a gate on one wire", unit="probability", least=0, most=0.75)
    two_qubit: float = option(0.01, "p after a gate on two or more wires", unit="probability", least=0, most=0.9375)
    read_1_for_0: float = option(0.0, "chance of reading 1 where the state is 0", unit="probability", least=0, most=1)
    read_0_for_1: float = option(0.0, "chance of reading 0 where the state is 1", unit="probability", least=0, most=1)

    def __post_init__(self) -> None:
        validate(self)

    def apply(self, circuit: cirq.Circuit) -> cirq.Circuit:
        import cirq

        noisy: list[cirq.OP_TREE] = []
        for operation in circuit.all_operations():
            wires = len(operation.qubits)
            strength = self.one_qubit if wires == 1 else self.two_qubit
            noisy.append(operation)
            if strength:
                noisy.append(cirq.depolarize(strength, n_qubits=wires)(*operation.qubits))
        return cirq.Circuit(noisy)

    def flips(self, wire: int) -> tuple[float, float]:
        return self.read_1_for_0, self.read_0_for_1

    def silent(self) -> bool:
        return not (self.one_qubit or self.two_qubit or self.read_1_for_0 or self.read_0_for_1)
