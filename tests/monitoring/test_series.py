"""A series is what was put last for each step, thinned without losing an extreme, smoothed as defined."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmlops.monitoring.series import Series

FLOATS = st.floats(-1e6, 1e6) | st.sampled_from([float("nan"), float("inf"), float("-inf")])
POINTS = st.lists(st.tuples(st.integers(1, 120), FLOATS), max_size=200)


def series_of(points: list[tuple[int, float]]) -> Series:
    series = Series()
    for step, value in points:
        series.put(step, value)
    return series


@given(POINTS)
def test_it_holds_the_last_value_of_each_step_in_the_order_of_steps(points: list[tuple[int, float]]) -> None:
    series, expected = series_of(points), dict(points)
    assert series.steps.tolist() == sorted(expected) and len(series) == len(expected)
    np.testing.assert_array_equal(series.values, [expected[step] for step in sorted(expected)])


@given(POINTS)
def test_its_bounds_are_those_of_the_finite_values(points: list[tuple[int, float]]) -> None:
    series = series_of(points)
    finite = [value for _, value in sorted(dict(points).items()) if np.isfinite(value)]
    told = (series.last, series.least, series.most)
    assert told == ((finite[-1], min(finite), max(finite)) if finite else (None, None, None))


@settings(max_examples=200)
@given(POINTS, st.integers(1, 30), st.integers(1, 100), st.integers(0, 100))
def test_thinned_has_the_extremes_of_each_column_and_nothing_else(
    points: list[tuple[int, float]], columns: int, first: int, length: int
) -> None:
    last = first + length
    steps, values = series_of(points).thinned(columns, first, last)
    inside = [(s, v) for s, v in sorted(dict(points).items()) if first <= s <= last and np.isfinite(v)]
    found = list(zip(steps.tolist(), values.tolist(), strict=True))
    if len(inside) <= 2 * columns:
        assert found == inside
        return
    assert found == sorted(found, key=lambda point: point[0]) and set(found) <= set(inside)
    for column in range(columns):
        here = [(s, v) for s, v in inside if (s - first) * columns // (last - first + 1) == column]
        kept = [v for s, v in found if (s - first) * columns // (last - first + 1) == column]
        assert sorted(set(kept)) == sorted({f(v for _, v in here) for f in (min, max)} if here else set())
        assert len(kept) <= 2


@given(POINTS, st.floats(0, 0.99), st.integers(0, 200))
def test_smoothed_is_the_weighted_mean_of_what_came_before_in_one_go_or_in_two(
    points: list[tuple[int, float]], weight: float, split: int
) -> None:
    points = sorted(dict(points).items())
    series = series_of(points[:split])
    series.smoothed(weight)
    for step, value in points[split:]:
        series.put(step, value)
    smoothed = series.smoothed(weight)
    finite = [(step, value) for step, value in points if np.isfinite(value)]
    assert smoothed.steps.tolist() == [step for step, _ in finite]
    for place, value in enumerate(smoothed.values):
        weights = weight ** np.arange(place, -1, -1)
        assert value == pytest.approx(np.average([v for _, v in finite[: place + 1]], weights=weights), abs=1e-4)


def test_a_value_that_is_replaced_is_smoothed_again() -> None:
    series = series_of([(1, 0.0), (2, 0.0), (3, 4.0)])
    assert series.smoothed(0.5).values[-1] == pytest.approx(16 / 7)
    series.put(2, 7.0)
    assert series.smoothed(0.5).values.tolist() == pytest.approx([0, 14 / 3, 30 / 7])


def test_views_stay_as_they_are_while_the_series_grows() -> None:
    series = series_of([(step, float(step)) for step in range(1, 65)])
    steps, values = series.steps, series.values
    for step in range(65, 1000):
        series.put(step, -1.0)
    assert steps.tolist() == values.tolist() == list(range(1, 65))


@pytest.mark.parametrize("odd", [("2", 1.0), (None, 1.0), (2, "much"), (10**30, 1.0)])
def test_what_is_no_number_leaves_it_as_it_was(odd: tuple[int, float]) -> None:
    series = series_of([(1, 1.0)])
    with pytest.raises((TypeError, ValueError, OverflowError)):
        series.put(*odd)
    assert series.steps.tolist() == [1] and series.values.tolist() == [1.0]
