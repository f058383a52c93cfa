"""A circuit drawn with characters: wires as lines, gates in columns, and slots for the angles that turn.

The drawing is made once for a circuit and a size; after that only what stands in the slots changes.
"""

from __future__ import annotations

from collections.abc import Sequence

from qmlops.core.sight import CircuitDrawn
from qmlops.monitoring.pane.base import MUTED
from qmlops.monitoring.pane.gate import Gate, Height, Piece, fill_of, length, marks, placed, row_of

Column = list[list[Piece]]
"""Rows of text, from top to bottom, equally long."""
_LONGEST = 12


def pictured(drawn: CircuitDrawn, height: Height) -> list[Column]:
    """The columns of a circuit, the last one of which says how many gates are left out.

    `height * width` rows each, without one below the last wire where `height` is 2.
    """
    count = height * drawn.width - (height == 2)
    found = [_column(held, height, count) for held in columns(drawn)] or [_column([], height, count)]
    if drawn.left_out:
        text = f"  … {drawn.left_out} more gates"
        told = text, " " * len(text)
        found.append([[(told[row != row_of(0, height)], MUTED)] for row in range(count)])
    return found


def _column(held: Sequence[Gate], height: Height, count: int) -> Column:
    across = max((gate.across(height) for gate in held), default=1)
    filled = {row: pieces for gate in held for row, pieces in placed(gate, height, across)}
    return [filled.get(row) or [(fill_of(row, height) * across, MUTED)] for row in range(count)]


def bands(found: Sequence[Column], width: int) -> list[list[Column]]:
    """The columns in as few rows of at most `width` characters as they need; a column alone may be wider."""
    broken: list[list[Column]] = [[]]
    room = width
    for column in found:
        across = length(column[0])
        if broken[-1] and across > room:
            broken.append([])
            room = width
        broken[-1].append(column)
        room -= across
    return broken


def joined(band: Sequence[Column]) -> list[list[Piece]]:
    """The rows of columns that stand beside each other."""
    return [[piece for part in parts for piece in part] for parts in zip(*band, strict=True)]


def columns(drawn: CircuitDrawn) -> list[list[Gate]]:
    """The gates of each moment, in as many columns as they need so that no link crosses a gate."""
    places = {gate: place for place, gate in enumerate(drawn.turning)}
    found: dict[int, list[tuple[set[int], list[Gate]]]] = {}
    for number, (moment, name, wires, angle) in enumerate(drawn.gates):
        if not wires or not all(0 <= wire < drawn.width for wire in wires):
            continue
        place = places.get(number)
        word, sorts = marks(name, len(wires), place is not None)
        gate = Gate(_cut(word), wires, sorts, place, angle if place is None else None)
        held = found.setdefault(moment, [])
        free = next((column for column in held if not column[0] & set(gate.span)), None)
        if free is None:
            held.append(free := (set(), []))
        free[0].update(gate.span)
        free[1].append(gate)
    return [column for moment in sorted(found) for _, column in found[moment]]


def _cut(word: str) -> str:
    return word if len(word) <= _LONGEST else word[: _LONGEST - 1] + "…"
