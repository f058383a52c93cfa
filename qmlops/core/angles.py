"""Every parametrised gate of a circuit with an angle of its own, and the map from points to angles.

Gradient rules shift single gate occurrences, and the engine wants numbers and not symbols:
both start from here. Angles are in half-turns (multiples of pi), as Cirq's exponents are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qmlops.core.program import Program
from qmlops.core.work import Array
from qmlops.errors import RequestError

if TYPE_CHECKING:
    import cirq
    import sympy


@dataclass(frozen=True, eq=False)
class AngleMap:
    """angles = bias + points @ linear + sum of c * points[i] * points[j] over the products."""

    bias: Array
    """[gates]"""
    linear: Array
    """[symbols × gates]"""
    products: NDArray[np.int64]
    """[products × 3]: the two symbols, in this order, and the gate."""
    factors: Array
    """[products]"""

    def __call__(self, points: Array) -> Array:
        """The angles [rows × gates] of points [rows × symbols]."""
        angles = self.bias + points @ self.linear
        if len(self.factors):
            i, j, gates = self.products.T
            np.add.at(angles.T, gates, (self.factors * points[:, i] * points[:, j]).T)
        return angles

    def pullback(self, points: Array, cotangent: Array) -> Array:
        """The gradient in the symbols [rows × symbols] from one in the angles [rows × gates]."""
        gradient = cotangent @ self.linear.T
        if len(self.factors):
            i, j, gates = self.products.T
            through = self.factors * cotangent[:, gates]
            np.add.at(gradient.T, i, (through * points[:, j]).T)
            np.add.at(gradient.T, j, (through * points[:, i]).T)
        return gradient


@dataclass(frozen=True, eq=False)
class Parametrised:
    """A circuit whose parametrised gates have exponents `a0`, `a1`, … in circuit order."""

    circuit: cirq.Circuit
    names: tuple[str, ...]
    gates: tuple[cirq.Gate, ...]
    """The gate of each angle, as it stands in `circuit`."""
    angles: AngleMap


def separate(program: Program) -> Parametrised:
    """Give each parametrised gate of a program its own angle.

    Raises RequestError for a gate with more than one free exponent, and for an exponent that is
    neither affine in the symbols nor a product of two of them.
    """
    import cirq
    import sympy

    gates: list[cirq.Gate] = []
    exponents: list[sympy.Expr] = []

    def own_angle(operation: cirq.Operation, _: int) -> cirq.Operation:
        if not cirq.is_parameterized(operation):
            return operation
        gate, exponent = _with_exponent(operation.gate, sympy.Symbol(f"a{len(gates)}"), operation)
        gates.append(gate)
        exponents.append(exponent)
        return gate.on(*operation.qubits)

    circuit = cirq.map_operations(program.circuit, own_angle)
    names = tuple(f"a{index}" for index in range(len(gates)))
    return Parametrised(circuit, names, tuple(gates), _angle_map(program.symbols, exponents))


def _with_exponent(gate: Any, angle: sympy.Symbol, operation: cirq.Operation) -> tuple[cirq.Gate, Any]:
    import cirq

    if isinstance(gate, cirq.ControlledGate):
        inner, exponent = _with_exponent(gate.sub_gate, angle, operation)
        return cirq.ControlledGate(inner, control_values=gate.control_values), exponent
    for rotation, power in ((cirq.Rx, cirq.XPowGate), (cirq.Ry, cirq.YPowGate), (cirq.Rz, cirq.ZPowGate)):
        if isinstance(gate, rotation):
            return power(exponent=angle, global_shift=-0.5), gate.exponent
    if isinstance(gate, cirq.PhasedXPowGate) and not cirq.is_parameterized(gate.phase_exponent):
        turned = cirq.PhasedXPowGate(phase_exponent=gate.phase_exponent, exponent=angle, global_shift=gate.global_shift)
        return turned, gate.exponent
    if isinstance(gate, cirq.PhasedISwapPowGate) and not cirq.is_parameterized(gate.phase_exponent):
        return cirq.PhasedISwapPowGate(phase_exponent=gate.phase_exponent, exponent=angle), gate.exponent
    if isinstance(gate, cirq.EigenGate):
        return type(gate)(exponent=angle, global_shift=gate.global_shift), gate.exponent
    raise RequestError(
        f"{operation}: a gate with free parameters needs exactly one exponent.\n"
        "Write it as rotations, as in rz, ry, rz."
    )


def _angle_map(symbols: tuple[str, ...], exponents: list[sympy.Expr]) -> AngleMap:
    column = {name: index for index, name in enumerate(symbols)}
    bias = np.zeros(len(exponents))
    linear = np.zeros((len(symbols), len(exponents)))
    products: list[tuple[int, int, int]] = []
    factors: list[float] = []
    for gate, exponent in enumerate(exponents):
        for factor, names in _terms(exponent):
            unknown = [name for name in names if name not in column]
            if unknown or len(names) > 2:
                raise RequestError(
                    f"The angle {exponent} * pi is not affine in the program's symbols, nor a product of two.\n"
                    "Write it as a sum of numbers, multiples of one symbol, and products of two symbols."
                )
            if not names:
                bias[gate] += factor
            elif len(names) == 1:
                linear[column[names[0]], gate] += factor
            else:
                products.append((column[names[0]], column[names[1]], gate))
                factors.append(factor)
    return AngleMap(bias, linear, np.array(products, dtype=np.int64).reshape(-1, 3), np.array(factors))


def _terms(expression: sympy.Expr) -> list[tuple[float, list[str]]]:
    """The terms of a polynomial: factor and the names of its symbols, with repetition."""
    import sympy

    found: list[tuple[float, list[str]]] = []
    for term in sympy.Add.make_args(sympy.expand(expression)):
        number, rest = (term, 1) if term.is_number else term.as_independent(*term.free_symbols, as_Add=False)
        names: list[str] = []
        for power in sympy.Mul.make_args(rest) if rest != 1 else ():
            base, exponent = power.as_base_exp()
            if not (base.is_Symbol and exponent.is_Integer and exponent > 0):
                names += ["?"] * 3
            else:
                names += [base.name] * int(exponent)
        found.append((float(number), names))
    return found
