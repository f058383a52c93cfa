"""One chart in characters: curves of several runs in braille, with axes, between two bounds of steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from textual.content import Content

from qmlops.monitoring.canvas import ACROSS, DOWN, Canvas
from qmlops.monitoring.pane.base import MUTED
from qmlops.pipeline.report.axis import Axis, around

LEAST = (30, 7)
"""Columns and rows that a chart needs."""
_FAINT = "$line"
_MARGIN = 5
"""Cells for the scale, at least, so that the charts below each other stand in one line."""


@dataclass(frozen=True)
class Curve:
    """What is drawn of one run; values that are not finite are gaps."""

    steps: NDArray[np.int64]
    values: NDArray[np.float64]
    style: str
    letter: str = ""
    """Stands at the curve's end, so that no colour is needed to tell it from others."""
    background: bool = False
    """Whether its values do not count for the bounds of the axis, as of a curve beside its smoothed self."""


def chart(
    title: Content, curves: Sequence[Curve], columns: int, rows: int, window: tuple[int, int], log: bool = False
) -> list[Content]:
    """`rows` lines of `columns` cells: a title, the drawing with its scale, and the steps below it.

    Later curves lie on earlier ones.
    """
    high = max(rows - 2, 1)
    axis = _axis(curves, log)
    labels = _labels(axis, high)
    margin = max(_MARGIN, *map(len, labels.values()))
    wide = max(columns - margin - 3, 1)
    drawn = _drawing(curves, axis, wide, high, window)
    ends = _ends(curves, axis, high)
    lines = [title]
    for row, runs in enumerate(drawn):
        mark = "┤" if row in labels else "│"
        scale = [(f"{labels.get(row, ''):>{margin}} ", MUTED), (mark, _FAINT)]
        lines.append(Content.assemble(*scale, *runs, ends.get(row, " ")))
    return [*lines, _steps(window, margin + 2, wide)]


def _axis(curves: Sequence[Curve], log: bool) -> Axis:
    values = [curve.values for curve in curves if not curve.background or len(curves) == 1]
    return around(np.concatenate([np.zeros(0), *values]).tolist(), log)


def _labels(axis: Axis, high: int) -> dict[int, str]:
    """The scale, by row; no row has two labels, and no two rows the same."""
    ticks = {text: value for value, text in reversed(axis.ticks(max(min(high * 2 // 3, 5), 2)))}
    return {_row(axis.place(value), high): text for text, value in ticks.items()}


def _row(place: float, high: int) -> int:
    return min(max(int((1 - place) * high), 0), high - 1)


def _drawing(
    curves: Sequence[Curve], axis: Axis, wide: int, high: int, window: tuple[int, int]
) -> list[list[tuple[str, str]]]:
    canvas, (first, last) = Canvas(wide, high), window
    for layer, curve in enumerate(curves):
        across = (curve.steps - first) / max(last - first, 1) * (wide * ACROSS - 1)
        canvas.polyline(across, (1 - _places(axis, curve.values)) * (high * DOWN - 1), layer)
    styles = [curve.style for curve in curves]
    return [[(text, styles[layer] if layer >= 0 else "") for text, layer in row] for row in canvas.rows()]


def _places(axis: Axis, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """`axis.place` of many values; not finite where a logarithm is not."""
    low, high = axis.low, axis.high
    if axis.log:
        low, high = np.log10(low), np.log10(high)
        values = np.log10(np.where(values > 0, values, np.nan))
    return (values - low) / (high - low)


def _ends(curves: Sequence[Curve], axis: Axis, high: int) -> dict[int, tuple[str, str]]:
    """The letter of each curve on the row where it ends."""
    found = {}
    for curve in curves:
        places = _places(axis, curve.values)
        known = places[np.isfinite(places)]
        if curve.letter and len(known):
            found[_row(float(known[-1]), high)] = (curve.letter, f"bold {curve.style}")
    return found


def _steps(window: tuple[int, int], margin: int, wide: int) -> Content:
    """First, middle and last step below the drawing."""
    first, last = window
    left, middle, right = (f"{step:,}" for step in (first, (first + last) // 2, last))
    line = f"{middle if wide > 4 * len(right) else '':^{wide}}"
    line = (left + line[len(left) : max(wide - len(right), len(left) + 1)] + right)[:wide]
    return Content.styled(" " * margin + line, MUTED)
