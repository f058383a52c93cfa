"""Counts, success and duration, in closed form."""

from __future__ import annotations

from dataclasses import replace

import cirq
import pytest

from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.target import Calibration, Target
from qmlops.lower.figure import Figures, figures, seconds, success

A, B, C = cirq.LineQubit.range(3)
PROGRAM = Program(
    cirq.Circuit([cirq.X(A) ** 0.5, cirq.CZ(A, B), cirq.Z(B) ** 0.3, cirq.X(B), cirq.CZ(B, C), cirq.X(A)]),
    3,
    (),
    (),
    (PauliSum.parse("Z0 Z2"),),
    places=(5, 4, 3),
)
FACTS = Calibration(
    "c",
    "t",
    one_qubit_error=(0, 0, 0, 0.5, 0.1, 0.2),
    two_qubit_error={(4, 5): 0.3, (3, 4): 0.4},
    readout=((0, 0), (0, 0), (0, 0), (0.1, 0.3), (0.5, 0.5), (0.0, 0.1)),
    one_qubit_seconds=1.0,
    two_qubit_seconds={(5, 4): 10.0, (4, 3): 100.0},
    readout_seconds=1000.0,
)


def target(facts: Calibration | None) -> Target:
    return Target("test", 6, True, "a test", calibration=facts)


def test_gates_and_depths_are_counted() -> None:
    assert figures(PROGRAM) == Figures(one_qubit=4, two_qubit=2, depth=5, two_qubit_depth=2)
    assert figures(replace(PROGRAM, circuit=cirq.Circuit())) == Figures(0, 0, 0, 0)


def test_success_is_the_product_over_gates_and_the_readings_that_are_observed() -> None:
    gates = (1 - 0.2) * (1 - 0.3) * (1 - 0.1) * (1 - 0.4) * (1 - 0.2)
    assert success(PROGRAM, target(FACTS)) == pytest.approx(gates * (1 - 0.05) * (1 - 0.2))


def test_seconds_are_the_longest_chain_and_the_reading() -> None:
    assert seconds(PROGRAM, target(FACTS)) == pytest.approx(1 + 10 + 1 + 100 + 1000)


@pytest.mark.parametrize("field", ["one_qubit_error", "two_qubit_error", "readout"])
def test_success_is_unknown_where_an_error_is(field: str) -> None:
    assert success(PROGRAM, target(replace(FACTS, **{field: None}))) is None
    assert success(PROGRAM, target(None)) is None


@pytest.mark.parametrize("field", ["one_qubit_seconds", "two_qubit_seconds", "readout_seconds"])
def test_seconds_are_unknown_where_a_duration_is(field: str) -> None:
    assert seconds(PROGRAM, target(replace(FACTS, **{field: None}))) is None
    assert seconds(PROGRAM, target(None)) is None


def test_what_a_program_does_not_use_need_not_be_known() -> None:
    facts = replace(FACTS, two_qubit_error=None, two_qubit_seconds=None)
    single = replace(PROGRAM, circuit=cirq.Circuit(cirq.X(A)))
    assert success(single, target(facts)) == pytest.approx(0.8 * 0.95 * 0.8)
    assert seconds(single, target(facts)) == pytest.approx(1001)
