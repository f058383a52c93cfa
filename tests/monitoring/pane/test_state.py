"""The state on each wire, across its cuts and in its outcomes."""

from __future__ import annotations

import math
from typing import Any

import pytest

from qmlops.core.sight import StateSeen
from qmlops.monitoring.figure import MINUS
from qmlops.monitoring.pane.disc import ROWS, WIDTH, discs
from qmlops.monitoring.track import Track
from tests.monitoring.pane.stage import run, shown

BLOCH = [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.6, 0.0, -0.8]]
INTERVALS = {"x0": (-0.03, 0.05), "y0": (-0.04, 0.04), "z0": (0.95, 1.0), "purity": (0.9, 1.0)}


def states(**told: Any) -> Track:
    """Eight looks at a state whose entanglement grows from 0 to 0.7."""
    metrics = {"purity": 1.0, "entropy_1": 1.0, "entropy_2": 0.5}
    probabilities = {"111": 0.25, "000": 0.5}
    looks = [
        StateSeen(step, 2, BLOCH, probabilities, metrics | {"meyer_wallach": step / 10}, **told) for step in range(8)
    ]
    return run(*looks)


def test_a_narrow_pane_has_figures_bars_of_the_cuts_and_the_outcomes() -> None:
    assert shown("state", states(), size=(38, 12)) == [
        "step 7 · row 2 · exact",
        "purity        1.000 ▁▁▁▁▁▁▁▁",
        "Meyer-Wallach 0.700 ▁▂▃▄▅▆▇█",
        "       x     y     z length bits",
        "q0  0.00  0.00 +1.00   1.00 ━━━━ 1.00",
        "q1 +1.00  0.00  0.00   1.00 ━━── 0.50",
        f"q2 +0.60  0.00 {MINUS}0.80   1.00",
        "|000⟩  ━━━━━━━━━━━╸─────────── 0.500",
        "|111⟩  ━━━━━━───────────────── 0.250",
        "others ━━━━━━───────────────── 0.250",
    ]


def test_a_wider_pane_has_bars_from_the_middle_too() -> None:
    told = shown("state", states())
    assert told[3:7] == [
        "                x              y              z  length  cut, bits",
        "q0  ───│───  0.00  ───│───  0.00  ───│━━━ +1.00    1.00  ━━━━━━━ 1.00",
        "q1  ───│━━━ +1.00  ───│───  0.00  ───│───  0.00    1.00  ━━━╸─── 0.50",
        f"q2  ───│━━─ +0.60  ───│───  0.00  ╺━━│─── {MINUS}0.80    1.00",
    ]


def test_a_wide_pane_has_discs_and_stands_in_two_blocks() -> None:
    told = shown("state", states(), size=(150, 40))
    assert told[2].endswith("purity        1.000 ▁▁▁▁▁▁▁▁")
    assert told[7].endswith("others ━━━━━━━━━━────────────────────────────── 0.250")
    assert told[12] == "q0  y  0.00  q1  y  0.00  q2  y  0.00"


def test_what_was_estimated_says_its_shots_and_its_intervals() -> None:
    track = states(intervals=INTERVALS, shots=4096)
    told = shown("state", track)
    assert told[:2] == [
        "step 7 · row 2 · from 4,096 shots · 95 % intervals",
        "purity        1.000 0.900 to 1.000 ▁▁▁▁▁▁▁▁",
    ]
    assert told[4] == "q0     0.00 ±0.05     0.00 ±0.04    +1.00 ±0.05    1.00  ━━━━━━━ 1.00"
    assert shown("state", track, size=(38, 8))[0] == "step 7 · row 2 · 4,096 shots ±0.05"


def test_what_else_was_asked_for_is_shown_by_its_name() -> None:
    seen = StateSeen(1, 0, [[0, 0, 1]], {"0": 1.0}, {"purity": 1.0, "fidelity": 0.125})
    told = shown("state", run(seen))
    assert told == [
        "step 1 · row 0 · exact",
        "purity 1.000",
        "                x              y              z  length",
        "q0  ───│───  0.00  ───│───  0.00  ───│━━━ +1.00    1.00",
        "|0⟩ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 1.000",
        "fidelity 0.125",
    ]


def test_where_entropies_cannot_be_told_the_purities_of_the_cuts_are() -> None:
    told = shown(
        "state",
        run(
            StateSeen(
                1, 0, BLOCH, {"000": 1.0}, {"purity_1": 0.727, "purity_2": 0.5}, (), {"purity_1": (0.7, 0.731)}, 9
            )
        ),
    )
    assert [row[57:] for row in told[1:5]] == ["cut purity", "0.73 ±0.03", "0.50", ""]


@pytest.mark.parametrize("reach", [(-0.041, 0.0), (0.0, 0.0401), (-0.05, 0.05)])
def test_an_interval_is_never_said_to_be_narrower_than_it_is(reach: tuple[float, float]) -> None:
    seen = StateSeen(1, 0, [[0.0, 0.0, 0.0]], {}, {}, (), {"x0": reach}, 9)
    assert " 0.00 ±0.05" in shown("state", run(seen))[2]


def test_the_rounding_of_a_purity_is_no_course() -> None:
    looks = [StateSeen(step, 0, BLOCH, {}, {"purity": 1 - step * 1e-8}) for step in range(8)]
    assert shown("state", run(*looks))[1] == "purity 1.000 ▁▁▁▁▁▁▁▁"


@pytest.mark.parametrize(("config", "word"), [({"shots": 100}, "monitor.shadows=300"), ({}, "monitor.share=0.02")])
def test_where_only_shots_exist_shadows_are_proposed(config: dict[str, Any], word: str) -> None:
    assert word in " ".join(shown("state", run(config=config)))


def test_what_is_not_known_is_a_dash() -> None:
    torn: Any = [["nan", 0.5], []]
    told = shown("state", run(StateSeen(1, 0, torn, {"00": math.nan}, {"meyer_wallach": math.nan})))
    assert told[1] == "Meyer-Wallach –"
    assert told[3] == "q0  ···?···     –  ───│━╸─ +0.50  ···?···     –       –"
    assert told[5] == "|00⟩   ────────────────────────────────────────     –"


@pytest.mark.parametrize(
    ("vector", "row", "column"),
    [((0.0, 0.0, 1.0), 0, 5), ((1.0, 0.0, 0.0), 2, 9), ((0.0, 0.0, -1.0), 4, 5), ((-1.0, 0.0, 0.0), 2, 0)],
)
def test_a_disc_shows_x_to_the_right_and_z_upward(vector: tuple[float, float, float], row: int, column: int) -> None:
    drawn = discs([vector], 20)
    hand = [
        (line, cell)
        for line, content in enumerate(drawn[:ROWS])
        for span in content.spans
        if span.style == "$accent"
        for cell in range(span.start, span.end)
    ]
    assert (row, column) in hand and (2, 5) in hand


def test_discs_break_into_bands_that_fit() -> None:
    drawn = discs([(0.0, 0.5, 0.0)] * 5, 2 * WIDTH)
    assert len(drawn) == 3 * (ROWS + 1)
    assert drawn[-1].plain.split() == ["q4", "y", "+0.50"]
    assert max(line.cell_length for line in drawn) <= 2 * WIDTH
