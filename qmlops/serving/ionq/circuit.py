"""Circuits as IonQ's API writes them, read into Cirq: QIS gates and native gates.

Native angles are in turns, QIS rotations in radians (docs.ionq.com, native gates and QIS gates).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qmlops.core.program import Program

if TYPE_CHECKING:
    import cirq

Gate = tuple[str, tuple[int, ...], tuple[int, ...], tuple[Any, ...]]
"""Name, targets, controls, and the numbers that are not a free rotation."""
Shape = tuple[tuple[Gate, ...], int]
"""Gates and width: what circuits that differ only in their rotations have in common."""

ROTATIONS = ("rx", "ry", "rz", "xx", "yy", "zz")
FIXED = ("x", "y", "z", "h", "s", "si", "t", "ti", "v", "vi", "swap")
NATIVE = ("gpi", "gpi2", "ms", "zz", "nop")


class Unreadable(Exception):
    """A gate that the API does not know, or whose fields do not fit it."""


@dataclass(frozen=True)
class Circuit:
    """One circuit: what it is without its rotations, and these in radians, in order."""

    gates: tuple[Gate, ...]
    rotations: tuple[float, ...]
    width: int

    @property
    def shape(self) -> Shape:
        return self.gates, self.width

    def counts(self) -> dict[str, int]:
        """How many gates act on one qubit and on more."""
        wide = sum(len(targets) + len(controls) > 1 for _, targets, controls, _ in self.gates)
        return {"1q": len(self.gates) - wide, "2q": wide}


def read(entries: Sequence[Mapping[str, Any]], width: int, native: bool) -> Circuit:
    """A circuit from the API's list of gates. Raises Unreadable."""
    gates, rotations = [], []
    for entry in entries:
        try:
            gate, rotation = _native(entry) if native else _qis(entry)
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable(f"gate {str(entry.get('gate'))[:20]!r} lacks {error}") from None
        wires = gate[1] + gate[2]
        if not wires or len(set(wires)) < len(wires) or not all(0 <= wire < width for wire in wires):
            raise Unreadable(f"gate {gate[0]!r} cannot act on qubits {list(wires)} of {width}")
        if rotation is not None:
            rotations.append(rotation)
        gates.append(gate)
    return Circuit(tuple(gates), tuple(rotations), width)


def _wires(entry: Mapping[str, Any], one: str, many: str) -> tuple[int, ...]:
    found = entry[many] if many in entry else [entry[one]] if one in entry else []
    return tuple(int(wire) for wire in found)


def _qis(entry: Mapping[str, Any]) -> tuple[Gate, float | None]:
    name = {"not": "x", "cnot": "x"}.get(entry["gate"], entry["gate"])
    targets, controls = _wires(entry, "target", "targets"), _wires(entry, "control", "controls")
    if name in ROTATIONS:
        return (name, targets, controls, ()), float(entry["rotation"])
    if name == "pauliexp":
        (term,), (factor,) = entry["terms"], entry["coefficients"]
        if len(term) != len(targets) or set(term) - set("IXYZ"):
            raise Unreadable("a term of pauliexp needs one letter of I, X, Y, Z for each target")
        return (name, targets, controls, (str(term), float(factor) * float(entry["time"]))), None
    if name not in FIXED:
        raise Unreadable(f"gate {str(name)[:20]!r} is no gate of the QIS gate set")
    return (name, targets, controls, ()), None


def _native(entry: Mapping[str, Any]) -> tuple[Gate, None]:
    name, targets = entry["gate"], _wires(entry, "target", "targets")
    numbers: tuple[float, ...]
    if name in ("gpi", "gpi2"):
        numbers = (float(entry["phase"]),)
    elif name == "ms":
        numbers = (*(float(phase) for phase in entry["phases"]), float(entry.get("angle", 0.25)))
    elif name == "zz":
        # The documents say `angle`; cirq-ionq 1.7 and 1.5 send `phase`.
        numbers = (float(entry.get("angle", entry.get("phase", 0.25))),)
    elif name == "nop":
        numbers = ()
    else:
        raise Unreadable(f"gate {str(name)[:20]!r} is no native gate")
    return (f"native {name}", targets, (), numbers), None


def program(shape: Shape) -> Program:
    """All circuits of a shape: one weight a rotation, in half-turns."""
    import cirq
    import sympy

    gates, width = shape
    wires = cirq.LineQubit.range(width)
    operations: list[cirq.OP_TREE] = []
    names: list[str] = []
    for name, targets, controls, numbers in gates:
        if name in ROTATIONS:
            names.append(f"r{len(names)}")
            made = _rotations()[name](sympy.Symbol(names[-1])).on(*(wires[target] for target in targets))
        else:
            made = _made(name, numbers, [wires[target] for target in targets])
        operations.append(made.controlled_by(*(wires[wire] for wire in controls)) if controls else made)
    return Program(cirq.Circuit(operations), width, (), tuple(names), ())


def _rotations() -> dict[str, Callable[[Any], cirq.Gate]]:
    """Exponentials exp(-i angle P / 2), with the angle in half-turns."""
    import cirq

    powers = {"x": cirq.XPowGate, "y": cirq.YPowGate, "z": cirq.ZPowGate}
    powers |= {"xx": cirq.XXPowGate, "yy": cirq.YYPowGate, "zz": cirq.ZZPowGate}
    kinds = {f"r{name}" if len(name) == 1 else name: power for name, power in powers.items()}
    return {
        name: lambda angle, power=power: power(exponent=angle, global_shift=-0.5)  # type: ignore[misc]
        for name, power in kinds.items()
    }


def _made(name: str, numbers: tuple[Any, ...], wires: list[Any]) -> Any:
    """The operations of a gate without a free rotation."""
    import cirq

    if name == "pauliexp":
        # The rightmost letter of a term is for the first target.
        term, angle = numbers
        pauli = {wire: letter for wire, letter in zip(wires, reversed(term), strict=True) if letter != "I"}
        string = cirq.PauliString({wire: getattr(cirq, letter) for wire, letter in pauli.items()})
        phasor = cirq.PauliStringPhasor(string, exponent_neg=angle / math.pi, exponent_pos=-angle / math.pi)
        return cirq.decompose_once(phasor) if pauli else []
    if name.startswith("native "):
        return _native_made(name.removeprefix("native "), numbers, wires)
    fixed = {
        **{"x": cirq.X, "y": cirq.Y, "z": cirq.Z, "h": cirq.H, "swap": cirq.SWAP},
        **{"s": cirq.S, "si": cirq.S**-1, "t": cirq.T, "ti": cirq.T**-1, "v": cirq.X**0.5, "vi": cirq.X**-0.5},
    }
    return fixed[name].on(*wires)


def _native_made(name: str, numbers: tuple[float, ...], wires: list[Any]) -> Any:
    import cirq

    if name == "nop":
        return cirq.identity_each(*wires)
    if name in ("gpi", "gpi2"):
        return cirq.PhasedXPowGate(phase_exponent=2 * numbers[0], exponent=1 if name == "gpi" else 0.5).on(*wires)
    if name == "zz":
        return cirq.ZZPowGate(exponent=2 * numbers[0]).on(*wires)
    first, second, angle = numbers
    turns = [cirq.Z(wire) ** (2 * phase) for wire, phase in zip(wires, (first, second), strict=True)]
    return [cirq.inverse(turns), cirq.XXPowGate(exponent=2 * angle).on(*wires), turns]
