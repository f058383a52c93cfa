"""The circuit drawing holds every gate and every parameter, and crosses none with another."""

from __future__ import annotations

import math
import re

import cirq
import pytest
import sympy

from qmlops.core.label import radians, symbol_pieces
from qmlops.core.program import Program
from qmlops.core.shape import Shape
from qmlops.parts.circuit.gate import GATES
from qmlops.pipeline.record import Run
from qmlops.pipeline.report.drawing import draw, standalone, text
from qmlops.pipeline.report.drawing.layout import columns, rows
from qmlops.pipeline.report.drawing.picture import MOST_GATES
from tests.report.conftest import EXPERIMENTS
from tests.report.reading import parsed


def program_of(*operations: cirq.Operation, inputs: tuple[str, ...] = (), weights: tuple[str, ...] = ()) -> Program:
    circuit = cirq.Circuit(operations)
    return Program(circuit, max(qubit.x for qubit in circuit.all_qubits()) + 1, inputs, weights, ())  # type: ignore[attr-defined]


def titles(svg: str) -> list[str]:
    return re.findall(r'<g class="gate \w+"><title>([^<]*)</title>', svg)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_gate_and_every_parameter_is_drawn(shipped: dict[str, Run], name: str) -> None:
    program = shipped[name].model.program
    found = titles(draw(program))
    operations = list(program.circuit.all_operations())
    assert 0 < len(operations) <= MOST_GATES
    wires = [", ".join(f"q{qubit.x}" for qubit in item.qubits) for item in operations]  # type: ignore[attr-defined]
    assert sorted(title.split(" on ")[1] for title in found) == sorted(wires)
    for symbol in program.symbols:
        used = sum(symbol in cirq.parameter_names(item) for item in operations)
        assert used and sum(symbol in re.findall(r"\w+", title) for title in found) == used


@pytest.mark.parametrize("name", sorted(GATES))
def test_each_gate_of_the_block_language_has_its_name(name: str) -> None:
    kind = GATES[name]
    angles = [2 * sympy.Symbol("theta_0"), 0.3] if kind.angle else [None]
    for angle in angles:
        [title] = titles(draw(program_of(kind.make(angle)(*cirq.LineQubit.range(kind.wires)), weights=("theta_0",))))
        word, _, wires = title.partition(" on ")
        inside = {"": "", "None": "", "0.3": "(0.3)"}.get(str(angle), "(2*theta_0)")
        assert _compared(word.removesuffix(inside)) == _compared(name)
        assert word.endswith(inside) and len(wires.split(", ")) == kind.wires


def test_inputs_and_weights_are_told_apart() -> None:
    x, theta, q = sympy.Symbol("x0"), sympy.Symbol("theta"), cirq.LineQubit(0)
    gates = [cirq.H(q), cirq.rx(x)(q), cirq.rx(theta)(q), cirq.rx(x * theta)(q), cirq.rx(x + theta)(q)]
    svg = draw(program_of(*gates, inputs=("x0",), weights=("theta",)))
    assert re.findall(r'class="gate (\w+)"', svg) == ["fixed", "input", "weight", "both", "both"]


def test_gates_of_files_that_the_block_language_lacks_are_drawn_too() -> None:
    q = cirq.LineQubit.range(3)
    gates = [
        cirq.ControlledGate(cirq.X, control_values=[0])(q[2], q[0]),
        cirq.MatrixGate(cirq.unitary(cirq.SWAP))(q[0], q[2]),
        cirq.PhasedXZGate(x_exponent=0.1, z_exponent=0.2, axis_phase_exponent=0.3)(q[1]),
        cirq.ISWAP(q[0], q[1]) ** -1,
        cirq.I(q[0]),
        cirq.TOFFOLI(q[0], q[1], q[2]) ** 0.5,
        cirq.X(q[0]).with_tags("<tag>"),
    ]
    svg = standalone(draw(program_of(*gates)))
    assert len(titles(svg)) == len(gates) and "hollow" in svg
    parsed(svg)


def test_a_long_circuit_says_how_many_gates_it_leaves_out() -> None:
    q = cirq.LineQubit.range(2)
    program = program_of(*(cirq.X(q[0]) if number % 2 else cirq.CZ(*q) for number in range(1001)))
    svg = draw(program)
    left_out = 1001 - len(titles(svg))
    assert left_out > 0 and f"{left_out:,} more gates" in svg and f"{left_out} gates" in text(program)


def test_no_two_shapes_of_a_column_overlap_and_wires_keep_their_order() -> None:
    spans = [(0, 3), (1, 2), (1, 1), (0, 1), (2, 3), (2, 2), (0, 3), (3, 3)]
    shapes = [Shape(str(number), ((low, "dot", ""), (high, "dot", ""))) for number, (low, high) in enumerate(spans)]
    found = columns(shapes, 4)
    for column in found:
        taken = [wire for shape in column.shapes for wire in shape.span]
        assert len(taken) == len(set(taken))
    place = {shape.name: number for number, column in enumerate(found) for shape in column.shapes}
    for number, later in enumerate(shapes):
        for earlier in shapes[:number]:
            if {wire for wire, _, _ in earlier.marks} & {wire for wire, _, _ in later.marks}:
                assert place[earlier.name] < place[later.name]


def test_rows_hold_all_columns_in_order_and_none_is_wider_than_the_page() -> None:
    found = columns([Shape(str(number), ((0, "box", "X" * (number % 7)),)) for number in range(60)], 1)
    broken = rows(found, 300)
    assert [column for row in broken for column in row] == found and len(broken) > 1
    assert all(sum(column.width for column in row) <= 300 for row in broken)


@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        ("theta_0_1", (("θ", "0,1"),)),
        ("theta", (("θ", ""),)),
        ("x0", (("x", "0"),)),
        ("x0_x11", (("x", "0"), ("x", "11"))),
        ("my_angle_2", (("my", "angle,2"),)),
        ("theta_start_0", (("θ", "start,0"),)),
        ("_", (("_", ""),)),
    ],
)
def test_symbols_become_letters_with_subscripts(name: str, pieces: tuple[tuple[str, str], ...]) -> None:
    assert symbol_pieces(name) == pieces


def test_sums_are_written_with_their_signs_and_factors() -> None:
    x, a, b = sympy.symbols("x0 phi beta_1")
    wanted = {
        -2 * a: ("\u22122φ", "- 2*phi"),
        x - a: ("x0\u2212φ", "x0 - phi"),
        a * x + sympy.pi / 2: ("φx0+π/2", "phi*x0 + π/2"),
        b - 0.5: ("β1\u22120.5", "beta_1 - 0.5"),
        sympy.pi * x: ("πx0", "π*x0"),
    }
    for angle, (short, plain) in wanted.items():
        svg = draw(program_of(cirq.rx(angle)(cirq.LineQubit(0)), inputs=("x0",), weights=("phi", "beta_1")))
        [label] = parsed(svg).styled("angle")
        assert label.text.replace("\u200b", "") == short
        assert titles(svg) == [f"RX({plain}) on q0"]


def test_simple_multiples_of_pi_are_written_as_such() -> None:
    values = {math.pi: "π", -math.pi / 2: "\u2212π/2", 3 * math.pi / 4: "3π/4", 0.3: "0.3", 0.0: "0"}
    assert {value: radians(value) for value in values} == values


def _compared(name: str) -> str:
    """A name without the ways in which a picture and the block language write it differently."""
    return name.lower().replace("†", "dg").replace("√x", "sx").replace("cnot", "cx")
