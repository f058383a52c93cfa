"""Bloch vectors as little discs: seen along the y axis, |0⟩ on top, the x axis to the right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from textual.content import Content

from qmlops.monitoring.canvas import Canvas
from qmlops.monitoring.figure import signed
from qmlops.monitoring.pane.base import ACCENT, FAINT, MUTED

COLUMNS, ROWS = 10, 5
"""Cells of a disc."""
WIDTH = 13
"""With the space beside it."""
_TIP = np.array([[-1, 0, -1, 0], [-1, -1, 0, 0]])
"""Dots around the end of a vector."""


def discs(vectors: Sequence[tuple[float, float, float]], width: int) -> list[Content]:
    """As many beside each other as fit, each with its wire and what the view hides: y. ROWS + 1 lines a band."""
    across = max((width + WIDTH - COLUMNS) // WIDTH, 1)
    lines: list[Content] = []
    for first in range(0, len(vectors), across):
        band = vectors[first : first + across]
        drawn = [_disc(x, z) for x, _, z in band]
        lines += [Content(" " * (WIDTH - COLUMNS)).join(disc[row] for disc in drawn) for row in range(ROWS)]
        named = [(f"q{first + place}", f"y {signed(y)}") for place, (_, y, _) in enumerate(band)]
        lines.append(Content(" ").join(Content.styled(f"{name:<3} {y}".ljust(WIDTH - 1), MUTED) for name, y in named))
    return lines


def _disc(x: float, z: float) -> tuple[Content, ...]:
    if not (math.isfinite(x) and math.isfinite(z)):
        return _drawn(None)
    reach = COLUMNS - 2
    return _drawn((round(reach * max(-1.0, min(x, 1.0))), round(reach * max(-1.0, min(z, 1.0)))))


@lru_cache(maxsize=1024)
def _drawn(end: tuple[int, int] | None) -> tuple[Content, ...]:
    """The disc of a vector that ends so many dots to the right of the middle and above it: there are a few hundred."""
    canvas = Canvas(COLUMNS, ROWS)
    middle = canvas.width / 2
    canvas.circle(middle, middle, middle - 0.1, layer=0)
    if end is not None:
        tip = middle + end[0], middle - end[1]
        canvas.polyline([middle, tip[0]], [middle, tip[1]], layer=1)
        across, down = np.array([tip]).T + _TIP
        canvas.dots(across, down, layer=1)
    styles = {0: FAINT, 1: ACCENT, -1: ""}
    return tuple(Content.assemble(*((text, styles[layer]) for text, layer in row)) for row in canvas.rows())
