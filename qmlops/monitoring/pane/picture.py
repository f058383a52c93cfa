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


def rows(drawn: CircuitDrawn, height: Height) -> list[list[Piece]]:
    """The pieces of each row of text, one circuit wide; `height * width` rows, without one below the last wire
    where `height` is 2."""
    count = height * drawn.width - (height == 2)
    found: list[list[Piece]] = [[] for _ in range(count)]
    for column in columns(drawn):
        across = max(gate.inside(height) + 2 if gate.inside(height) else 1 for gate in column) + (height == 3) + 1
        across = max(across, 3)
        filled = {row: pieces for gate in column for row, pieces in _placed(gate, height, across)}
        for row in range(count):
            found[row] += filled.get(row) or [(_fill(row, height) * across, MUTED)]
    return found


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
    width = sum(len(piece[0]) if not isinstance(piece, Slot) else piece.width for piece in pieces)
    return [(fill * before, MUTED), *pieces, (fill * (across - before - width), MUTED)]


def _cut(word: str) -> str:
    return word if len(word) <= _LONGEST else word[: _LONGEST - 1] + "…"
