"""Programs on a device's graph: every gate on an edge, every wire where it is said to be, equal values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cirq
import numpy as np
import pytest

from qmlops.core.program import Program
from qmlops.core.target import Calibration, Target
from qmlops.errors import RequestError
from qmlops.lower.figure import figures, success
from qmlops.lower.gate_set import IBM, IONQ, IQM, RIGETTI
from qmlops.lower.native import native
from qmlops.lower.route import route
from tests.lower.gates import SYMBOLS, allowed, point, random_program

Edges = tuple[tuple[int, int], ...]


def grid(rows: int, columns: int) -> Edges:
    down = tuple((r * columns + c, (r + 1) * columns + c) for r in range(rows - 1) for c in range(columns))
    return down + tuple((r * columns + c, r * columns + c + 1) for r in range(rows) for c in range(columns - 1))


def line(qubits: int) -> Edges:
    return tuple((index, index + 1) for index in range(qubits - 1))


HEAVY = (*line(7), (0, 7), (4, 8), (7, 9), (8, 13), *((index, index + 1) for index in range(9, 14)))
GRAPHS: dict[str, Edges] = {
    "line": line(6),
    "ring": (*line(6), (5, 0)),
    "grid": grid(2, 4),
    "heavy-hex": HEAVY,
    "reversed": tuple((second, first) for first, second in line(6)),
}


def target(edges: Edges | None, calibration: Calibration | None = None, qubits: int | None = None) -> Target:
    return Target("test", qubits, True, "a test", edges=edges, calibration=calibration)


def state(program: Program, values: dict[str, float]) -> Any:
    bound = cirq.resolve_parameters(program.circuit, values)
    return bound.final_state_vector(qubit_order=program.qubits, ignore_terminal_measurements=False, dtype=np.complex128)


def touched(program: Program) -> set[tuple[int, int]]:
    """The pairs of physical qubits that gates of a placed program act on, in both orders."""
    assert program.places is not None
    pairs = [tuple(qubit.x for qubit in item.qubits) for item in program.circuit.all_operations()]  # type: ignore[attr-defined]
    found = {(program.places[a], program.places[b]) for a, b in (pair for pair in pairs if len(pair) == 2)}
    return found | {(b, a) for a, b in found}


@pytest.mark.parametrize("gates", [IBM, IQM, RIGETTI], ids=lambda gates: gates.name)
@pytest.mark.parametrize("name", GRAPHS)
def test_every_wire_ends_where_it_is_numbered_in_the_state_that_it_had(name: str, gates: Any) -> None:
    edges = GRAPHS[name]
    for seed in range(3):
        before = random_program(seed, 3 + seed, 8)
        placed = route(before, target(edges), gates, seed)
        assert touched(placed) <= {*edges, *((second, first) for first, second in edges)}
        assert placed.places is not None and len(set(placed.places)) == placed.width
        assert all(allowed(gates.name, item) for item in placed.circuit.all_operations())
        found = state(placed, point(seed)).reshape(2**before.width, -1)
        # Wires that were added are back in |0>, and the others in the same state up to a phase.
        assert abs(np.vdot(state(before, point(seed)), found[:, 0])) == pytest.approx(1, abs=1e-6)


def test_equal_seeds_give_equal_programs() -> None:
    before = random_program(3, 5, 10)
    first, second = (route(before, target(HEAVY), IBM, seed=4) for _ in range(2))
    assert first.digest() == second.digest()


def test_what_fits_the_graph_needs_no_swap() -> None:
    qubits = cirq.LineQubit.range(6)
    ring = [cirq.CZ(qubits[index], qubits[(index + 1) % 6]) for index in range(6)]
    star = [cirq.CZ(qubits[0], qubits[index]) for index in range(1, 4)]
    for gates, edges in ((ring, GRAPHS["ring"]), (ring, grid(2, 4)), (star, HEAVY), (star, grid(3, 3))):
        before = Program(cirq.Circuit(gates), 6, (), (), ())
        placed = route(before, target(edges), IBM)
        assert figures(placed).two_qubit == len(gates)
        assert placed.width == 6


def test_a_distant_pair_costs_no_more_swaps_than_its_distance() -> None:
    a, b, c = cirq.LineQubit.range(3)
    before = Program(cirq.Circuit([cirq.CZ(a, b), cirq.CZ(b, c), cirq.CZ(a, c)]), 3, (), (), ())
    assert figures(route(before, target(line(3)), IBM)).two_qubit <= 3 + 3


def test_errors_decide_where_a_program_stands() -> None:
    errors = {edge: 0.05 for edge in line(9)} | {(4, 5): 0.001, (5, 6): 0.001}
    facts = Calibration("c", "t", two_qubit_error=errors, readout=((0.01, 0.01),), one_qubit_error=(0.0,))
    qubits = cirq.LineQubit.range(3)
    before = Program(cirq.Circuit(cirq.CZ(*qubits[:2]), cirq.CZ(*qubits[1:])), 3, (), (), ())
    placed = route(before, target(line(9), facts), IBM)
    assert placed.places is not None and set(placed.places) == {4, 5, 6}


def test_readings_decide_where_gates_do_not() -> None:
    readout = tuple((0.2, 0.2) if qubit < 4 else (0.01, 0.01) for qubit in range(6))
    facts = Calibration("c", "t", two_qubit_error=0.01, readout=readout)
    before = Program(cirq.Circuit(cirq.CZ(*cirq.LineQubit.range(2))), 2, (), (), ())
    placed = route(before, target(line(6), facts), IBM)
    assert placed.places is not None and set(placed.places) == {4, 5}


def test_pairs_that_do_not_work_are_not_used() -> None:
    errors = {edge: 0.01 for edge in line(6)} | {(2, 3): 1.0}
    facts = Calibration("c", "t", two_qubit_error=errors)
    before = random_program(2, 3, 8)
    assert not touched(route(before, target(line(6), facts), IBM)) & {(2, 3), (3, 2)}
    with pytest.raises(RequestError, match="no more than 3 qubits that hang together"):
        route(random_program(2, 4, 8), target(line(6), facts), IBM)


@pytest.mark.parametrize("seed", range(3))
def test_more_trials_never_make_the_success_worse(seed: int) -> None:
    random = np.random.default_rng(seed)
    errors = {edge: float(random.uniform(0.001, 0.03)) for edge in HEAVY}
    device = target(HEAVY, Calibration("c", "t", two_qubit_error=errors, one_qubit_error=(0.0,)))
    qubits = cirq.LineQubit.range(6)
    pairs = [random.permutation(6)[:2] for _ in range(15)]
    before = Program(cirq.Circuit(cirq.CZ(qubits[a], qubits[b]) for a, b in pairs), 6, (), (), ())
    few, some, many = (success(route(before, device, IBM, trials=count), device) for count in (1, 3, 8))
    assert few is not None and some is not None and many is not None
    assert few <= some * (1 + 1e-9) <= many * (1 + 1e-9) ** 2


def test_a_device_that_joins_all_pairs_leaves_wires_where_they_are() -> None:
    before = random_program(1, 3, 8)
    assert route(before, target(None, qubits=3), IONQ) == native(before, IONQ)
    with pytest.raises(RequestError, match="3 wires, and test has 2 qubits"):
        route(before, target(None, qubits=2), IONQ)


def test_a_program_of_one_wire_stands_on_the_best_reading() -> None:
    facts = Calibration("c", "t", readout=((0.1, 0.1), (0.1, 0.1), (0.0, 0.0)))
    before = replace(random_program(0, 1, 5), weights=SYMBOLS)
    assert route(before, target(line(3), facts), IBM).places == (2,)
