"""Windows on steps, charts in characters, and which values are drawn."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from qmlops.monitoring.figure import MINUS
from qmlops.monitoring.screen.chart import LEAST, Curve, chart
from qmlops.monitoring.screen.curves import figure, fitting, letter
from qmlops.monitoring.screen.view import View


def drawn(values: list[float], columns: int = 40, rows: int = 12, log: bool = False) -> list[str]:
    steps = np.arange(1, len(values) + 1)
    curve = Curve(steps, np.array(values, dtype=float), "$curve-1", "a")
    return [line.plain for line in chart(Content("loss"), [curve], columns, rows, (0, len(values)), log)]


def dots(lines: list[str]) -> list[tuple[int, int]]:
    """Rows and columns of cells with dots."""
    cells = [(row, column) for row, line in enumerate(lines) for column, cell in enumerate(line)]
    return [(row, column) for row, column in cells if 0x2800 < ord(lines[row][column]) < 0x2900]


def test_a_chart_has_its_size_its_title_and_the_first_and_last_step() -> None:
    lines = drawn([1.0, 0.5, 0.25, 0.125])
    assert len(lines) == 12 and max(map(len, lines)) <= 40
    assert lines[0] == "loss" and lines[-1].split() == ["0", "2", "4"]


def test_a_falling_curve_falls_from_the_upper_left_to_the_lower_right() -> None:
    lines = drawn([10.0 - step for step in range(10)])
    found = sorted(dots(lines), key=lambda cell: cell[1])
    assert found[0][0] == 1 and found[-1][0] == 10
    assert all(one[0] <= other[0] for one, other in pairwise(found))


def test_powers_of_ten_are_a_straight_line_on_the_logarithmic_scale() -> None:
    lines = drawn([10.0**-step for step in range(11)], columns=48, log=True)
    found = dots(lines)
    slopes = np.polyfit([column for _, column in found], [row for row, _ in found], 1)
    assert max(abs(row - np.polyval(slopes, column)) for row, column in found) < 1.0


def test_the_letter_stands_on_the_row_where_its_curve_ends() -> None:
    lines = drawn([5.0, 1.0, 1.0, 1.0])
    assert [row for row, line in enumerate(lines) if line.endswith("a")] == [max(row for row, _ in dots(lines))]


@pytest.mark.parametrize("values", [[], [math.nan], [math.nan, 1.0, math.inf], [0.0], [-1.0, -2.0], [1e-300], [1e300]])
@pytest.mark.parametrize("log", [False, True])
def test_odd_values_make_a_chart_of_the_same_size(values: list[float], log: bool) -> None:
    assert len(drawn(values, log=log)) == 12


def test_equal_values_have_one_label() -> None:
    labels = [line[:6].strip() for line in drawn([1.0, 1.0, 1.0])[1:-1]]
    assert len([label for label in labels if label]) == len({label for label in labels if label})


@given(st.integers(1, 9), st.integers(10, 300), st.integers(3, 100))
def test_as_many_charts_as_there_are_values_or_room(count: int, width: int, height: int) -> None:
    across, down = fitting(count, width, height)
    room = max(width // LEAST[0], 1) * max(height // LEAST[1], 1)
    assert min(count, room) <= across * down < min(count, room) + across
    assert across == 1 or width // across >= LEAST[0]


@given(st.integers(1, 10**6), st.lists(st.sampled_from(["+", "-", "<", ">"]), max_size=12))
def test_a_window_never_leaves_the_steps(newest: int, keys: list[str]) -> None:
    view = View()
    for key in keys:
        if key in "+-":
            view = view.zoomed(0.5 if key == "+" else 2.0, newest)
        else:
            view = view.panned(-1 if key == "<" else 1, newest)
        first, last = view.window(newest)
        assert 0 <= first < last <= max(newest, 1)
    assert view.whole().window(newest) == (0, newest)


def test_a_window_at_the_end_follows_the_newest_step_and_a_panned_one_stays() -> None:
    view = View(span=100)
    assert view.window(500) == (400, 500) and view.window(600) == (500, 600)
    assert view.panned(-1, 500).window(500) == (375, 475)


def test_letters_and_figures_are_short() -> None:
    assert [letter(place) for place in (0, 1, 25, 26)] == ["a", "b", "z", "a"]
    assert [figure(value) for value in (0.5, 0.0, -1.1373, 1e-5, 12345.0)] == [
        *("0.5000", "0.0000", f"{MINUS}1.1373", f"1.00e{MINUS}05", "1.23e+04")
    ]
