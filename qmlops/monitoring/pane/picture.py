"""A circuit drawn with characters: wires as lines, gates in columns, and slots for the angles that turn.

The drawing is made once for a circuit and a height; after that only what stands in the slots changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from qmlops.core.sight import CircuitDrawn
from qmlops.monitoring.figure import turn
from qmlops.monitoring.pane.base import MUTED
from qmlops.monitoring.pane.gate import SIGNS, Sort, marks

ANGLE = 6
"""Characters of an angle."""
_LONGEST = 12


@dataclass(frozen=True)
class Slot:
    """Room for the hand (one character) or the angle (six) of the gate that is `turning[place]`."""

    place: int
    sort: Literal["hand", "angle"]
    fill: str = " "
    """Around a text that is shorter."""

    @property
    def width(self) -> int:
        return ANGLE if self.sort == "angle" else 1


Piece = tuple[str, str] | Slot
"""Text with its style, or a slot."""
Column = list[list[Piece]]
"""Rows of text, from top to bottom, equally long."""
Height = Literal[1, 2, 3]
"""Rows a wire: boxes of one row; with a row between the wires; boxes with a frame, the angle in its lower edge."""


@dataclass(frozen=True)
class Gate:
    """A gate as it is drawn."""

    word: str
    wires: Sequence[int]
    sorts: Sequence[Sort]
    place: int | None
    """In `CircuitDrawn.turning`, where it turns."""
    angle: float | None

    @property
    def span(self) -> range:
        return range(min(self.wires), max(self.wires) + 1)

    def inside(self, height: Height) -> int:
        """Characters between the sides of its box; 0 where it has none."""
        if "box" not in self.sorts:
            return 0
        hand = 0 if self.place is None else 1
        figure = ANGLE if hand or self.angle is not None else 0
        return max(len(self.word) + 2 + 2 * hand, figure) if height == 3 else len(self.word) + hand + figure


def pictured(drawn: CircuitDrawn, height: Height) -> list[Column]:
    """The columns of a circuit, the last one of which says how many gates are left out.

    `height * width` rows each, without one below the last wire where `height` is 2.
    """
    found, count = [], height * drawn.width - (height == 2)
    for held in columns(drawn):
        across = max(gate.inside(height) + 2 if gate.inside(height) else 1 for gate in held) + (height == 3) + 1
        across = max(across, 3)
        filled = {row: pieces for gate in held for row, pieces in _placed(gate, height, across)}
        found.append([filled.get(row) or [(_fill(row, height) * across, MUTED)] for row in range(count)])
    if drawn.left_out:
        text = f"  … {drawn.left_out} more gates"
        told = text, " " * len(text)
        found.append([[(told[row != _row(0, height)], MUTED)] for row in range(count)])
    return found


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


def length(pieces: Sequence[Piece]) -> int:
    """In characters."""
    return sum(piece.width if isinstance(piece, Slot) else len(piece[0]) for piece in pieces)


def columns(drawn: CircuitDrawn) -> list[list[Gate]]:
    """The gates of each moment, in as many columns as they need so that no link crosses a gate."""
    places = {gate: place for place, gate in enumerate(drawn.turning)}
    found: dict[int, list[tuple[set[int], list[Gate]]]] = {}
    for number, (moment, name, wires, angle) in enumerate(drawn.gates):
        if not wires or not all(0 <= wire < drawn.width for wire in wires):
            continue
        word, sorts = marks(name, len(wires))
        gate = Gate(_cut(word), wires, sorts, places.get(number), angle)
        held = found.setdefault(moment, [])
        free = next((column for column in held if not column[0] & set(gate.span)), None)
        if free is None:
            held.append(free := (set(), []))
        free[0].update(gate.span)
        free[1].append(gate)
    return [column for moment in sorted(found) for _, column in found[moment]]


def _placed(gate: Gate, height: Height, across: int) -> Iterator[tuple[int, list[Piece]]]:
    """The rows of text that a gate takes, each with its pieces, `across` characters together."""
    middle, inside = (across - 1) // 2, gate.inside(height)
    named = min((wire for wire, sort in zip(gate.wires, gate.sorts, strict=True) if sort == "box"), default=None)
    taken = set()
    for wire, sort in zip(gate.wires, gate.sorts, strict=True):
        start, before, lines = _row(wire, height), middle, [[_sign(sort)]]
        if sort == "box":
            before = (across - inside - 2) // 2
            told = gate if wire == named else replace(gate, place=None, angle=None)
            lines = [_boxed(told, inside)]
            if height == 3:
                start, lines = start - 1, _framed(told, inside, wire, middle - before - 1)
        for row, line in enumerate(lines, start):
            taken.add(row)
            yield row, _padded(line, before, across, _fill(row, height))
    for row in range(_row(gate.span[0], height), _row(gate.span[-1], height)):
        if row not in taken:
            fill = _fill(row, height)
            yield row, _padded([("┼" if fill == "─" else "│", "")], middle, across, fill)


def _boxed(gate: Gate, inside: int) -> list[Piece]:
    """A box in one row: word, hand and angle."""
    held: list[Piece] = [(gate.word.center(inside), "")]
    if gate.place is not None:
        held = [(gate.word, ""), Slot(gate.place, "hand"), Slot(gate.place, "angle")]
    elif gate.angle is not None:
        held = [(gate.word, ""), (turn(gate.angle), MUTED)]
    return [("┤", MUTED), *held, ("├", MUTED)]


def _framed(gate: Gate, inside: int, wire: int, middle: int) -> list[list[Piece]]:
    """A box in three rows: its word with the hand, and the angle in the lower edge.

    `middle` is where a link meets an edge, counted from the left inside.
    """
    top, bottom = ("─" * middle + mark + "─" * (inside - middle - 1) for mark in _joints(gate, wire))
    held: list[Piece] = [(gate.word.center(inside), "")]
    edge: list[Piece] = [(f"╰{bottom}╯", MUTED)]
    if gate.place is not None:
        left = (inside - len(gate.word) - 2) // 2
        right = inside - left - len(gate.word) - 2
        held = [(" " * left + gate.word + " ", ""), Slot(gate.place, "hand"), (" " * right, "")]
    if gate.place is not None or gate.angle is not None:
        figure: Piece = (turn(gate.angle), MUTED) if gate.angle is not None else Slot(gate.place or 0, "angle", "─")
        left = (inside - ANGLE) // 2
        edge = [("╰" + "─" * left, MUTED), figure, ("─" * (inside - ANGLE - left) + "╯", MUTED)]
    return [[(f"╭{top}╮", MUTED)], [("┤", MUTED), *held, ("├", MUTED)], edge]


def _joints(gate: Gate, wire: int) -> tuple[str, str]:
    """What the upper and the lower edge of a box have where a link may meet them."""
    return "┴" if wire > gate.span[0] else "─", "┬" if wire < gate.span[-1] else "─"


def _sign(sort: Sort) -> Piece:
    return SIGNS.get(sort, ""), ""


def _row(wire: int, height: Height) -> int:
    """Of the text in which a wire runs."""
    return height * wire + (height == 3)


def _fill(row: int, height: Height) -> str:
    return "─" if row % height == (height == 3) else " "


def _padded(pieces: list[Piece], before: int, across: int, fill: str) -> list[Piece]:
    return [(fill * before, MUTED), *pieces, (fill * (across - before - length(pieces)), MUTED)]


def _cut(word: str) -> str:
    return word if len(word) <= _LONGEST else word[: _LONGEST - 1] + "…"
