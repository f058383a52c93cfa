"""Two equal CNOTs around a turn of their target, written as the one coupling that they make."""

from __future__ import annotations

from collections.abc import Iterable

from qmlops.lower.piece import Controlled, Coupled, Piece, Rotated, Turned
from qmlops.lower.turn import LETTERS, SMALL, of_power


def collapsed(pieces: Iterable[Piece]) -> list[Piece]:
    """The same pieces, without the CNOTs by which rotations about Pauli strings are usually written.

    CNOT, Z**t on its target, CNOT is ZZ**t: one interaction where a device has it, and as many as
    before where it has not. Nested ladders lose their innermost pair.
    """
    kept: list[Piece | None] = []
    last: dict[int, list[int]] = {}
    for piece in pieces:
        coupling = _coupling(piece, kept, last)
        if coupling is not None:
            piece = coupling
        for wire in _wires(piece):
            last.setdefault(wire, []).append(len(kept))
        kept.append(piece)
    return [piece for piece in kept if piece is not None]


def _coupling(piece: Piece, kept: list[Piece | None], last: dict[int, list[int]]) -> Coupled | None:
    """What a CNOT makes with the turn and the CNOT right before it, which are then taken out."""
    if not isinstance(piece, Controlled) or piece.exponent != 1:
        return None
    first, second = piece.wires
    on_first, on_second = last.get(first, []), last.get(second, [])
    if not on_first or len(on_second) < 2 or on_second[-2] != on_first[-1] or kept[on_first[-1]] != piece:
        return None
    found = _power(kept[on_second[-1]])
    if found is None or found.letter == piece.letters[1]:
        return None
    kept[on_second.pop()] = None
    kept[on_second.pop()] = None
    on_first.pop()
    return Coupled(piece.wires, piece.letters[0] + found.letter, found.exponent)


def _power(piece: Piece | None) -> Rotated | None:
    """A piece as a power of one letter."""
    if isinstance(piece, Rotated):
        return piece
    if isinstance(piece, Turned):
        letters = [letter for letter, entry in zip(LETTERS, piece.turn[1:], strict=True) if abs(entry) > SMALL]
        if len(letters) == 1:
            return Rotated(piece.wire, letters[0], of_power(piece.turn, letters[0]))
    return None


def _wires(piece: Piece) -> tuple[int, ...]:
    return (piece.wire,) if isinstance(piece, Turned | Rotated) else piece.wires
