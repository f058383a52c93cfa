"""A drawing in braille: eight dots a cell, in layers that may differ in colour. Numpy only."""

from __future__ import annotations

from itertools import groupby

import numpy as np
from numpy.typing import ArrayLike, NDArray

ACROSS, DOWN = 2, 4
"""Dots a cell."""
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)
_BLANK = 0x2800
_FAR = 1e9
"""In dots: beyond it, what remains of a float's digits would not tell where a line crosses the canvas."""

Run = tuple[str, int]
"""Characters of one layer, side by side; layer -1 is empty space."""


class Canvas:
    """`columns` × `rows` cells, which are `width` × `height` dots; (0, 0) is the upper left one.

    What lies outside is left out. A cell that several layers touch has all of their dots, and
    belongs to the one that was drawn last.
    """

    def __init__(self, columns: int, rows: int) -> None:
        self.width, self.height = ACROSS * columns, DOWN * rows
        self._bits = np.zeros((rows, columns), dtype=np.uint8)
        self._layers = np.full((rows, columns), -1, dtype=np.int16)

    def dots(self, x: ArrayLike, y: ArrayLike, layer: int = 0) -> None:
        """Set the dots at pairs of coordinates, which are rounded down; those that are not finite are left out."""
        across, down = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
        inside = (across >= 0) & (across < self.width) & (down >= 0) & (down < self.height)
        columns, rows = across[inside].astype(np.intp), down[inside].astype(np.intp)
        cells = rows // DOWN, columns // ACROSS
        np.bitwise_or.at(self._bits, cells, _BITS[rows % DOWN, columns % ACROSS])
        self._layers[cells] = layer

    def polyline(self, x: ArrayLike, y: ArrayLike, layer: int = 0) -> None:
        """Straight lines from point to point, with a gap where a point is not finite; one point alone is a dot.

        Costs what is visible of it, however far the points lie outside.
        """
        points = np.stack(np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(y, dtype=float)), axis=-1)
        self.dots(points[:, 0], points[:, 1], layer)
        start, end = self._clipped(points[:-1], points[1:])
        reach = np.abs(np.floor(end) - np.floor(start)).max(axis=1, initial=0).astype(np.intp) + 1
        first = np.repeat(np.cumsum(reach) - reach, reach)
        share = (np.arange(reach.sum()) - first + 0.5) / np.repeat(reach, reach)
        found = np.repeat(start, reach, axis=0) + share[:, None] * np.repeat(end - start, reach, axis=0)
        self.dots(found[:, 0], found[:, 1], layer)

    def circle(self, x: float, y: float, radius: float, layer: int = 0) -> None:
        """Around a point, in dots."""
        turns = np.linspace(0, 2 * np.pi, max(8, int(8 * radius)), endpoint=False)
        self.dots(x + radius * np.cos(turns), y + radius * np.sin(turns), layer)

    def rows(self) -> list[list[Run]]:
        """The characters of each row of cells, in runs of one layer."""
        text = [[chr(_BLANK + bits) if bits else " " for bits in row] for row in self._bits.tolist()]
        layers = self._layers.tolist()
        return [
            [
                ("".join(cell for cell, _ in run), layer)
                for layer, run in groupby(zip(*pair, strict=True), lambda c: c[1])
            ]
            for pair in zip(text, layers, strict=True)
        ]

    def _clipped(
        self, start: NDArray[np.float64], end: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The parts of segments that lie on the canvas (Liang and Barsky 1984)."""
        whole = np.isfinite(start).all(axis=1) & np.isfinite(end).all(axis=1)
        start, end = start[whole].clip(-_FAR, _FAR), end[whole].clip(-_FAR, _FAR)
        step, most = end - start, np.array([self.width, self.height], dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):
            one, other = (0 - start) / step, (most - start) / step
        still = step == 0
        within = (start >= 0) & (start < most)
        enter = np.where(still, np.where(within, 0.0, 2.0), np.minimum(one, other)).max(axis=1, initial=0.0)
        leave = np.where(still, 1.0, np.maximum(one, other)).min(axis=1, initial=1.0)
        seen = enter <= leave
        start, step, enter, leave = start[seen], step[seen], enter[seen, None], leave[seen, None]
        return start + enter * step, start + leave * step


def _runs(cells: list[str], layers: list[int]) -> list[Run]:
    pairs = groupby(zip(cells, layers, strict=True), lambda pair: pair[1])
    return [("".join(cell for cell, _ in run), layer) for layer, run in pairs]
