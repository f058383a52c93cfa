"""Curves keep their extremes, ticks are few and round, and the verdict is the plain truth."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qmlops.pipeline.report.axis import around
from qmlops.pipeline.report.curve import MOST_POINTS, thin

VALUES = st.floats(-1e6, 1e6)


@given(st.lists(VALUES, min_size=1, max_size=3000), st.integers(4, 50))
def test_thinning_keeps_the_extremes_and_both_ends(values: list[float], most: int) -> None:
    points = [(float(step), value) for step, value in enumerate(values)]
    kept = thin(points, most)
    assert len(kept) <= most
    assert {min(values), max(values)} <= {value for _, value in kept}
    assert kept[0] == points[0] and kept[-1] == points[-1]
    assert kept == [point for point in points if point in set(kept)]


def test_a_spike_of_one_step_in_a_million_survives() -> None:
    points = [(float(step), 1.0) for step in range(1_000_000)]
    points[123_456] = (123_456.0, 99.0)
    points[654_321] = (654_321.0, -99.0)
    kept = thin(points)
    assert points[123_456] in kept and points[654_321] in kept and len(kept) <= MOST_POINTS


@given(st.lists(VALUES, min_size=1, max_size=20))
def test_a_linear_axis_holds_its_values_and_a_few_ticks(values: list[float]) -> None:
    axis = around(values)
    assert all(0 <= axis.place(value) <= 1 for value in values)
    ticks = axis.ticks()
    assert 1 <= len(ticks) <= 6
    assert all(-1e-9 <= axis.place(value) <= 1 + 1e-9 for value, _ in ticks)
    assert [value for value, _ in ticks] == sorted({value for value, _ in ticks})


@given(st.lists(st.floats(1e-140, 1e140), min_size=1, max_size=20))
def test_a_logarithmic_axis_holds_its_values_and_a_few_ticks(values: list[float]) -> None:
    axis = around(values, log=True)
    assert all(-1e-9 <= axis.place(value) <= 1 + 1e-9 for value in values)
    ticks = axis.ticks()
    assert 1 <= len(ticks) <= 6
    assert all(-1e-6 <= axis.place(value) <= 1 + 1e-6 for value, _ in ticks)


def test_decades_are_written_as_powers() -> None:
    assert [label for _, label in around([0.002, 30.0], log=True).ticks()] == ["10⁻²", "10⁻¹", "10⁰", "10¹"]
