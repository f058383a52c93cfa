"""A lowered program as OpenQASM 3 in Braket's gates, written once: its symbols stay inputs, one list of values each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from qmlops.core.program import Program
from qmlops.core.work import Array
from qmlops.errors import RequestError
from qmlops.lower.affine import Affine, read
from qmlops.lower.gate_set import GATE_SETS
from qmlops.lower.native import native
from qmlops.lower.reading import measured

if TYPE_CHECKING:
    import cirq

Spelling = Callable[[Any], tuple[str, tuple[Any, ...]] | None]
"""A gate's name and its angles in half-turns; None where the gate set lacks it."""

_NAMED: dict[str, dict[float, str]] = {
    "x": {1.0: "x", 0.5: "v", -0.5: "vi"},
    "y": {1.0: "y"},
    "z": {1.0: "z", 0.5: "s", -0.5: "si", 0.25: "t", -0.25: "ti"},
    "cphaseshift": {1.0: "cz"},
    "xy": {1.0: "iswap"},
}
"""Powers that have names of their own."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """One measured basis of a program."""

    source: str
    columns: Mapping[str, int]
    """For each input of the source the symbol's column in a point."""
    qubits: tuple[int, ...]
    """What Braket calls each wire."""

    def inputs(self, points: Array) -> dict[str, list[float]]:
        """One list of values an input, one value a point [points × symbols]."""
        return {name: np.asarray(points[:, column], dtype=float).tolist() for name, column in self.columns.items()}


@dataclass(frozen=True)
class Natively:
    """Says that gates are native, stand in a verbatim box, and act on the device's own qubits."""

    gate_set: str
    """A name in `lower.gate_set`."""
    labels: tuple[int, ...] = ()
    """The device's numbers of its qubits; empty: from 0 on."""


def sheets(program: Program, exact: bool = False, natively: Natively | None = None) -> list[Sheet]:
    """One for each basis, in the order of `lower.basis.bases`; every wire is measured, wire 0 leftmost.

    `exact` asks for the probabilities of all outcomes in place of shots. Channels of noise are
    written as Kraus operators, for density matrices. Raises RequestError for a gate that Braket's
    gates, or the native ones, lack.
    """
    return [_sheet(program, item.circuit, exact, natively) for item in measured(program)]


def _sheet(program: Program, circuit: cirq.Circuit, exact: bool, natively: Natively | None) -> Sheet:
    qubits = tuple(range(program.width))
    wires = [f"q[{qubit}]" for qubit in qubits]
    spell: Spelling = _spell
    if natively is not None:
        gates = GATE_SETS[natively.gate_set]
        circuit = native(replace(program, circuit=circuit), gates).circuit
        places = program.places or qubits
        qubits = tuple(natively.labels[place] for place in places) if natively.labels else tuple(places)
        wires = [f"${qubit}" for qubit in qubits]
        spell = _spell_native(natively.gate_set)
    columns = {symbol: column for column, symbol in enumerate(program.symbols)}
    used: set[str] = set()
    lines = [_line(operation, wires, columns, used, spell) for operation in circuit.all_operations()]
    names = {_name(columns[symbol]): columns[symbol] for symbol in program.symbols if symbol in used}
    return Sheet(_source(list(names), lines, wires, exact, natively is not None), names, qubits)


def _source(names: list[str], gates: list[str], wires: list[str], exact: bool, boxed: bool) -> str:
    lines = ["OPENQASM 3.0;", *(f"input float {name};" for name in names)]
    lines += [] if exact else [f"bit[{len(wires)}] b;"]
    lines += ["#pragma braket verbatim", "box{"] if boxed else [f"qubit[{len(wires)}] q;"]
    lines += gates
    lines += ["}"] if boxed else []
    if exact:
        return "\n".join([*lines, f"#pragma braket result probability {', '.join(wires)}"])
    return "\n".join([*lines, *(f"b[{number}] = measure {wire};" for number, wire in enumerate(wires))])


def _name(column: int) -> str:
    """Of an input: a symbol's own name may be one that OpenQASM keeps for itself."""
    return f"p{column}"


def _line(
    operation: cirq.Operation, wires: Sequence[str], columns: Mapping[str, int], used: set[str], spell: Spelling
) -> str:
    on = ", ".join(wires[qubit.x] for qubit in operation.qubits)
    spelled = spell(operation.gate)
    if spelled is None:
        return f"{_channel(operation)} {on}"
    gate, angles = spelled
    written = ", ".join(_radians(angle, columns, used) for angle in angles)
    return f"{gate}({written}) {on};" if written else f"{gate} {on};"


def _channel(operation: cirq.Operation) -> str:
    import cirq

    if cirq.has_unitary(operation) or not cirq.has_kraus(operation):
        raise RequestError(f"{operation}: the gate set that is written for Braket lacks this gate.")
    matrices = [
        "["
        + ", ".join("[" + ", ".join(f"{x.real!r}{x.imag:+.17g}im" for x in row) + "]" for row in matrix.tolist())
        + "]"
        for matrix in cirq.kraus(operation)
    ]
    return f"#pragma braket noise kraus({', '.join(matrices)})"


def _radians(half_turns: Any, columns: Mapping[str, int], used: set[str]) -> str:
    """An angle as OpenQASM writes it: a sum of numbers and multiples of products of inputs."""
    exponent = read(half_turns)
    if not isinstance(exponent, Affine):
        return repr(exponent * float(np.pi))
    parts = [repr(exponent.constant * float(np.pi))] if exponent.constant else []
    for term, factor in exponent.terms:
        number, rest = term.as_independent(*term.free_symbols, as_Add=False)
        names = []
        for power in rest.as_ordered_factors():
            base, times = power.as_base_exp()
            if not (base.is_Symbol and times.is_Integer and times > 0):
                raise RequestError(f"The angle {half_turns} * pi is no sum of products of symbols.")
            used.add(base.name)
            names += [_name(columns[base.name])] * int(times)
        parts.append(" * ".join([repr(float(number) * factor * float(np.pi)), *names]))
    return " + ".join(parts)


def _spell(gate: Any) -> tuple[str, tuple[Any, ...]] | None:
    fixed = _fixed().get(type(gate))
    if fixed is not None and gate.exponent == 1:
        return fixed, ()
    family = _families().get(_base(gate))
    if family is None:
        return None
    name = _NAMED.get(family, {}).get(gate.exponent) if isinstance(gate.exponent, int | float) else None
    if name is not None:
        return name, ()
    return (f"r{family}" if family in ("x", "y", "z") else family), (gate.exponent,)


def _spell_native(gate_set: str) -> Spelling:
    """Native gates in the words of Braket's devices."""
    import cirq

    def spell(gate: Any) -> tuple[str, tuple[Any, ...]] | None:
        if isinstance(gate, cirq.PhasedXZGate):
            turn, axis = gate.x_exponent, gate.axis_phase_exponent
            if gate_set.startswith("ionq"):
                return ("gpi" if turn == 1 else "gpi2"), (axis,)
            return "prx", (turn, axis)
        family = _families().get(_base(gate))
        if family in ("x", "z"):
            return f"r{family}", (gate.exponent,)
        if family == "xx" and gate_set == "ionq_ms":
            return "ms", (0.0, 0.0, gate.exponent)
        if family in ("xx", "zz"):
            return family, (gate.exponent,)
        return None if family not in ("cphaseshift", "xy") or gate.exponent != 1 else (_NAMED[family][1.0], ())

    return spell


def _base(gate: Any) -> type[Any] | None:
    return next((kind for kind in type(gate).__mro__ if kind in _families()), None)


@cache
def _fixed() -> dict[type[Any], str]:
    """Gates of which only the first power is one of Braket's."""
    import cirq

    return {cirq.HPowGate: "h", cirq.CXPowGate: "cnot", cirq.SwapPowGate: "swap"}


@cache
def _families() -> dict[type[Any] | None, str]:
    """By what Braket calls the rotation that a power is; `x` stands for rx."""
    import cirq

    return {
        cirq.XPowGate: "x",
        cirq.YPowGate: "y",
        cirq.ZPowGate: "z",
        cirq.XXPowGate: "xx",
        cirq.YYPowGate: "yy",
        cirq.ZZPowGate: "zz",
        cirq.CZPowGate: "cphaseshift",
        cirq.ISwapPowGate: "xy",
    }
