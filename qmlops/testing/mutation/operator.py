"""Bugs that people make in circuits, each as a change at one gate or at one wire's reading.

After the operators of Muskit (Mendiluze et al. 2021, doi:10.1109/ASE51524.2021.9678563) and QMutPy
(Fortunato et al. 2022, doi:10.1145/3533767.3534296).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import cirq

Gates = Sequence["cirq.Operation"]
Seeded = Iterator[tuple[str, list["cirq.Operation"]]]
"""What was done, in words, and the gates after it."""
OFFSET = 0.25
"""Half-turns that an angle is off: pi / 4 rad."""


def replaced(gates: Gates, qubits: Sequence[cirq.Qid]) -> Seeded:
    """X for Y, Y for Z, Z for X; CX for CZ and back; also below controls, with the angle kept."""
    for place, operation in enumerate(gates):
        other = _other(operation.gate)
        if other is not None:
            yield (
                _told(place, operation, f"is {_word(other)}"),
                _with(gates, place, other.on(*operation.qubits)),
            )


def removed(gates: Gates, qubits: Sequence[cirq.Qid]) -> Seeded:
    """A gate is missing."""
    for place, operation in enumerate(gates):
        yield _told(place, operation, "is missing"), _with(gates, place)


def swapped(gates: Gates, qubits: Sequence[cirq.Qid]) -> Seeded:
    """A gate and the next one on one of its wires stand in the other order."""
    for place, operation in enumerate(gates):
        after = range(place + 1, len(gates))
        follower = next((later for later in after if set(gates[later].qubits) & set(operation.qubits)), None)
        if follower is not None:
            turned = [*gates[:place], *gates[place + 1 : follower + 1], operation, *gates[follower + 1 :]]
            yield _told(place, operation, f"comes after {named(gates[follower])}"), turned


def sign(gates: Gates, qubits: Sequence[cirq.Qid]) -> Seeded:
    """An angle has the other sign."""
    for place, operation in enumerate(gates):
        if _has_angle(operation.gate):
            yield _told(place, operation, "turns backwards"), _with(gates, place, operation**-1)


def offset(gates: Gates, qubits: Sequence[cirq.Qid]) -> Seeded:
    """An angle is pi / 4 too large."""
    for place, operation in enumerate(gates):
        if _has_angle(operation.gate):
            further = _further(operation.gate).on(*operation.qubits)
            yield _told(place, operation, "turns pi/4 too far"), _with(gates, place, further)


def exchanged(gates: Gates, qubits: Sequence[cirq.Qid]) -> Seeded:
    """Control and target have changed places; gates for which that means nothing make equivalent mutants."""
    for place, operation in enumerate(gates):
        if len(operation.qubits) == 2:
            turned = operation.with_qubits(*reversed(operation.qubits))
            yield _told(place, operation, "has its wires exchanged"), _with(gates, place, turned)


def wrong_wire(gates: Gates, qubits: Sequence[cirq.Qid]) -> Seeded:
    """The last wire of a gate is the next one that is free of it."""
    for place, operation in enumerate(gates):
        *others, last = operation.qubits
        start = qubits.index(last)
        turn = [*qubits[start + 1 :], *qubits[:start]]
        free = next((qubit for qubit in turn if qubit not in others), None)
        if free is not None:
            moved = operation.with_qubits(*others, free)
            yield _told(place, operation, f"stands on {free} in place of {last}"), _with(gates, place, moved)


def basis(gates: Gates, qubits: Sequence[cirq.Qid]) -> Seeded:
    """A wire is read in the X or the Y basis in place of Z."""
    import cirq

    for qubit in qubits:
        for letter, turn in (("X", cirq.Y**-0.5), ("Y", cirq.X**0.5)):
            yield f"{qubit} is read in {letter}", [*gates, turn(qubit)]


OPERATORS: dict[str, Callable[[Gates, Sequence[Any]], Seeded]] = {
    "replaced": replaced,
    "removed": removed,
    "swapped": swapped,
    "sign": sign,
    "offset": offset,
    "exchanged": exchanged,
    "wrong_wire": wrong_wire,
    "basis": basis,
}


def _with(gates: Gates, place: int, *instead: cirq.Operation) -> list[cirq.Operation]:
    return [*gates[:place], *instead, *gates[place + 1 :]]


def _told(place: int, operation: cirq.Operation, what: str) -> str:
    return f"gate {place}, {named(operation)}, {what}"


def named(operation: cirq.Operation) -> str:
    """Such as `Ry(theta_0_1) on 1`."""
    wires = ", ".join(str(qubit).removeprefix("q(").removesuffix(")") for qubit in operation.qubits)
    return f"{_word(operation.gate)} on {wires}"


def _word(gate: Any) -> str:
    """A gate's name; turns with their angle in radians."""
    import cirq
    import sympy

    for letter, kind in (("x", cirq.XPowGate), ("y", cirq.YPowGate), ("z", cirq.ZPowGate)):
        if isinstance(gate, kind) and gate.global_shift == -0.5:
            angle = gate.exponent * (sympy.pi if isinstance(gate.exponent, sympy.Basic) else math.pi)
            return f"R{letter}({angle if isinstance(angle, sympy.Basic) else f'{angle:.4g}'})"
    return str(gate)


def _other(gate: Any) -> Any:
    """A gate that one may write by mistake for another, with the same angle; None where none is near."""
    import cirq

    if isinstance(gate, cirq.ControlledGate):
        inner = _other(gate.sub_gate)
        return inner and cirq.ControlledGate(inner, control_values=gate.control_values)
    cycles: tuple[tuple[type[Any], ...], ...] = (
        (cirq.XPowGate, cirq.YPowGate, cirq.ZPowGate),
        (cirq.XXPowGate, cirq.YYPowGate, cirq.ZZPowGate),
        (cirq.CXPowGate, cirq.CZPowGate),
        (cirq.CCXPowGate, cirq.CCZPowGate),
        (cirq.SwapPowGate, cirq.ISwapPowGate),
    )
    for cycle in cycles:
        for number, kind in enumerate(cycle):
            if isinstance(gate, kind):
                other = cycle[(number + 1) % len(cycle)]
                return other(exponent=gate.exponent, global_shift=gate.global_shift)
    fixed = {cirq.H: cirq.X, cirq.CSWAP: cirq.CCX}
    return fixed.get(gate)


def _has_angle(gate: Any) -> bool:
    """Whether a gate turns by something else than whole half-turns."""
    import cirq

    if isinstance(gate, cirq.ControlledGate):
        return _has_angle(gate.sub_gate)
    return isinstance(gate, cirq.EigenGate) and (cirq.is_parameterized(gate) or gate.exponent % 1 != 0)


def _further(gate: Any) -> Any:
    import cirq

    if isinstance(gate, cirq.ControlledGate):
        return cirq.ControlledGate(_further(gate.sub_gate), control_values=gate.control_values)
    if isinstance(gate, cirq.Rx | cirq.Ry | cirq.Rz):
        # Their exponent cannot be set: they name an angle in radians.
        kind = next(kind for kind in (cirq.XPowGate, cirq.YPowGate, cirq.ZPowGate) if isinstance(gate, kind))
        return kind(exponent=gate.exponent + OFFSET, global_shift=gate.global_shift)
    return gate._with_exponent(gate.exponent + OFFSET)
