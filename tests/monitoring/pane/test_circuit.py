"""The circuit as it is drawn, and its angles."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot

from qmlops.core.sight import CircuitDrawn, StateSeen
from qmlops.monitoring.figure import MINUS
from qmlops.monitoring.pane.circuit import symbol
from qmlops.monitoring.pane.gate import Height, Slot, length, marks
from qmlops.monitoring.pane.picture import bands, columns, joined, pictured
from tests.monitoring.pane.stage import Stage, play, project, run, shown

DRAWN = CircuitDrawn(
    3,
    4,
    [
        *[(0, "H", [0], None), (0, "RX", [2], math.pi / 4), (1, "RY", [1], None), (1, "CX", [0, 2], None)],
        *[(2, "SWAP", [0, 1], None), (2, "CRZ", [2, 1], None), (3, "CZ", [1, 2], None)],
    ],
    ["theta_0", "2*theta_1"],
    [2, 5],
)


def seen(*angles: float) -> StateSeen:
    return StateSeen(57, 12, [], {}, {}, angles)


TURNED = run(DRAWN, seen(0.37 * math.pi, -math.pi / 2))


def test_boxes_have_a_frame_where_there_is_room_and_the_angle_in_it() -> None:
    assert shown("circuit", TURNED, size=(60, 12)) == [
        "     ╭───╮",
        "q0 ──┤ H ├──────────────●──×──────────────",
        "     ╰───╯              │  │",
        "              ╭──────╮  │  │  ╭──────╮",
        "q1 ───────────┤ RY ↗ ├──┼──×──┤ RZ ← ├──●─",
        f"              ╰+0.37π╯  │     ╰{MINUS}0.50π╯  │",
        "    ╭──────╮            │        │      │",
        "q2 ─┤  RX  ├────────────⊕────────●──────●─",
        "    ╰+0.25π╯",
        "7 gates, 2 turn · angles of step 57, row 12",
    ]


def test_boxes_are_of_one_row_where_there_is_less_room() -> None:
    assert shown("circuit", TURNED, size=(60, 5)) == [
        "q0 ────┤H├─────────────────●──×────────────────",
        "                           │  │",
        f"q1 ───────────┤RY↗+0.37π├──┼──×─┤RZ←{MINUS}0.50π├──●─",
        "                           │         │       │",
        "q2 ┤RX+0.25π├──────────────⊕─────────●───────●─",
    ]


def test_wires_stand_below_each_other_where_there_is_least() -> None:
    assert shown("circuit", TURNED, size=(60, 3)) == [
        "q0 ────┤H├─────────────────●──×────────────────",
        f"q1 ───────────┤RY↗+0.37π├──┼──×─┤RZ←{MINUS}0.50π├──●─",
        "q2 ┤RX+0.25π├──────────────⊕─────────●───────●─",
    ]


@pytest.mark.parametrize("events", [(DRAWN,), (DRAWN, seen(0.1))], ids=["nothing seen", "another circuit's state"])
def test_symbols_stand_for_angles_that_are_not_known(events: tuple[CircuitDrawn | StateSeen, ...]) -> None:
    told = shown("circuit", run(*events), size=(60, 6))
    assert "┤RY   θ0  ├" in told[2] and "┤RZ  2θ1  ├" in told[2]
    assert told[-1] == "7 gates, 2 turn"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        *[("theta_0_1", "θ0,1"), ("2*theta_0", "2θ0"), ("π*x_3", "πx3"), ("- 1/2*phi*x0_x1", "-1/2φ…")],
        *[("w", "w"), ("weight_of_all", "weigh…")],
    ],
)
def test_a_symbol_is_the_letter_that_it_means_in_six_characters(text: str, short: str) -> None:
    assert symbol(text) == short


def test_a_circuit_without_gates_is_its_wires() -> None:
    assert shown("circuit", run(CircuitDrawn(2, 0, [])), size=(20, 4)) == ["q0 ─", "", "q1 ─", "0 gates, 0 turn"]


def test_what_is_left_out_is_said() -> None:
    told = shown("circuit", run(CircuitDrawn(1, 1, [(0, "H", [0], None)], left_out=37)))
    assert told[1] == "q0 ─┤ H ├─  … 37 more gates"
    assert told[-1] == "38 gates, 0 turn"


@pytest.mark.parametrize(
    ("name", "wires", "word", "sorts"),
    [
        ("CX", 2, "X", ["dot", "plus"]),
        ("cnot", 2, "X", ["dot", "plus"]),
        ("CCX", 3, "X", ["dot", "dot", "plus"]),
        ("CZ", 2, "Z", ["dot", "dot"]),
        ("SWAP", 2, "SWAP", ["cross", "cross"]),
        ("CSWAP", 3, "SWAP", ["dot", "cross", "cross"]),
        ("CRY", 2, "RY", ["dot", "box"]),
        ("ZZ", 2, "ZZ", ["box", "box"]),
        ("C", 1, "C", ["box"]),
        ("CustomGate", 2, "CustomGate", ["box", "box"]),
    ],
)
def test_a_gate_has_the_marks_that_are_usual_for_it(name: str, wires: int, word: str, sorts: list[str]) -> None:
    assert marks(name, wires) == (word, sorts)


@pytest.mark.parametrize("name", ["CX", "CZ", "SWAP", "CSWAP"])
def test_a_gate_that_turns_has_a_box_for_its_angle(name: str) -> None:
    assert "box" not in marks(name, 3)[1] and marks(name, 3, turns=True)[1][-1] == "box"


@st.composite
def circuits(draw: st.DrawFn) -> CircuitDrawn:
    width, count = draw(st.integers(1, 7)), draw(st.integers(1, 20))
    gates, turning = [], []
    for number in range(count):
        wires = draw(st.lists(st.integers(0, width - 1), min_size=1, max_size=3, unique=True))
        name = draw(st.sampled_from(["RX", "CX", "CCX", "SWAP", "ZZ", "CSWAP", "SomethingVeryLong"]))
        gates.append((draw(st.integers(0, 4)), name, wires, None))
        turning += [number] if draw(st.booleans()) else []
    return CircuitDrawn(width, 5, gates, [], turning)


@settings(deadline=None)
@given(circuits(), st.sampled_from([1, 2, 3]))
def test_no_link_crosses_a_gate_and_all_rows_are_equally_long(drawn: CircuitDrawn, height: Height) -> None:
    found = columns(drawn)
    assert sum(map(len, found)) == len(drawn.gates)
    for column in found:
        spans = [wire for gate in column for wire in gate.span]
        assert len(spans) == len(set(spans))
    rows = joined(pictured(drawn, height))
    assert len(set(map(length, rows))) == 1 and len(rows) == height * drawn.width - (height == 2)


@settings(deadline=None)
@given(circuits(), st.sampled_from([1, 2, 3]))
def test_every_gate_that_turns_has_its_hand_and_its_angle_once(drawn: CircuitDrawn, height: Height) -> None:
    slots = [
        (piece.place, piece.sort) for row in joined(pictured(drawn, height)) for piece in row if isinstance(piece, Slot)
    ]
    assert sorted(slots) == sorted((place, sort) for place in range(len(drawn.turning)) for sort in ("hand", "angle"))


@settings(deadline=None)
@given(circuits(), st.integers(10, 60))
def test_bands_hold_every_column_once_and_none_is_wider_than_the_pane_unless_one_column_is(
    drawn: CircuitDrawn, width: int
) -> None:
    whole = pictured(drawn, 3)
    broken = bands(whole, width)
    assert [column for band in broken for column in band] == whole
    assert all(len(band) == 1 or length(joined(band)[0]) <= width for band in broken)


def test_a_long_circuit_stands_in_bands_where_there_is_room_for_all_of_it() -> None:
    long = CircuitDrawn(1, 4, [(number, "X", [0], None) for number in range(4)], left_out=2)
    assert shown("circuit", run(long), size=(27, 12)) == [
        "    ╭───╮  ╭───╮  ╭───╮",
        "q0 ─┤ X ├──┤ X ├──┤ X ├─",
        "    ╰───╯  ╰───╯  ╰───╯",
        "",
        "    ╭───╮",
        "q0 ─┤ X ├─  … 2 more gates",
        "    ╰───╯",
        "6 gates, 0 turn",
    ]


def test_wires_keep_their_names_while_the_circuit_scrolls() -> None:
    long = CircuitDrawn(2, 40, [(number, "X", [0], None) for number in range(40)])

    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.pane.show(run(long), project())
        await pilot.pause()
        before = stage.seen()
        stage.pane.focus()
        await pilot.press("right", "right")
        stage.pane.scroll_to(x=41, animate=False)
        await pilot.pause()
        after = stage.seen()
        assert before[1].startswith("q0 ─┤ X ├──┤ X ├") and len(before[1]) == 39
        assert after[1].startswith("q0 ") and after[1] != before[1] and len(after[1]) == 39
        assert [row[:3] for row in after] == [row[:3] for row in before]

    play("circuit", act, size=(40, 8))


def test_new_angles_are_shown_in_the_same_drawing() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        track = run(DRAWN, seen(0.0, 0.0))
        stage.pane.show(track, project())
        await pilot.pause()
        assert "┤RY↑ 0.00π├" in stage.seen()[2]
        track.seen = seen(math.pi, 0.0)
        stage.pane.show(track, project())
        await pilot.pause()
        assert "┤RY↓+1.00π├" in stage.seen()[2]

    play("circuit", act, size=(60, 6))
