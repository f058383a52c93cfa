"""Programs in a small gate set, parameters kept symbolic, equal up to global phase for all their values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qmlops.core.program import Program
from qmlops.lower.affine import Exponent, shown
from qmlops.lower.collapse import collapsed
from qmlops.lower.cut import pieces
from qmlops.lower.gate_set import GateSet
from qmlops.lower.piece import (
    Controlled,
    Coupled,
    Exchanged,
    Piece,
    Rotated,
    Swapped,
    Turned,
    Wires,
)
from qmlops.lower.run import Run, Writer
from qmlops.lower.turn import carrying, inverse, power, wrapped

if TYPE_CHECKING:
    import cirq


def native(program: Program, gates: GateSet) -> Program:
    """The same program in a gate set.

    Runs of gates on one wire become as few gates as their neighbours allow, fixed gates on two wires
    as few interactions as their Cartan decomposition has. Wires keep their numbers, symbols their
    names; identities and global phases are dropped. Raises RequestError for an operation that is
    not unitary, or whose free parameters no closed form keeps.
    """
    import cirq

    wire = {qubit: number for number, qubit in enumerate(program.qubits)}
    writer = _Native(program.qubits, gates)
    operations = program.circuit.all_operations()
    writer.take(collapsed(piece for operation in operations for piece in pieces(operation, wire)))
    return replace(program, circuit=cirq.Circuit(writer.finish()))


class _Native:
    """The circuit as it is written: gates, and the run that waits on each wire."""

    def __init__(self, qubits: list[cirq.LineQubit], gates: GateSet) -> None:
        self.qubits = qubits
        self.gates = gates
        self.runs = [Run() for _ in qubits]
        self.writer = Writer(gates)
        self.operations: list[cirq.Operation] = []

    def take(self, found: Iterable[Piece]) -> None:
        for piece in found:
            match piece:
                case Turned(wire, turn):
                    self.runs[wire].turn(turn)
                case Rotated(wire, letter, exponent):
                    self.runs[wire].rotate(letter, exponent)
                case Coupled():
                    self._couple(piece)
                case Controlled():
                    self._control(piece)
                case Exchanged():
                    self._exchange(piece)
                case Swapped(wires):
                    self._swap(wires)

    def finish(self) -> list[cirq.Operation]:
        for wire in range(len(self.qubits)):
            self._settle(wire, "")
        return self.operations

    def _settle(self, wire: int, passing: str) -> None:
        if self.runs[wire].items:
            self.operations += self.writer.settle(self.runs[wire], passing, self.qubits[wire])

    def _write(self, gate: cirq.Gate, wires: Wires, letters: str) -> None:
        """A gate that powers of the letters pass, one a wire."""
        for wire, letter in zip(wires, letters or ("", ""), strict=True):
            self._settle(wire, letter)
        self.operations.append(gate.on(*(self.qubits[wire] for wire in wires)))

    def _couple(self, piece: Coupled) -> None:
        wires, letters, exponent = piece
        if isinstance(exponent, float):
            exponent = wrapped(exponent)
            if exponent in (0, 1):
                self._locally(wires, letters, exponent)
                return
        gates = self.gates
        if letters in gates.couplings:
            self._write(_coupling(letters)(exponent=shown(exponent)), wires, letters)
        elif exponent in (0.5, -0.5) and gates.controlled:
            here = letters if letters in gates.controlled else letters[::-1]
            if here in gates.controlled:
                self._control(Controlled(wires, letters, 1.0))
                self._locally(wires, letters, exponent)
            else:
                self._carried(Coupled(wires, letters, exponent), gates.controlled[0])
        elif exponent in (0.5, -0.5) and gates.echoed:
            self._echo(wires, letters, exponent)
        elif gates.couplings:
            self._carried(Coupled(wires, letters, exponent), gates.couplings[0])
        else:
            self._sandwich(wires, letters, exponent)

    def _locally(self, wires: Wires, letters: str, exponent: Exponent) -> None:
        for wire, letter in zip(wires, letters, strict=True):
            self.runs[wire].rotate(letter, exponent)

    def _carried(self, piece: Coupled, letters: str) -> None:
        """A coupling by one of other letters, between turns that carry the first to the second."""
        turns = [carrying(old, new) for old, new in zip(piece.letters, letters, strict=True)]
        for wire, turn in zip(piece.wires, turns, strict=True):
            self.runs[wire].turn(turn)
        self._couple(piece._replace(letters=letters))
        for wire, turn in zip(piece.wires, turns, strict=True):
            self.runs[wire].turn(inverse(turn))

    def _control(self, piece: Controlled) -> None:
        import cirq

        wires, letters, exponent = piece
        if isinstance(exponent, float):
            exponent = wrapped(exponent)
        if letters in self.gates.controlled_powers:
            if exponent != 0:
                self._write(cirq.CZPowGate(exponent=shown(exponent)), wires, letters)
        elif exponent == 1 and letters in self.gates.controlled:
            self._write(cirq.CZ if letters == "ZZ" else cirq.CNOT, wires, letters)
        elif exponent == 1 and letters[::-1] in self.gates.controlled:
            self._control(Controlled(wires[::-1], letters[::-1], exponent))
        else:
            piece = Controlled(wires, letters, exponent)
            self.take([*piece.local(), piece.coupling()])

    def _echo(self, wires: Wires, letters: str, exponent: float) -> None:
        """ZX**(±1/2) by the echoed gate, whose X on the first wire is undone."""
        if letters != "ZX":
            self._carried(Coupled(wires, letters, exponent), "ZX")
            return
        if exponent == -0.5:
            self._locally(wires, letters, 1.0)
        self._write(_echoed(), wires, "")
        self.runs[wires[0]].turn(power("X", 1))

    def _sandwich(
        self, wires: Wires, letters: str, exponent: Exponent, more: tuple[str, Exponent] | None = None
    ) -> None:
        """One or two couplings that commute, as powers of X between two entangling gates."""
        first, second = wires
        other = more[0] if more else _other(letters)
        across = "Y" if self.gates.exchange == "iswap" else "X"
        turns = (carrying(letters[0] + other[0], "Z" + across), carrying(letters[1] + other[1], across + "Z"))
        for wire, turn in zip(wires, turns, strict=True):
            self.runs[wire].turn(turn)
        middle = (first, second) if across == "Y" else (second, first)
        self._entangle(wires, undo=True)
        self.runs[middle[0]].rotate("X", exponent)
        if more:
            self.runs[middle[1]].rotate("X", more[1])
        self._entangle(wires, undo=False)
        for wire, turn in zip(wires, turns, strict=True):
            self.runs[wire].turn(inverse(turn))

    def _entangle(self, wires: Wires, undo: bool) -> None:
        """ISWAP or its inverse where the set has it, CZ otherwise."""
        import cirq

        if self.gates.exchange != "iswap":
            self._control(Controlled(wires, "ZZ", 1.0))
            return
        first, second = wires
        self._write(cirq.ISWAP, wires, "ZZ")
        self.runs[first], self.runs[second] = self.runs[second], self.runs[first]
        if undo:
            self._locally(wires, "ZZ", 1.0)

    def _exchange(self, piece: Exchanged) -> None:
        import cirq

        wires = piece.wires
        parts = [wrapped(value) if isinstance(value, float) else value for value in piece.exponents]
        x, y, z = parts
        if x == y and z == 0 and self.gates.exchange == "powers":
            self._write(cirq.ISwapPowGate(exponent=shown(x * -2)), wires, "")
            return
        if x == y and z == 0 and x in (0.5, -0.5) and self.gates.exchange == "iswap":
            self._entangle(wires, undo=x == 0.5)
            return
        if self.gates.swap and parts == [0.5, 0.5, 0.5]:
            self._write(cirq.SWAP, wires, "")
            return
        present = [(letter * 2, part) for letter, part in zip("XYZ", parts, strict=True) if part != 0]
        if self.gates.couplings or len(present) < 2:
            self.take([Coupled(wires, letters, part) for letters, part in present])
            return
        if self.gates.exchange == "iswap" and all(part in (0.5, -0.5) for part in (x, y)):
            self._locally(wires, "XX", 1.0 if x != 0.5 else 0.0)
            self._locally(wires, "YY", 1.0 if y != 0.5 else 0.0)
            self._entangle(wires, undo=True)
            self._couple(Coupled(wires, "ZZ", z))
        elif len(present) == 2:
            (letters, exponent), more = present
            self._sandwich(wires, letters, exponent, more)
        else:
            self._threefold(wires, x, y, z)

    def _threefold(self, wires: Wires, x: Exponent, y: Exponent, z: Exponent) -> None:
        """XX**x YY**y ZZ**z by three entangling gates (as few as Vatan and Williams 2004 prove).

        A CNOT carries XX, ZZ and YY to X on the first wire, Z on the second, and -XZ. The CNOT after
        them is a ZX that commutes with XZ, so that both are one sandwich.
        """
        first, second = wires
        self._control(Controlled(wires, "ZX", 1.0))
        self.runs[first].rotate("X", x)
        self.runs[second].rotate("Z", z)
        self._sandwich(wires, "XZ", -y, ("ZX", -0.5))
        self._locally(wires, "ZX", 0.5)

    def _swap(self, wires: Wires) -> None:
        import cirq

        if self.gates.swap:
            self._write(cirq.SWAP, wires, "")
        else:
            self._exchange(Exchanged(wires, (0.5, 0.5, 0.5)))


def _other(letters: str) -> str:
    """A Pauli string that commutes with another and differs from it on both wires."""
    following = {"X": "Y", "Y": "Z", "Z": "X"}
    return "".join(following[letter] for letter in letters)


def _coupling(letters: str) -> Any:
    import cirq

    return {"XX": cirq.XXPowGate, "YY": cirq.YYPowGate, "ZZ": cirq.ZZPowGate}[letters]


def _echoed() -> cirq.Gate:
    import cirq

    matrix = np.array([[0, 0, 1, 1j], [0, 0, 1j, 1], [1, -1j, 0, 0], [-1j, 1, 0, 0]]) / np.sqrt(2)
    return cirq.MatrixGate(matrix, name="ecr")
