"""Braille drawings, against dots that are set one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmlops.monitoring.canvas import Canvas

_DOTS = {(0, 0): 0, (0, 1): 1, (0, 2): 2, (1, 0): 3, (1, 1): 4, (1, 2): 5, (0, 3): 6, (1, 3): 7}
"""Which bit of a braille character is which dot, by the Unicode standard: dots 1 to 8 at (across, down)."""
_NUMBER = st.integers(-240, 480).map(lambda eighths: eighths / 8)


def _set(canvas: Canvas) -> set[tuple[int, int]]:
    """The dots that are set, read back from the characters."""
    found = set()
    for row, runs in enumerate(canvas.rows()):
        for column, cell in enumerate("".join(text for text, _ in runs)):
            bits = 0 if cell == " " else ord(cell) - 0x2800
            found |= {(2 * column + x, 4 * row + y) for (x, y), bit in _DOTS.items() if bits >> bit & 1}
    return found


@settings(deadline=None)
@given(st.sets(st.tuples(st.integers(-3, 12), st.integers(-3, 15))))
def test_exactly_the_dots_that_are_on_the_canvas_are_set(dots: set[tuple[int, int]]) -> None:
    canvas = Canvas(5, 3)
    canvas.dots([x for x, _ in dots], [y for _, y in dots])
    assert _set(canvas) == {(x, y) for x, y in dots if 0 <= x < 10 and 0 <= y < 12}


def test_lines_of_one_row_read_as_braille() -> None:
    canvas = Canvas(3, 1)
    canvas.polyline([0, 5], [3, 3])
    assert canvas.rows() == [[("⣀⣀⣀", 0)]]
    canvas.polyline([0, 0], [0, 3], layer=1)
    assert canvas.rows() == [[("⣇", 1), ("⣀⣀", 0)]]


def test_a_value_that_is_not_finite_leaves_a_gap() -> None:
    canvas = Canvas(6, 1)
    canvas.polyline([0, 2, 4, 6, 8, 10], [0, 0, math.nan, math.inf, 0, 0])
    assert _set(canvas) == {(0, 0), (1, 0), (2, 0), (8, 0), (9, 0), (10, 0)}


def test_a_point_alone_is_a_dot_and_none_is_nothing() -> None:
    canvas = Canvas(2, 2)
    canvas.polyline([], [])
    assert canvas.rows() == [[("  ", -1)], [("  ", -1)]]
    canvas.polyline([3], [7])
    assert _set(canvas) == {(3, 7)}


@settings(deadline=None)
@given(_NUMBER, _NUMBER, _NUMBER, _NUMBER)
def test_a_line_lies_where_its_points_lie_and_has_no_holes(x0: float, y0: float, x1: float, y1: float) -> None:
    canvas = Canvas(12, 5)
    canvas.polyline([x0, x1], [y0, y1])
    share = np.linspace(0, 1, 4001)
    points = np.stack([x0 + share * (x1 - x0), y0 + share * (y1 - y0)])
    true = {(int(x), int(y)) for x, y in points.T if 0 <= x < 24 and 0 <= y < 20}
    near = {(x + i, y + j) for x, y in true for i in (-1, 0, 1) for j in (-1, 0, 1)}
    found = _set(canvas)
    ends = {(math.floor(x0), math.floor(y0)), (math.floor(x1), math.floor(y1))}
    assert found <= near | ends
    along = 0 if abs(x1 - x0) >= abs(y1 - y0) else 1
    inner = {dot[along] for dot in true} - {min((dot[along] for dot in true), default=0)}
    inner -= {max((dot[along] for dot in true), default=0)}
    assert inner <= {dot[along] for dot in found}


@pytest.mark.parametrize("far", [1e6, 1e300])
def test_what_is_far_outside_costs_nothing_and_bends_no_line(far: float) -> None:
    canvas, whole = Canvas(10, 5), Canvas(10, 5)
    canvas.polyline([5, 5], [-far, far])
    whole.polyline([5, 5], [0, 19])
    assert _set(canvas) == _set(whole) == {(5, y) for y in range(20)}


def test_a_circle_is_as_wide_as_high() -> None:
    canvas = Canvas(8, 4)
    canvas.circle(8, 8, 7.9)
    found = _set(canvas)
    assert {x for x, _ in found} == {y for _, y in found} == set(range(16))
    assert all(6 < math.hypot(x - 7.5, y - 7.5) < 8.6 for x, y in found)
