"""The circuit that is trained, with its angles as they are now."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Offset, Size

from qmlops.core.label import symbol_pieces
from qmlops.core.sight import CircuitDrawn
from qmlops.monitoring.figure import MINUS, dial, number, turn
from qmlops.monitoring.pane.base import ACCENT, MUTED, Sheet, empty
from qmlops.monitoring.pane.gate import ANGLE, Height, Piece, Slot
from qmlops.monitoring.pane.grid import line
from qmlops.monitoring.pane.picture import bands, joined, pictured

if TYPE_CHECKING:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.track import Track

Drawing = tuple[Height, list[list[list[Piece]]]]
"""Rows a wire, and the rows of each band."""
_HANDS = f"hand ↑ 0  → π/2  ↓ π  ← {MINUS}π/2"


class Circuit(Sheet):
    TITLE = "Circuit"
    DEFAULT_CSS = """
    Circuit {
        overflow-x: auto;
    }
    """
    _laid: tuple[CircuitDrawn, Size, Drawing] | None = None

    def sources(self, track: Track, project: Project) -> object:
        return track.circuit, track.seen

    def drawn(self, track: Track, project: Project, size: Size) -> Sequence[Content]:
        circuit = track.circuit
        if circuit is None:
            return empty("No circuit yet: it is drawn when the run starts.", "qmlops run +experiment=vqc", size)
        if self._laid is None or self._laid[0] is not circuit or self._laid[1] != size:
            self._laid = circuit, size, _laid_out(circuit, size)
        height, drawing = self._laid[2]
        margin = _margin(circuit)
        self.fixed = Offset(margin, 0)
        angles = _angles(track, circuit)
        symbols = [symbol(text) for text in circuit.symbols]
        lines: list[Content] = []
        for band in drawing:
            lines += [Content("")] if lines else []
            for place, row in enumerate(band):
                wire, beside = divmod(place, height)
                name = f"q{wire}" if beside == (height == 3) else ""
                lines.append(line([(name.ljust(margin), MUTED), *_filled(row, angles, symbols)]))
        return lines if len(lines) >= size.height else [*lines, _legend(track, circuit, angles, size.width)]


def _laid_out(circuit: CircuitDrawn, size: Size) -> Drawing:
    """The circuit in bands below each other, where all of it fits so; in one band that scrolls elsewhere."""
    heights: tuple[Height, ...] = (3, 2)
    for height in heights:
        found = bands(pictured(circuit, height), size.width - _margin(circuit))
        if len(found) * (height * circuit.width - (height == 2) + 1) - 1 <= size.height:
            return height, [joined(band) for band in found]
    height = _height(circuit.width, size.height)
    return height, [joined(pictured(circuit, height))]


def _height(wires: int, rows: int) -> Height:
    if 3 * wires <= rows:
        return 3
    return 2 if 2 * wires - 1 <= rows else 1


def _margin(circuit: CircuitDrawn) -> int:
    """Columns for the names of the wires."""
    return len(f"q{circuit.width - 1} ")


def symbol(text: str) -> str:
    """`2*theta_0_1` with the letter that it means, short enough for a gate: `2θ0,1`."""
    spelled = re.sub(r"[A-Za-z]\w*", lambda name: "".join(map("".join, symbol_pieces(name[0]))), text)
    short = spelled.replace("*", "").replace(" ", "")
    return short if len(short) <= ANGLE else short[: ANGLE - 1] + "…"


def _angles(track: Track, circuit: CircuitDrawn) -> list[float]:
    """One a gate that turns; nan where it is not known, because no state was seen or that of another circuit."""
    seen = track.seen.angles if track.seen is not None else ()
    if len(seen) != len(circuit.turning):
        return [math.nan] * len(circuit.turning)
    return [number(angle) for angle in seen]


def _filled(row: Sequence[Piece], angles: Sequence[float], symbols: Sequence[str]) -> Iterator[tuple[str, str]]:
    for piece in row:
        if not isinstance(piece, Slot):
            yield piece
            continue
        angle = angles[piece.place]
        if math.isfinite(angle):
            yield turn(angle) if piece.sort == "angle" else dial(angle), ACCENT
        elif piece.sort == "hand":
            yield " ", ""
        else:
            text = symbols[piece.place] if piece.place < len(symbols) else "?"
            before = (ANGLE - len(text)) // 2
            yield piece.fill * before, MUTED
            yield text, ACCENT
            yield piece.fill * (ANGLE - len(text) - before), MUTED


def _legend(track: Track, circuit: CircuitDrawn, angles: Sequence[float], width: int) -> Content:
    """What the figures are, as much of it as fits."""
    gates = len(circuit.gates) + circuit.left_out
    words = [f"{gates} {'gate' if gates == 1 else 'gates'}, {len(circuit.turning)} turn"]
    if track.seen is not None and any(map(math.isfinite, angles)):
        words += [f"angles of step {track.seen.step}, row {track.seen.point}", _HANDS]
    told = ""
    for word in words:
        longer = f"{told} · {word}" if told else word
        told = longer if len(longer) <= width else told
    return Content.styled(told, MUTED)
