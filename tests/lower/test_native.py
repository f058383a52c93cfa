"""Programs in a device's gates: equal to what they were, only gates that the device has, and few of them."""

from __future__ import annotations

import warnings
from dataclasses import replace

import cirq
import numpy as np
import pytest
import sympy

from qmlops.core.program import Program
from qmlops.errors import RequestError
from qmlops.lower.figure import figures
from qmlops.lower.gate_set import BRAKET, GATE_SETS, IBM, IBM_ECR, IONQ, IQM, RIGETTI, GateSet
from qmlops.lower.native import native
from tests.lower.gates import PROGRAMS, SYMBOLS, allowed, distance, point, random_program, unitary

A, B = cirq.LineQubit.range(2)


class Opaque(cirq.Gate):
    """A gate with a parameter, of which Cirq knows nothing else."""

    def _num_qubits_(self) -> int:
        return 2

    def _is_parameterized_(self) -> bool:
        return True

    def __str__(self) -> str:
        return "opaque"


def program(*operations: cirq.Operation, width: int = 2, weights: tuple[str, ...] = SYMBOLS) -> Program:
    return Program(cirq.Circuit(operations), width, (), weights, ())


@pytest.mark.parametrize("gates", GATE_SETS.values(), ids=GATE_SETS)
def test_random_programs_keep_their_unitary_and_have_only_gates_of_the_set(gates: GateSet) -> None:
    for seed in range(PROGRAMS):
        before = random_program(seed, 1 + seed % 5, 12)
        lowered = native(before, gates)
        strays = [item for item in lowered.circuit.all_operations() if not allowed(gates.name, item)]
        assert not strays, seed
        assert distance(unitary(before, point(seed)), unitary(lowered, point(seed))) < 1e-8, seed


@pytest.mark.parametrize("gates", GATE_SETS.values(), ids=GATE_SETS)
def test_what_is_lowered_twice_stays_equal_and_takes_no_more_interactions(gates: GateSet) -> None:
    once = native(random_program(5, 4, 25), gates)
    twice = native(once, gates)
    assert distance(unitary(once, point(5)), unitary(twice, point(5))) < 1e-8
    assert figures(twice).two_qubit <= figures(once).two_qubit


@pytest.mark.parametrize("gates", GATE_SETS.values(), ids=GATE_SETS)
def test_symbols_stay_and_numbers_stay_floats(gates: GateSet) -> None:
    s = sympy.Symbol("s0")
    lowered = native(program(cirq.rx(2 * s).on(A), cirq.CX(A, B), cirq.ry(s + 0.5).on(B), cirq.CZ(A, B) ** s), gates)
    assert cirq.parameter_names(lowered.circuit) == {"s0"}
    assert lowered.symbols == SYMBOLS
    numbers = {
        type(value)
        for operation in lowered.circuit.all_operations()
        if not cirq.is_parameterized(operation)
        for value in [getattr(operation.gate, "exponent", 0.0)]
    }
    assert numbers <= {float, int}


@pytest.mark.parametrize("gates", [IONQ, BRAKET, IQM, IBM, RIGETTI], ids=lambda gates: gates.name)
def test_the_program_survives_json(gates: GateSet) -> None:
    lowered = native(random_program(2, 3, 10), gates)
    again = replace(lowered, circuit=cirq.read_json(json_text=cirq.to_json(lowered.circuit)))
    assert distance(unitary(lowered, point(2)), unitary(again, point(2))) < 1e-8


@pytest.mark.parametrize(
    ("gate", "most"),
    [
        (cirq.CZ, {IONQ: 1, BRAKET: 1, IQM: 1, IBM: 1, IBM_ECR: 1, RIGETTI: 2}),
        (cirq.CX, {IONQ: 1, BRAKET: 1, IQM: 1, IBM: 1, IBM_ECR: 1, RIGETTI: 2}),
        (cirq.ISWAP, {IONQ: 2, BRAKET: 1, IQM: 2, IBM: 2, RIGETTI: 1}),
        (cirq.SWAP, {IONQ: 1, BRAKET: 1, IQM: 3, IBM: 3, IBM_ECR: 3, RIGETTI: 3}),
        (cirq.ZZ**0.3, {IONQ: 1, BRAKET: 1, IQM: 2, IBM: 2, RIGETTI: 2}),
        (cirq.ControlledGate(cirq.ry(0.7)), {IONQ: 1, BRAKET: 1, IQM: 2, IBM: 2, RIGETTI: 2}),
        (cirq.ControlledGate(cirq.ry(sympy.Symbol("s1"))), {IONQ: 1, BRAKET: 1, IQM: 2, IBM: 2, RIGETTI: 2}),
        (cirq.ISWAP ** sympy.Symbol("s1"), {IONQ: 2, BRAKET: 1, IQM: 2, IBM: 2, RIGETTI: 2}),
        (cirq.MatrixGate(cirq.testing.random_unitary(4, random_state=3)), {IONQ: 3, BRAKET: 3, IQM: 3, IBM: 3}),
        (cirq.SWAP ** sympy.Symbol("s1"), {IONQ: 3, BRAKET: 3, IQM: 3, IBM: 3, IBM_ECR: 3}),
        (cirq.ZZ**2, {IONQ: 0, BRAKET: 0, IQM: 0, IBM: 0, RIGETTI: 0}),
        (cirq.ZZ, {IONQ: 0, BRAKET: 0, IQM: 0, IBM: 0, RIGETTI: 0}),
    ],
    ids=lambda value: str(value) if isinstance(value, cirq.Gate) else "",
)
def test_a_gate_takes_no_more_interactions_than_theory_asks(gate: cirq.Gate, most: dict[GateSet, int]) -> None:
    for gates, count in most.items():
        assert figures(native(program(gate.on(A, B)), gates)).two_qubit == count, gates.name


def test_controls_cost_what_the_phase_polynomial_has() -> None:
    for controls, cnots in ((2, 6), (3, 14)):
        qubits = cirq.LineQubit.range(controls + 1)
        whole = Program(cirq.Circuit(cirq.X(qubits[-1]).controlled_by(*qubits[:-1])), controls + 1, (), (), ())
        assert figures(native(whole, IBM)).two_qubit == cnots


def test_rotations_about_pauli_strings_lose_their_innermost_cnots() -> None:
    qubits, s = cirq.LineQubit.range(4), sympy.Symbol("s0")
    for size in (2, 3, 4):
        ladder = [cirq.CX(qubits[index], qubits[index + 1]) for index in range(size - 1)]
        for turn in (cirq.rz(s), cirq.Y**0.3):
            before = Program(cirq.Circuit([*ladder, turn.on(qubits[size - 1]), *ladder[::-1]]), 4, (), SYMBOLS, ())
            for gates, count in ((IONQ, 2 * size - 3), (IBM, 2 * size - 2)):
                lowered = native(before, gates)
                assert figures(lowered).two_qubit == count
                assert distance(unitary(before, point(size)), unitary(lowered, point(size))) < 1e-8


def test_gates_of_the_set_are_kept_as_they_are() -> None:
    kept = [cirq.H(A), cirq.CX(A, B), cirq.XX(A, B) ** 0.3, cirq.SWAP(B, A), cirq.CX(B, A), cirq.rx(0.3).on(B)]
    for gates in (IONQ, BRAKET):
        found = list(native(program(*kept), gates).circuit.all_operations())
        assert len(found) == len(kept), gates.name


def test_runs_on_one_wire_are_merged_and_what_cancels_is_dropped() -> None:
    s = sympy.Symbol("s0")
    fixed = [cirq.H(A), cirq.T(A), cirq.X(A) ** 0.3, cirq.S(A), cirq.H(A)]
    assert figures(native(program(*fixed), BRAKET)).one_qubit <= 3
    assert figures(native(program(*fixed, *reversed([cirq.inverse(gate) for gate in fixed])), IQM)).one_qubit == 0
    turns = [cirq.rz(s).on(A), cirq.CZ(A, B), cirq.Z(A) ** 0.5, cirq.CZ(A, B), cirq.rz(-s).on(A)]
    assert figures(native(program(*turns), IBM)).one_qubit == 1


@pytest.mark.parametrize("seed", range(6))
def test_far_fewer_gates_than_cirqs_own_gate_set_for_ionq(seed: int) -> None:
    cirq_ionq = pytest.importorskip("cirq_ionq")
    before = random_program(seed, 4, 25, symbolic=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        theirs = cirq.optimize_for_target_gateset(before.circuit, gateset=cirq_ionq.IonQTargetGateset())
    ours, other = figures(native(before, IONQ)), figures(replace(before, circuit=theirs))
    assert ours.one_qubit < other.one_qubit
    assert ours.two_qubit <= other.two_qubit


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (cirq.measure(A), "is no unitary gate"),
        (cirq.depolarize(0.1).on(A), "is no unitary gate"),
        (Opaque().on(A, B), "has free parameters and no closed form"),
    ],
    ids=["measurement", "channel", "opaque"],
)
def test_what_cannot_be_lowered_is_refused_by_name(operation: cirq.Operation, why: str) -> None:
    with pytest.raises(RequestError, match=why):
        native(program(operation, width=3), IONQ)


def test_gates_that_only_look_equal_are_not_mixed_up() -> None:
    cirq_ionq = pytest.importorskip("cirq_ionq")
    for theta in (0.1, 0.25):
        before = program(cirq_ionq.MSGate(phi0=0.1, phi1=0.2, theta=theta).on(A, B))
        assert distance(unitary(before, {}), unitary(native(before, IONQ), {})) < 1e-8


def test_angles_that_are_no_symbol_but_a_function_of_one_are_kept() -> None:
    before = program(cirq.rx(sympy.sin(sympy.Symbol("s0")) + 0.2).on(A), cirq.Z(A) ** sympy.Symbol("s1") ** 2)
    assert np.isclose(distance(unitary(before, point(1)), unitary(native(before, IBM), point(1))), 0, atol=1e-8)
