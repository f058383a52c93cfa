"""Programs in powers of a few gates under any number of controls, which is what TensorFlow Quantum takes."""

from __future__ import annotations

import cmath
import warnings
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from qmlops.core.program import Program
from qmlops.errors import RequestError

if TYPE_CHECKING:
    import cirq

NAMES = ("X", "Y", "Z", "H", "CX", "CZ", "SWAP", "ISWAP", "XX", "YY", "ZZ")
"""The gates of Cirq whose powers are kept."""


def in_powers(program: Program) -> Program:
    """The same program, phase included, in powers of the gates in NAMES and in such powers under controls.

    Parameters are kept. Raises RequestError for an operation that Cirq cannot write so, such as one
    without a unitary.
    """
    import cirq

    with warnings.catch_warnings():
        # Cirq 1.5 warns of its own calls when it decomposes a matrix of two qubits.
        warnings.simplefilter("ignore", FutureWarning)
        operations = cirq.decompose(program.circuit, keep=_kept, intercepting_decomposer=_simpler, on_stuck_raise=None)
    stuck = next((operation for operation in operations if not _kept(operation)), None)
    if stuck is not None:
        raise RequestError(f"{stuck} cannot be written in powers of {', '.join(NAMES)}.")
    return replace(program, circuit=cirq.Circuit(operations))


def uncontrolled(gate: cirq.Gate) -> tuple[cirq.EigenGate, tuple[int, ...]]:
    """A gate of `in_powers` without its controls, and the bit that each of them waits for."""
    import cirq

    if isinstance(gate, cirq.ControlledGate):
        ((*bits,),) = gate.control_values.expand()
        return gate.sub_gate, tuple(int(bit) for bit in bits)
    assert isinstance(gate, cirq.EigenGate)
    return gate, ()


@cache
def families() -> dict[str, type[cirq.EigenGate]]:
    """The class of each name's powers."""
    import cirq

    bases = {name: type(getattr(cirq, name)).__mro__ for name in NAMES}
    return {name: next(cls for cls in mro if cls.__name__.endswith("PowGate")) for name, mro in bases.items()}


def _kept(operation: cirq.Operation) -> bool:
    import cirq

    gate = operation.gate
    if isinstance(gate, cirq.ControlledGate):
        return isinstance(gate.sub_gate, _classes()) and len(list(gate.control_values.expand())) == 1
    return isinstance(gate, _classes())


@cache
def _classes() -> tuple[type[cirq.EigenGate], ...]:
    return tuple(families().values())


def _simpler(operation: cirq.Operation) -> Any:
    """What Cirq leaves alone, or would write with more angles than one; NotImplemented for all else."""
    import cirq

    gate = operation.gate
    if isinstance(gate, cirq.IdentityGate):
        return []
    if isinstance(gate, cirq.GlobalPhaseGate) and not cirq.is_parameterized(gate):
        turns = cmath.phase(complex(gate.coefficient)) / (2 * cmath.pi)
        return cirq.ZPowGate(exponent=2, global_shift=turns).on(cirq.LineQubit(0))
    if isinstance(gate, cirq.CCXPowGate | cirq.CCZPowGate) and gate.global_shift == 0:
        power = cirq.XPowGate if isinstance(gate, cirq.CCXPowGate) else cirq.ZPowGate
        return cirq.ControlledGate(power(exponent=gate.exponent), 2).on(*operation.qubits)
    if isinstance(gate, cirq.MatrixGate) and list(operation.qubits) != sorted(operation.qubits):
        # Cirq 1.5 mistakes the phase of a matrix on qubits that are out of order.
        return cirq.MatrixGate(cirq.Circuit(operation).unitary()).on(*sorted(operation.qubits))
    if isinstance(gate, cirq.CSwapGate):
        return cirq.ControlledGate(cirq.SWAP).on(*operation.qubits)
    return NotImplemented
