"""Where the gates of a block stand: a pattern's name, or wires that are listed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from qmlops.errors import RequestError, nearest

SINGLES = ("all", "even", "odd", "first", "last")
PAIRS = ("line", "ring", "even", "odd", "full")

Wires = tuple[int, ...]


def places(written: Any, size: int, qubits: int, step: int = 1) -> list[Wires]:
    """The wires of each gate of a block, in order.

    One wire a gate: all, even, odd, first, last, or a list of wires. Two wires: `line`
    (0 1) (1 2) …, `ring` (each wire with the one `step` further, around), `even` (0 1) (2 3) …,
    `odd` (1 2) (3 4) …, `full` (all pairs). More wires, or any: a list of lists.
    Raises RequestError for anything else, and for a wire that is not there.
    """
    if isinstance(written, str):
        if size == 1:
            return [(wire,) for wire in _singles(written, qubits)]
        if size == 2:
            return _pairs(written, qubits, step)
        raise RequestError(f"{written!r} is a pattern for one or two wires, and the gate takes {size}; list the wires")
    return [_listed(item, size, qubits) for item in _items(written)]


def _singles(name: str, qubits: int) -> Sequence[int]:
    patterns: dict[str, Sequence[int]] = {
        "all": range(qubits),
        "even": range(0, qubits, 2),
        "odd": range(1, qubits, 2),
        "first": range(1),
        "last": range(qubits - 1, qubits),
    }
    if name not in patterns:
        raise RequestError(f"{name!r} is no pattern for gates on one wire; {nearest(name, SINGLES)}")
    return patterns[name]


def _pairs(name: str, qubits: int, step: int) -> list[Wires]:
    match name:
        case "line":
            return [(wire, wire + 1) for wire in range(qubits - 1)]
        case "ring":
            return _ring(qubits, step)
        case "even":
            return [(wire, wire + 1) for wire in range(0, qubits - 1, 2)]
        case "odd":
            return [(wire, wire + 1) for wire in range(1, qubits - 1, 2)]
        case "full":
            return list(combinations(range(qubits), 2))
    raise RequestError(f"{name!r} is no pattern for gates on two wires; {nearest(name, PAIRS)}")


def _ring(qubits: int, step: int) -> list[Wires]:
    """Two wires make one pair, not two; one wire makes none."""
    if qubits < 3:
        return [(0, 1)] if qubits == 2 else []
    if step % qubits == 0:
        raise RequestError(f"a ring with step {step} on {qubits} wires joins each wire with itself")
    return [(wire, (wire + step) % qubits) for wire in range(qubits)]


def _items(written: Any) -> Sequence[Any]:
    if not isinstance(written, list | tuple):
        raise RequestError(f"{written!r} names no wires; write a pattern, [0, 2], or [[0, 1], [1, 2]]")
    return written


def _listed(item: Any, size: int, qubits: int) -> Wires:
    wires = tuple(item) if isinstance(item, list | tuple) else (item,)
    if any(isinstance(wire, bool) or not isinstance(wire, int) for wire in wires):
        raise RequestError(f"{item!r} is no wire; wires are whole numbers from 0")
    if len(wires) != size:
        raise RequestError(f"{item!r} names {len(wires)} wires, and the gate takes {size}")
    absent = [wire for wire in wires if not 0 <= wire < qubits]
    if absent:
        raise RequestError(f"wire {absent[0]} is not there; the circuit has wires 0 to {qubits - 1}")
    if len(set(wires)) < size:
        raise RequestError(f"{item!r} names a wire twice")
    return wires
