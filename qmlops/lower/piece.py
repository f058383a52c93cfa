"""The few pieces that every gate is cut into before it is written in a gate set.

Exponents are in half-turns; the power t of a Pauli string P is
exp(-i pi t/2 P). Global phases are dropped.
"""

from __future__ import annotations

from typing import NamedTuple

from qmlops.lower.affine import Exponent
from qmlops.lower.turn import Turn

Wires = tuple[int, int]


class Turned(NamedTuple):
    """A fixed unitary of one wire."""

    wire: int
    turn: Turn


class Rotated(NamedTuple):
    """A power of X, Y or Z on one wire."""

    wire: int
    letter: str
    exponent: Exponent


class Coupled(NamedTuple):
    """A power of a Pauli string on two wires, such as ZX."""

    wires: Wires
    letters: str
    exponent: Exponent


class Controlled(NamedTuple):
    """exp(i pi t (1-P)/2 (1-Q)/2) for the letters P and Q: CZ**t for ZZ, CNOT**t for ZX."""

    wires: Wires
    letters: str
    exponent: Exponent

    def local(self) -> tuple[Rotated, Rotated]:
        """What it does to each wire alone; what is left is `coupling`."""
        first, second = self.wires
        half = self.exponent / 2
        return Rotated(first, self.letters[0], half), Rotated(second, self.letters[1], half)

    def coupling(self) -> Coupled:
        return Coupled(self.wires, self.letters, -self.exponent / 2)


class Exchanged(NamedTuple):
    """XX**x YY**y ZZ**z, the interaction that is left of any two-wire unitary."""

    wires: Wires
    exponents: tuple[Exponent, Exponent, Exponent]


class Swapped(NamedTuple):
    wires: Wires


Piece = Turned | Rotated | Coupled | Controlled | Exchanged | Swapped


def moved(piece: Piece, wires: tuple[int, ...]) -> Piece:
    """The same piece on other wires: its wire i becomes wires[i]."""
    if isinstance(piece, Turned | Rotated):
        return piece._replace(wire=wires[piece.wire])
    first, second = piece.wires
    return piece._replace(wires=(wires[first], wires[second]))
