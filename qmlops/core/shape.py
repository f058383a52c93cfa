"""What a gate looks like: marks on its wires, a name, and an angle."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from qmlops.core.label import Label, radians

if TYPE_CHECKING:
    import cirq

Sort = Literal["box", "dot", "hollow", "plus", "cross"]


@dataclass(frozen=True)
class Shape:
    """A gate on wires: one mark a wire, in the order of its qubits.

    A box holds its text, and the angle where it is the only box; otherwise name and angle stand
    on the line that links the marks.
    """

    name: str
    marks: tuple[tuple[int, Sort, str], ...]
    angle: Label | None = None

    @property
    def span(self) -> range:
        wires = [wire for wire, _, _ in self.marks]
        return range(min(wires), max(wires) + 1)

    @property
    def boxes(self) -> int:
        return sum(sort == "box" for _, sort, _ in self.marks)

    @property
    def width(self) -> float:
        """Roughly, in pixels."""
        inside = self.angle.width if self.angle else 0.0
        if self.boxes != 1:
            inside += 7 * len(self.name) + 6 if self.angle else 0
        named = max((7.2 * len(text) for _, sort, text in self.marks if sort == "box"), default=0.0)
        return max(inside + 12, named + 12, 26 if self.boxes else 18)


def shape(operation: cirq.Operation, angles: dict[str, Label]) -> Shape:
    """The shape of an operation whose free exponents are names in `angles`."""
    import cirq

    wires = [int(getattr(qubit, "x", 0)) for qubit in operation.qubits]
    gate, controls = operation.gate, []
    while isinstance(gate, cirq.ControlledGate):
        count = gate.num_controls()
        products = list(gate.control_values)
        values = products[0] if len(products) == 1 else (1,) * count
        controls += ["dot" if value else "hollow" for value in values]
        gate = gate.sub_gate
    inner = _plain_shape(gate, operation, wires[len(controls) :], angles)
    if not controls:
        return inner
    dots: Any = tuple((wire, sort, "") for wire, sort in zip(wires, controls, strict=False))
    return replace(inner, name="C" * len(controls) + inner.name, marks=dots + inner.marks)


def _plain_shape(gate: Any, operation: cirq.Operation, wires: list[int], angles: dict[str, Label]) -> Shape:
    import cirq

    exponent = getattr(gate, "exponent", None)
    angle = angles.get(str(exponent)) or _fixed_angle(gate, exponent)
    free = angle is not None
    whole = free or exponent == 1 or (exponent == -1 and not isinstance(gate, cirq.ISwapPowGate))
    linked: list[tuple[Any, str, tuple[Sort, ...], str]] = [
        (cirq.CZPowGate, "CP" if free else "CZ", ("dot", "dot"), ""),
        (cirq.ZZPowGate, "ZZ", ("dot", "dot"), ""),
        (cirq.CXPowGate, "CX", ("dot", "plus"), ""),
        (cirq.SwapPowGate, "SWAP", ("cross", "cross"), ""),
        (cirq.CCZPowGate, "CCZ", ("dot", "dot", "dot"), ""),
        (cirq.CCXPowGate, "CCX", ("dot", "dot", "plus"), ""),
        (cirq.CSwapGate, "CSWAP", ("dot", "cross", "cross"), ""),
        (cirq.XXPowGate, "XX", ("box", "box"), "X"),
        (cirq.YYPowGate, "YY", ("box", "box"), "Y"),
        (cirq.ISwapPowGate, "iSWAP", ("box", "box"), "iS"),
    ]
    for kind, name, sorts, letter in linked:
        if isinstance(gate, kind) and (whole or exponent is None):
            marks = tuple((wire, sort, letter) for wire, sort in zip(wires, sorts, strict=True))
            return Shape(name, marks, angle)
    letter_name = _letter_name(gate, exponent, free)
    if letter_name is not None:
        return Shape(letter_name, ((wires[0], "box", letter_name),), angle)
    return _unknown(operation, wires)


def _letter_name(gate: Any, exponent: Any, free: bool) -> str | None:
    import cirq

    powers = ((cirq.XPowGate, "X"), (cirq.YPowGate, "Y"), (cirq.ZPowGate, "Z"), (cirq.HPowGate, "H"))
    letter = next((letter for kind, letter in powers if isinstance(gate, kind)), None)
    if letter is None:
        return "I" if isinstance(gate, cirq.IdentityGate) and cirq.num_qubits(gate) == 1 else None
    if free:
        return f"R{letter}" if gate.global_shift == -0.5 else "P" if letter == "Z" else letter
    exponent = 1 if exponent == -1 else exponent
    short = {
        ("X", -0.5): "√X†",
        ("Z", 0.5): "S",
        ("Z", -0.5): "S†",
        ("Z", 0.25): "T",
        ("Z", -0.25): "T†",
        ("X", 0.5): "√X",
    }
    return short.get((letter, exponent), letter if exponent == 1 else f"{letter}^{exponent:.3g}")


def _fixed_angle(gate: Any, exponent: Any) -> Label | None:
    """The angle of a rotation or a phase by a number; other gates are named by their power."""
    import cirq

    if not isinstance(exponent, int | float):
        return None
    two = cirq.CZPowGate | cirq.ZZPowGate | cirq.XXPowGate | cirq.YYPowGate
    phase = isinstance(gate, two) and abs(exponent) != 1
    phase = phase or (isinstance(gate, cirq.ZPowGate) and abs(exponent) not in (0.25, 0.5, 1))
    if getattr(gate, "global_shift", 0) != -0.5 and not phase:
        return None
    written = radians(float(exponent) * math.pi)
    return Label(((written, ""),), written)


def _unknown(operation: cirq.Operation, wires: list[int]) -> Shape:
    """Any other gate, with the words that Cirq draws it with."""
    import cirq

    info = cirq.circuit_diagram_info(operation, default=None)
    words = info.wire_symbols if info is not None else ()
    words = words[-len(wires) :] if len(words) >= len(wires) else ("U",) * len(wires)
    name = type(operation.gate).__name__ if operation.gate is not None else str(operation)
    words = tuple("U" if "\n" in word else word for word in words)
    cut = [word if len(word) <= 12 else word[:11] + "…" for word in words]
    return Shape(name, tuple((wire, "box", word) for wire, word in zip(wires, cut, strict=True)))
