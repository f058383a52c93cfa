"""A sweep as parallel coordinates, with what its scores depend on."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from qmlops.monitoring.canvas import Canvas
from qmlops.monitoring.pane.parallel import BEST, OTHER, OWN, axis, parallel
from qmlops.monitoring.sweep_view import SweepView
from tests.monitoring.pane.stage import project, run, shown

MEMBERS = [f"s/{number}" for number in range(8)]
VIEW = SweepView(
    "s",
    ["optimizer.rate=0.01,0.1"],
    MEMBERS,
    {
        "optimizer.rate": [0.01, 0.1] * 4,
        "circuit.layers": [1.0, 1.0, 2.0, 2.0] * 2,
        "seed": [float(number) for number in range(8)],
    },
    {member: [0.5, 0.5, 0.9, 0.9][number % 4] + number / 1000 for number, member in enumerate(MEMBERS[:7])},
    "test_accuracy",
    {"s/7": "The loss is nan at step 3.\nTake smaller steps."},
)


def view(sweep: SweepView, size: tuple[int, int] = (76, 18), name: str = "s/1") -> list[str]:
    return shown("sweep", run(name=name), project(sweeps={"s": sweep}), size)


def test_numbers_lie_on_a_linear_axis_and_on_a_logarithmic_one_where_they_span_scales() -> None:
    near, far = axis("a", [1.0, 2.0, 5.0]), axis("b", [0.001, 0.1, 0.01])
    assert near.places == [0.0, 0.25, 1.0] and near.marks == [(0.0, "1"), (1.0, "5")]
    assert far.places == pytest.approx([0.0, 1.0, 0.5])
    assert far.marks == [(0.0, "0.001"), (0.5, "log"), (1.0, "0.1")]


def test_words_lie_apart_and_what_is_missing_lies_nowhere() -> None:
    words = axis("circuit", ["qcnn", "brick", None, "qcnn"])
    assert words.places[:2] == [0.75, 0.25] and math.isnan(words.places[2]) and words.places[3] == 0.75
    assert sorted(words.marks) == [(0.25, "brick"), (0.75, "qcnn")]
    single = axis("a", [3.0, math.nan, 3.0])
    assert single.places[0] == 0.5 and math.isnan(single.places[1]) and single.marks == [(0.5, "3")]


def test_a_run_is_a_line_from_axis_to_axis_with_a_gap_where_it_lacks_a_value() -> None:
    axes = [axis("rate", [0.0, 1.0]), axis("layers", [1.0, 2.0]), axis("loss", [0.5, None])]
    drawn = parallel(axes, [OTHER, OWN], 30, 5)
    expected = Canvas(30, 4)
    for column in (0, 10, 20):
        expected.polyline([2 * column] * 2, [0, 15])
    expected.polyline([0, 20, 40], [15, 15, 7.5])
    expected.polyline([0, 20], [0, 0])
    text = ["".join(part for part, _ in row) for row in expected.rows()]
    assert drawn[0].plain == "rate      layers          loss"
    assert [line.plain[2:10] for line in drawn[2:4]] == [line[2:10] for line in text[1:3]]
    assert drawn[1].plain[:12] == text[0][0] + "1" + text[0][2:10] + text[0][10] + "2"
    assert drawn[3].plain[20:23] == text[2][20] + "0."


def test_the_best_run_is_drawn_over_all_others() -> None:
    drawn = parallel([axis("a", [0.0, 0.0, 1.0]), axis("b", [1.0, 1.0, 0.0])], [BEST, OTHER, OWN], 21, 5)
    accents = [line for line in drawn if any(span.style == "$accent" for span in line.spans)]
    assert len(accents) == 4


def test_the_best_score_the_drawing_what_it_depends_on_and_what_failed() -> None:
    told = view(VIEW)
    assert told[0] == "best test_accuracy 0.9060 in 6 · 8 runs · 7 scored · 1 failed"
    assert told[1] == "rate                            layers                        test_accuracy"
    assert (told[2][1:4], told[2][33], told[2][66:]) == ("0.1", "2", "0.906")
    assert (told[12][1:5], told[12][33], told[12][66:]) == ("0.01", "1", "0.5")
    assert [row.split()[0] for row in told[13:17]] == ["explains", "layers", "rate", "seed"]
    assert told[17] == "✗ 7 failed  The loss is nan at step 3."


def test_what_each_parameter_explains_is_what_the_sweep_says() -> None:
    share, low, high = VIEW.importance()["circuit.layers"] or (0, 0, 0)
    row = next(row for row in view(VIEW) if row.startswith("layers"))
    assert row.split()[-5:] == [f"{100 * share:.0f}", "%", f"{100 * low:.0f}", "to", f"{100 * high:.0f}"]


def test_the_best_runs_stand_in_a_table_with_what_varies() -> None:
    told = [row[89:].strip() for row in view(VIEW, (150, 16))]
    place = told.index("run  test_accuracy  rate  layers  seed")
    assert told[place + 1 : place + 3] == [
        "6         0.9060  0.01       2     6",
        "3         0.9030   0.1       2     3",
    ]


def test_the_lowest_loss_is_the_best_and_too_few_runs_explain_nothing() -> None:
    few = SweepView("s", [], MEMBERS[:2], {"seed": [1.0, 2.0]}, {"s/0": 0.5, "s/1": 0.25}, "loss")
    told = view(few, (38, 8))
    assert told[0] == "best loss 0.2500 in 1 · 2 runs · 2 s…"
    assert told[2] == "seed     – too few"


def test_a_sweep_without_scores_shows_what_it_has() -> None:
    told = view(replace(VIEW, scores={}, score="", failed={}))
    assert told[0] == "8 runs · 0 scored"
    assert told[1].endswith("score")


def test_of_many_failures_and_many_runs_the_first_and_the_best_are_shown() -> None:
    members = [f"s/{number}" for number in range(200)]
    values: dict[str, Any] = {"rate": [float(number % 5) for number in range(200)]}
    scores = {member: float(number) for number, member in enumerate(members[:150])}
    many = SweepView("s", [], members, values, scores, "energy", dict.fromkeys(members[150:], "reason"))
    told = view(many, (76, 30))
    assert told[29] == "✗ and 47 more failed"
    assert told[2].endswith("59") and told[23].split()[-1].endswith("0")
