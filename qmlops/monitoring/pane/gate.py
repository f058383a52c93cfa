"""How a gate looks in a drawing made of characters: a mark on each of its wires, and what links them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from qmlops.monitoring.figure import turn
from qmlops.monitoring.pane.base import MUTED

Sort = Literal["box", "dot", "plus", "cross"]

ANGLE = 6
"""Characters of an angle."""
_SIGNS: dict[Sort, str] = {"dot": "●", "plus": "⊕", "cross": "×"}
_SYNONYMS = {"CNOT": "CX", "TOFFOLI": "CCX", "FREDKIN": "CSWAP"}
_SORTS: dict[tuple[str, bool], Sort] = {
    ("SWAP", False): "cross",
    ("SWAP", True): "cross",
    ("X", True): "plus",
    ("Z", True): "dot",
}
"""Of the wires that are no controls, by the word and whether there are controls; a box where it is not listed."""
_CONTROLLED = ("X", "Y", "Z", "H", "P", "U", "RX", "RY", "RZ", "SWAP", "ISWAP", "XX", "YY", "ZZ")


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

    def across(self, height: Height) -> int:
        """Characters that it takes, with those that keep it apart from the next one."""
        inside = self.inside(height)
        return max((inside + 2 if inside else 1) + (height == 3) + 1, 3)

    def inside(self, height: Height) -> int:
        """Characters between the sides of its box; 0 where it has none."""
        if "box" not in self.sorts:
            return 0
        hand = 0 if self.place is None else 1
        figure = ANGLE if hand or self.angle is not None else 0
        return max(len(self.word) + 2 + 2 * hand, figure) if height == 3 else len(self.word) + hand + figure


def marks(name: str, wires: int, turns: bool = False) -> tuple[str, list[Sort]]:
    """The word in its boxes, and one mark a wire, controls first: `CRY` is a dot and a box RY.

    A gate that turns has a box, because that is where its angle stands.
    """
    name = _SYNONYMS.get(name.upper(), name)
    controls = len(name) - len(name.upper().lstrip("C"))
    base = name[controls:].upper()
    if not 0 < controls < wires or base not in _CONTROLLED:
        controls, base = 0, name
    sort: Sort = "box" if turns else _SORTS.get((base, controls > 0), "box")
    dots: list[Sort] = ["dot"] * controls
    return base, dots + [sort] * (wires - controls)


def placed(gate: Gate, height: Height, across: int) -> Iterator[tuple[int, list[Piece]]]:
    """The rows of text that a gate takes, each with its pieces, `across` characters together."""
    middle, taken = (across - 1) // 2, set()
    for wire, sort in zip(gate.wires, gate.sorts, strict=True):
        start, before, lines = row_of(wire, height), middle, [_plain(_SIGNS.get(sort, ""))]
        if sort == "box":
            before = (across - gate.inside(height) - 2) // 2
            lines = _box(gate, wire, height, middle - before - 1)
            start -= height == 3
        for row, line in enumerate(lines, start):
            taken.add(row)
            yield row, _padded(line, before, across, fill_of(row, height))
    for row in range(row_of(gate.span[0], height), row_of(gate.span[-1], height)):
        if row not in taken:
            fill = fill_of(row, height)
            yield row, _padded(_plain("┼" if fill == "─" else "│"), middle, across, fill)


def _box(gate: Gate, wire: int, height: Height, middle: int) -> list[list[Piece]]:
    """The rows of a box; of several boxes the uppermost one has the angle."""
    inside = gate.inside(height)
    first = min(wire for wire, sort in zip(gate.wires, gate.sorts, strict=True) if sort == "box")
    told = gate if wire == first else replace(gate, place=None, angle=None)
    return _framed(told, inside, wire, middle) if height == 3 else [_boxed(told, inside)]


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


def length(pieces: Sequence[Piece]) -> int:
    """In characters."""
    return sum(piece.width if isinstance(piece, Slot) else len(piece[0]) for piece in pieces)


def row_of(wire: int, height: Height) -> int:
    """Of the text in which a wire runs."""
    return height * wire + (height == 3)


def fill_of(row: int, height: Height) -> str:
    """What a row of text has where there is no gate."""
    return "─" if row % height == (height == 3) else " "


def _plain(text: str) -> list[Piece]:
    return [(text, "")]


def _padded(pieces: list[Piece], before: int, across: int, fill: str) -> list[Piece]:
    return [(fill * before, MUTED), *pieces, (fill * (across - before - length(pieces)), MUTED)]
