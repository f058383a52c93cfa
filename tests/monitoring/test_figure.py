"""Figures of the dashboard, as they are read."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmlops.monitoring.figure import MINUS, bar, dial, lasting, needle, number, percent, si, signed, spark, turn
from qmlops.pipeline.plan.quantity import UNKNOWN


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"), (0.0404, "40 ms"), (1, "1 s"), (59.9, "59 s"), (60, "1 min"), (61, "1 min 1 s"),
        (7500, "2 h 5 min"), (7200, "2 h"), (86399, "23 h 59 min"), (97200, "1 d 3 h"), (86400 * 40, "40 d"),
        (86400 * 1201.9, "1,201 d"), (-3, "0 s"), (None, UNKNOWN), (math.nan, UNKNOWN), (math.inf, UNKNOWN),
    ],
)  # fmt: skip
def test_a_duration_is_told_in_two_units(seconds: float | None, text: str) -> None:
    assert lasting(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (83.14e-6, "83.1 µs"), (1.2e-3, "1.20 ms"), (188, "188 s"), (0.99996e-3, "1.00 ms"), (35e-9, "35.0 ns"),
        (0.0, "0.00 s"), (2e-12, "0.00 ns"), (-4.5e-6, "-4.50 µs"), (math.nan, UNKNOWN),
    ],
)  # fmt: skip
def test_a_time_of_a_qubit_has_three_digits(value: float | None, text: str) -> None:
    assert si(value, "s") == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0042, "0.42 %"), (0.00013, "0.013 %"), (0.05, "5.0 %"), (0.5, "50.0 %"), (1, "100.0 %"), (0, "0.0 %"),
        (1e-12, "0.000000 %"), (math.inf, UNKNOWN),
    ],
)  # fmt: skip
def test_an_error_has_two_digits(share: float | None, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("angle", "text", "hand"),
    [
        (0.0, " 0.00π", "↑"), (math.pi / 2, "+0.50π", "→"), (-math.pi / 2, f"{MINUS}0.50π", "←"),
        (math.pi, "+1.00π", "↓"),
        (-math.pi, "+1.00π", "↓"), (2.37 * math.pi, "+0.37π", "↗"), (-0.001, " 0.00π", "↑"), (math.nan, "     ?", "?"),
    ],
)  # fmt: skip
def test_an_angle_is_a_multiple_of_pi_and_the_hand_of_a_clock(angle: float, text: str, hand: str) -> None:
    assert (turn(angle), dial(angle)) == (text, hand)


@settings(deadline=None)
@given(st.floats(-1e6, 1e6))
def test_the_text_of_an_angle_is_that_angle_up_to_full_turns(angle: float) -> None:
    text = turn(angle).replace(MINUS, "-")
    assert len(text) == 6
    assert abs(math.remainder(float(text[:-1]) * math.pi - angle, 2 * math.pi)) <= 0.0051 * math.pi


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.371, "+0.37"), (-0.371, f"{MINUS}0.37"), (-0.001, " 0.00"), (math.nan, "    –")],
)
def test_a_signed_figure_is_five_wide(value: float | None, text: str) -> None:
    assert signed(value) == text


@pytest.mark.parametrize(
    ("share", "full"),
    [(0, 0), (1e-9, 1), (0.5, 10), (0.53, 11), (0.999, 19), (1, 20), (7, 20), (-1, 0), (math.nan, 0), (math.inf, 0)],
)
def test_a_bar_is_full_to_half_a_cell_and_empty_or_full_only_where_it_is_exact(share: float, full: int) -> None:
    solid, rest = bar(share, 10)
    assert len(solid) + len(rest) == 10 and set(rest) <= {"─"}
    assert 2 * solid.count("━") + solid.count("╸") == full


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "────│────"), (1.0, "────│━━━━"), (-1.0, "━━━━│────"), (0.625, "────│━━╸─"), (-0.625, "─╺━━│────")],
)
def test_a_needle_grows_from_the_middle(value: float, text: str) -> None:
    assert "".join(needle(value, 4)) == text


def test_a_needle_of_no_number_says_so() -> None:
    assert "".join(needle(math.nan, 4)) == "····?····"


def test_a_spark_has_all_values_between_their_extremes_with_gaps() -> None:
    assert spark([0, 1, 2, 3, 4, 5, 6, 7], 8) == "▁▂▃▄▅▆▇█"
    assert spark([0, 1, math.nan, 1], 10) == "▁█ █"
    assert spark([5, 5], 4) == "▁▁"
    assert spark([math.nan], 4) == " " and spark([], 4) == "" and spark([1.0], 0) == ""


def test_a_long_spark_takes_neighbours_together() -> None:
    assert spark([0, 0, 1, 1, 0, math.nan, math.nan, math.nan], 4) == "▁█▁ "


@pytest.mark.parametrize(("value", "found"), [(3, 3.0), (0.5, 0.5), ("inf", math.inf), ("-inf", -math.inf)])
def test_a_number_is_what_stands_there(value: object, found: float) -> None:
    assert number(value) == found


@pytest.mark.parametrize("value", ["nan", None, "x", [1.0], {}, 10**400], ids=lambda value: str(value)[:5])
def test_what_is_no_number_is_nan(value: object) -> None:
    assert math.isnan(number(value))
