"""Bloch vectors as little discs: seen along the y axis, |0⟩ on top, the x axis to the right."""

from __future__ import annotations

import math
from collections.abc import Sequence

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


def _disc(x: float, z: float) -> list[Content]:
    canvas = Canvas(COLUMNS, ROWS)
    middle = canvas.width / 2
    canvas.circle(middle, middle, middle - 0.1, layer=0)
    if math.isfinite(x) and math.isfinite(z):
        end = middle + (middle - 2) * x, middle - (middle - 2) * z
        canvas.polyline([middle, end[0]], [middle, end[1]], layer=1)
        across, down = np.array([end]).T + _TIP
        canvas.dots(across, down, layer=1)
    return [
        Content.assemble(*((text, ACCENT if layer == 1 else FAINT) for text, layer in row)) for row in canvas.rows()
    ]
