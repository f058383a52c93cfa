"""Parallel coordinates: an axis for each parameter and one for the score, a line for each run across them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from qmlops.monitoring.canvas import ACROSS, DOWN, Canvas
from qmlops.monitoring.pane.base import ACCENT, FAINT, MUTED
from qmlops.monitoring.pane.grid import line

Value = float | str | None
_SCALES = 50.0
"""Ratio of the largest to the smallest value from which an axis is logarithmic."""
_LABEL = 9
AXIS, OTHER, OWN, BEST = range(4)
"""Layers, the last one on top."""
_STYLES = {AXIS: MUTED, OTHER: FAINT, OWN: "", BEST: ACCENT}


@dataclass(frozen=True)
class Axis:
    """One quantity: where each run lies on it, from 0 at the bottom to 1 at the top, nan where it has none."""

    name: str
    places: Sequence[float]
    marks: Sequence[tuple[float, str]]
    """Places with what stands there."""


def axis(name: str, values: Sequence[Value]) -> Axis:
    """Numbers on a linear axis, or on a logarithmic one where they span scales; words at equal distances."""
    known = [value for value in values if isinstance(value, str) or (value is not None and math.isfinite(value))]
    numbers = [value for value in known if not isinstance(value, str)]
    if len(numbers) < len(known) or len(set(numbers)) < 2:
        words = sorted({_word(value) for value in known})
        where = {word: (place + 0.5) / len(words) for place, word in enumerate(words)}
        places = [where.get(_word(value), math.nan) for value in values]
        return Axis(name, places, [(place, word) for word, place in where.items()])
    least, most = min(numbers), max(numbers)
    scaled = least > 0 and most / least >= _SCALES
    low, high = (math.log(least), math.log(most)) if scaled else (least, most)
    places = [_place(value, low, high, scaled) for value in values]
    return Axis(name, places, [(0.0, _word(least)), *([(0.5, "log")] if scaled else []), (1.0, _word(most))])


def _place(value: Value, low: float, high: float, scaled: bool) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        return math.nan
    return ((math.log(value) if scaled else value) - low) / (high - low)


def parallel(axes: Sequence[Axis], layers: Sequence[int], columns: int, rows: int) -> list[Content]:
    """The names of the axes, and the drawing below them, with what stands at each axis to its right.

    `layers` has one of OTHER, OWN and BEST for each run. A run's line has a gap at a value that it lacks.
    There is at least one axis.
    """
    canvas = Canvas(columns, rows - 1)
    gap = (columns - _LABEL - 1) / max(len(axes) - 1, 1)
    at = [round(number * gap) for number in range(len(axes))]
    for column in at:
        canvas.dots([ACROSS * column] * canvas.height, range(canvas.height), AXIS)
    across = [float(ACROSS * column) for column in at] + [math.nan]
    for layer in sorted(set(layers)):
        runs = [run for run, other in enumerate(layers) if other == layer]
        heights = [(1 - place) * (canvas.height - 1) for run in runs for place in (*_places(axes, run), math.nan)]
        canvas.polyline(across * len(runs), heights, layer)
    cells = [[(cell, layer) for text, layer in row for cell in text] for row in canvas.rows()]
    for one, column, end in zip(axes, at, [*at[1:], columns], strict=True):
        for place, text in one.marks:
            row = round((1 - place) * (canvas.height - 1)) // DOWN
            shown = text[: end - column - 1]
            cells[row][column + 1 : column + 1 + len(shown)] = [(cell, OWN) for cell in shown]
    drawn = [line((cell, _STYLES.get(layer, "")) for cell, layer in row) for row in cells]
    return [Content.styled(_names(axes, at, columns), MUTED), *drawn]


def _places(axes: Sequence[Axis], run: int) -> list[float]:
    return [one.places[run] for one in axes]


def _names(axes: Sequence[Axis], at: Sequence[int], columns: int) -> str:
    """Each from its axis on as far as the next one; the last one ends where the drawing does."""
    last = axes[-1].name[:columns]
    starts = [*at[:-1], columns - len(last)]
    told = "".join(
        one.name[: max(end - start - 1, 0)].ljust(end - start)
        for one, start, end in zip(axes, starts, starts[1:], strict=False)
    )
    return told + last


def _word(value: Value) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else str(value)
