"""The gates that a block may name: how many wires each takes, whether it has an angle, what it is.

Angles are in radians: rx, ry, rz, xx, yy, zz are exp(-i angle/2 P), p is diag(1, exp(i angle)).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import cirq

Make = Callable[[Any], "cirq.Gate"]


@dataclass(frozen=True)
class GateKind:
    """A name's meaning; `make` gets the angle in radians, a number or a symbol, or None."""

    wires: int
    angle: bool
    make: Make


def _rotation(name: str, shift: float, controls: int = 0) -> Make:
    """A Cirq power gate with exponent angle / pi; shift -1/2 makes its determinant one."""

    def make(angle: Any) -> cirq.Gate:
        import cirq
        import sympy

        half_turns = angle / sympy.pi if isinstance(angle, sympy.Basic) else angle / math.pi
        gate: cirq.Gate = getattr(cirq, name)(exponent=half_turns, global_shift=shift)
        return cirq.ControlledGate(gate, controls) if controls else gate

    return make


def _named(name: str) -> Make:
    def make(angle: Any) -> cirq.Gate:
        import cirq

        gate: cirq.Gate = getattr(cirq, name)(angle)
        return gate

    return make


def _fixed(name: str, power: float = 1, controls: int = 0) -> Make:
    def make(_: Any) -> cirq.Gate:
        import cirq

        gate: cirq.Gate = getattr(cirq, name)
        gate = gate**power if power != 1 else gate
        return cirq.ControlledGate(gate, controls) if controls else gate

    return make


GATES = {
    "h": GateKind(1, False, _fixed("H")),
    "x": GateKind(1, False, _fixed("X")),
    "y": GateKind(1, False, _fixed("Y")),
    "z": GateKind(1, False, _fixed("Z")),
    "s": GateKind(1, False, _fixed("S")),
    "sdg": GateKind(1, False, _fixed("S", -1)),
    "t": GateKind(1, False, _fixed("T")),
    "tdg": GateKind(1, False, _fixed("T", -1)),
    "sx": GateKind(1, False, _fixed("X", 0.5)),
    "rx": GateKind(1, True, _named("rx")),
    "ry": GateKind(1, True, _named("ry")),
    "rz": GateKind(1, True, _named("rz")),
    "p": GateKind(1, True, _rotation("ZPowGate", 0)),
    "cx": GateKind(2, False, _fixed("CX")),
    "cy": GateKind(2, False, _fixed("Y", 1, 1)),
    "cz": GateKind(2, False, _fixed("CZ")),
    "swap": GateKind(2, False, _fixed("SWAP")),
    "iswap": GateKind(2, False, _fixed("ISWAP")),
    "cp": GateKind(2, True, _rotation("CZPowGate", 0)),
    "crx": GateKind(2, True, _rotation("XPowGate", -0.5, 1)),
    "cry": GateKind(2, True, _rotation("YPowGate", -0.5, 1)),
    "crz": GateKind(2, True, _rotation("ZPowGate", -0.5, 1)),
    "xx": GateKind(2, True, _rotation("XXPowGate", -0.5)),
    "yy": GateKind(2, True, _rotation("YYPowGate", -0.5)),
    "zz": GateKind(2, True, _rotation("ZZPowGate", -0.5)),
    "ccx": GateKind(3, False, _fixed("CCX")),
    "ccz": GateKind(3, False, _fixed("CCZ")),
    "cswap": GateKind(3, False, _fixed("CSWAP")),
}
