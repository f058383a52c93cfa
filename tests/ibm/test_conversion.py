"""What IBM is sent is the program: equal unitaries at every point, gates that the machine has, nothing undone."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import cirq
import numpy as np
import pytest
import sympy
from qiskit.quantum_info import Operator

from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.errors import RequestError
from qmlops.lower.native import native
from qmlops.lower.reading import measured, resolver
from qmlops.lower.route import route
from qmlops.parts.backend.ibm.circuit import Compiler, converted, read
from qmlops.parts.backend.ibm.snapshot import GATES, fake, gates_of, snapshot
from tests.doubles.works import POINTS, bits, turned
from tests.simulate.programs import random_program

PROGRAMS = int(os.environ.get("QMLOPS_PROGRAMS", "12"))
MACHINES = ("fake_manila", "fake_fez", "fake_brussels")
"""One for each entangling gate: cx, cz, ecr."""


def unitary(circuit: Any) -> Any:
    return Operator(circuit.reverse_bits()).data


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_random_programs_keep_their_unitaries(seed: int) -> None:
    drawn = random_program(seed, width=1 + seed % 5)
    points = np.random.default_rng(seed).uniform(-np.pi, np.pi, (2, len(drawn.symbols)))
    lowered = native(drawn, [*GATES.values()][seed % len(GATES)])
    for wanted, item in zip(measured(drawn), measured(lowered), strict=True):
        sheet = converted(lowered, item.circuit)
        angles = sheet.angles(points) * np.pi
        for point, row in zip(points, angles, strict=True):
            bound = sheet.circuit.assign_parameters(dict(zip(sheet.parameters, row, strict=True)))
            exact = cirq.resolve_parameters(wanted.circuit, resolver(drawn, point))
            cirq.testing.assert_allclose_up_to_global_phase(
                unitary(bound),
                exact.unitary(qubit_order=drawn.qubits, qubits_that_should_be_present=drawn.qubits),
                atol=1e-8,
            )


@pytest.mark.parametrize("machine", MACHINES)
def test_a_machine_has_every_gate_that_it_is_sent_on_the_qubits_where_it_is_sent(machine: str) -> None:
    target = fake(machine).target
    program = native(turned("Z0", "X0 X2", "Y0 X1"), gates_of(snapshot(machine)))
    sheets = Compiler(target).sheets(program)
    assert len(sheets) == 3
    for sheet in sheets:
        assert set(sheet.parameters) == set(sheet.circuit.parameters)
        for instruction in sheet.circuit.data:
            where = tuple(sheet.circuit.find_bit(qubit).index for qubit in instruction.qubits)
            assert target.instruction_supported(instruction.operation.name, where), instruction


@pytest.mark.parametrize("machine", MACHINES)
def test_a_program_that_was_placed_stays_where_it_is(machine: str) -> None:
    target = snapshot(machine)
    program = route(turned("Z0"), target, gates_of(target))
    (sheet,) = Compiler(fake(machine).target).sheets(program)
    read_from = {}
    for instruction in sheet.circuit.data:
        if instruction.operation.name == "measure":
            bit = sheet.circuit.find_bit(instruction.clbits[0]).index
            read_from[bit] = sheet.circuit.find_bit(instruction.qubits[0]).index
    assert program.places is not None
    assert read_from == dict(enumerate(program.places))


@pytest.mark.parametrize(("level", "left"), [(0, 3), (3, 1)])
def test_folded_gates_stay_unless_the_optimiser_is_asked_for(level: int, left: int) -> None:
    a, b = cirq.LineQubit.range(2)
    folded = Program(
        cirq.Circuit(cirq.X(a) ** 0.5, [cirq.CZ(a, b)] * 3, cirq.X(b) ** 0.5), 2, (), (), bits(2).observables
    )
    (sheet,) = Compiler(fake("fake_fez").target, level).sheets(folded)
    assert sheet.circuit.count_ops()["cz"] == left


def test_a_gate_that_was_not_lowered_is_refused() -> None:
    program = Program(cirq.Circuit(cirq.CSWAP(*cirq.LineQubit.range(3))), 3, (), (), ())
    with pytest.raises(RequestError, match="Lower it first"):
        converted(program, program.circuit)


def test_symbols_that_several_gates_share_stay_in_step() -> None:
    qubit, theta = cirq.LineQubit(0), sympy.Symbol("theta")
    circuit = cirq.Circuit(cirq.rz(2 * theta)(qubit), cirq.X(qubit) ** 0.5, cirq.rz(1 - theta)(qubit))
    sheet = converted(Program(circuit, 1, ("theta",), (), ()), circuit)
    np.testing.assert_allclose(sheet.angles(np.array([[0.7]])) * np.pi, [[1.4, 0.3]], atol=1e-12)


def test_results_of_other_works_are_not_taken() -> None:
    from qiskit.primitives import StatevectorSampler

    work = Work(turned("Z0"), POINTS, 10)
    sheet = converted(native(work.program, GATES["cz"]), native(work.program, GATES["cz"]).circuit)
    circuit = sheet.circuit.copy()
    circuit.measure(range(3), range(3))
    units = replace(sheet, circuit=circuit).units(POINTS, 10)
    results = list(StatevectorSampler(seed=1).run(units).result())
    (counts,) = read([work], results)
    assert [item.numbers.sum() for item in counts[0]] == [10, 10, 10]
    for wrong in ([work, work], [replace(work, points=POINTS[:2])], [replace(work, program=bits(2))]):
        with pytest.raises(ValueError, match=r"too|another"):
            list(read(wrong, results))
    with pytest.raises(ValueError, match="too many"):
        list(read([work], [*results, *results]))
