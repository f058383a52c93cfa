"""Works as circuits, and what is read of them as results, against Cirq's own expectation values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cirq
import numpy as np
import pytest

from qmlops.core.observable import Observable, PauliSum, Projector
from qmlops.core.program import Program
from qmlops.core.work import Counts, Work
from qmlops.errors import JobFailed
from qmlops.lower.reading import circuits_of, counts_of, first_wires, measured, resolver, result_of, shots_of
from tests.lower.gates import SYMBOLS, random_program

SUMS = ("Z0", "0.5 X0 Y1 - 2 Z2 + 0.25", "Y0 + X1 Z2 + Y1", "X2")
OBSERVABLES: tuple[Observable, ...] = (*map(PauliSum.parse, SUMS), Projector(((0, 1), (2, 0))))


def program(seed: int) -> Program:
    return replace(random_program(seed, 3, 10), observables=OBSERVABLES)


def distributions(work: Work) -> list[list[Any]]:
    """The probabilities of each circuit of a work, [basis][point], by Cirq's simulator."""
    found = []
    for item in measured(work.program):
        rows = []
        for row in work.points:
            bound = cirq.resolve_parameters(item.circuit, resolver(work.program, row))
            state = bound.final_state_vector(qubit_order=work.program.qubits, dtype=np.complex128)
            rows.append(np.abs(state) ** 2)
        found.append(rows)
    return found


def expected(work: Work) -> Any:
    """By Cirq's Pauli sums on the final state, which knows no bases."""
    qubits, letters = work.program.qubits, {"X": cirq.X, "Y": cirq.Y, "Z": cirq.Z}
    sums: list[cirq.PauliSum] = []
    for observable in work.program.observables:
        if isinstance(observable, Projector):
            total = cirq.PauliSum.from_pauli_strings([cirq.PauliString()])
            for wire, bit in observable.bits:
                total *= 0.5 * (1 + (1 - 2 * bit) * cirq.PauliString(cirq.Z(qubits[wire])))
        else:
            strings = [
                cirq.PauliString(size, *(letters[letter](qubits[wire]) for wire, letter in pauli))
                for size, pauli in observable.terms
            ]
            total = cirq.PauliSum.from_pauli_strings(strings)
        sums.append(total)
    resolvers = [resolver(work.program, row) for row in work.points]
    return [
        np.real(
            cirq.Simulator(dtype=np.complex128).simulate_expectation_values(
                work.program.circuit, sums, values, qubit_order=qubits
            )
        )
        for values in resolvers
    ]


@pytest.mark.parametrize("seed", range(5))
def test_exact_probabilities_give_the_expectation_values(seed: int) -> None:
    points = np.random.default_rng(seed).uniform(-2, 2, (2, len(SYMBOLS)))
    work = Work(program(seed), points)
    counts = [[counts_of(dict(enumerate(row)), 3) for row in rows] for rows in distributions(work)]
    result = result_of(work, counts, {"backend": "test"})
    np.testing.assert_allclose(result.values, expected(work), atol=1e-6)
    assert not result.variances.any()
    assert result.circuits == circuits_of(work) == 2 * len(measured(work.program))


def test_counts_give_estimates_with_a_variance_that_is_true() -> None:
    random = np.random.default_rng(3)
    work = Work(program(1), random.uniform(-2, 2, (1, len(SYMBOLS))), shots=200, keep_counts=True)
    exact = distributions(work)
    results = []
    for _ in range(400):
        drawn = [[random.multinomial(200, row / row.sum()) for row in rows] for rows in exact]
        counts = [[counts_of(dict(enumerate(row.tolist())), 3) for row in rows] for rows in drawn]
        results.append(result_of(work, counts, {}))
    values = np.array([result.values[0] for result in results])
    variances = np.mean([result.variances[0] for result in results], axis=0)
    np.testing.assert_array_less(np.abs(values.mean(axis=0) - expected(work)[0]), 5 * np.sqrt(variances / 400) + 1e-9)
    # The variance of 400 draws scatters by sqrt(2 / 400) = 7 %.
    np.testing.assert_allclose(values.var(axis=0), variances, rtol=0.35, atol=1e-9)
    assert results[0].counts is not None
    assert results[0].shots == shots_of(work) == 200 * circuits_of(work)


def test_wire_0_is_the_leftmost_bit() -> None:
    counts = counts_of({0b100: 3, 0b001: 1}, 3)
    assert counts.bits.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert counts.numbers.tolist() == [1, 3]


def test_outcomes_of_more_than_64_wires_keep_all_bits() -> None:
    assert counts_of({1 << 99: 1}, 100).bits[0].tolist() == [1] + [0] * 99


def test_an_outcome_beyond_the_wires_is_refused() -> None:
    with pytest.raises(JobFailed, match="outcome 4, and 2 wires"):
        counts_of({4: 1}, 2)


def test_no_value_is_made_up_for_a_circuit_that_was_not_read() -> None:
    work = Work(program(0), np.zeros((2, len(SYMBOLS))), shots=10)
    one = counts_of({0: 10}, 3)
    whole = [[one, one] for _ in measured(work.program)]
    assert result_of(work, whole, {}).values.shape == (2, len(OBSERVABLES))
    empty = Counts(np.zeros((0, 3), dtype=np.uint8), np.zeros(0))
    for answer in (whole[1:], [[one], *whole[1:]], [[one, empty], *whole[1:]]):
        with pytest.raises(JobFailed, match="does not hold counts of all"):
            result_of(work, answer, {})


def test_further_wires_are_summed_over() -> None:
    counts = first_wires(counts_of({0b000: 1, 0b001: 2, 0b110: 4}, 3), 2)
    assert counts.bits.tolist() == [[0, 0], [1, 1]]
    assert counts.numbers.tolist() == [3, 4]
