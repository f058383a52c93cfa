"""Shadows of states: unbiased, intervals that hold, bases that read every wire in every letter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import cirq
import numpy as np
import pytest
from numpy.typing import NDArray

from qmlops.core.work import Counts
from qmlops.errors import RequestError
from qmlops.lower.basis import bases
from qmlops.lower.reading import tallied
from qmlops.simulate.state import bloch, meyer_wallach, purity, reduced
from qmlops.train.shadow import Estimate, Shadow
from qmlops.train.shadow_work import due, looks, observables, random_bases

State = NDArray[np.complex128]
WIDTH = 3
QUBITS = cirq.LineQubit.range(WIDTH)


def density(circuit: cirq.Circuit) -> State:
    simulator = cirq.DensityMatrixSimulator(dtype=np.complex128)
    return np.asarray(simulator.simulate(circuit, qubit_order=QUBITS).final_density_matrix)


def ghz() -> State:
    return density(cirq.Circuit(cirq.H(QUBITS[0]), cirq.CNOT.on(*QUBITS[:2]), cirq.CNOT.on(*QUBITS[1:])))


def tilted() -> State:
    turns = [(cirq.ry(0.4 + wire)(qubit), cirq.rz(0.7 * wire)(qubit)) for wire, qubit in enumerate(QUBITS)]
    return density(cirq.Circuit(turns))


def random() -> State:
    vector = cirq.testing.random_superposition(2**WIDTH, random_state=1)
    return np.outer(vector, vector.conj())


def noisy() -> State:
    return 0.7 * random() + 0.3 * np.eye(2**WIDTH) / 2**WIDTH


STATES = {"ghz": ghz, "tilted": tilted, "random": random, "noisy": noisy}


def drawn(state: State, shots: int, chosen: NDArray[np.int64], draws: np.random.Generator) -> Iterator[Shadow]:
    """Shadows without end; each basis is turned to by its own gates, as a circuit would be."""
    chances = []
    for basis in bases(observables(chosen)):
        turn = cirq.Circuit(basis.rotations(QUBITS)).unitary(qubit_order=QUBITS, qubits_that_should_be_present=QUBITS)
        chances.append(np.clip(np.real(np.diag(turn @ state @ turn.conj().T)), 0, 1))
    while True:
        read = [tallied(draws.multinomial(shots, row / row.sum())[None] / shots, shots)[0] for row in chances]
        yield Shadow(chosen, read)


def test_bases_are_read_in_the_order_in_which_they_were_chosen() -> None:
    chosen = random_bases(4, 25, 3)
    expected = [{wire: "XYZ"[letter] for wire, letter in enumerate(row)} for row in chosen.tolist()]
    assert [basis.letters for basis in bases(observables(chosen))] == expected


@pytest.mark.parametrize(("width", "count"), [(1, 3), (1, 50), (2, 8), (2, 9), (4, 3), (5, 30), (12, 100)])
def test_bases_are_distinct_balanced_and_begin_with_z(width: int, count: int) -> None:
    chosen = random_bases(width, count, 1)
    assert len({tuple(row) for row in chosen.tolist()}) == len(chosen) <= count
    assert np.all(chosen[0] == 2)
    assert len(chosen) == 3**width or len(chosen) >= count - count // 3
    for column in chosen.T:
        seen = Counter(column.tolist())
        assert set(seen) == {0, 1, 2} and max(seen.values()) - min(seen.values()) <= 1 + count - len(chosen)
    with pytest.raises(RequestError, match="do not read"):
        random_bases(width, 2, 1)


@pytest.mark.parametrize("name", STATES)
def test_estimates_are_unbiased_and_their_intervals_hold_in_93_of_100(name: str) -> None:
    state, rounds = STATES[name](), 300
    exact = bloch(state[None])[0]
    truths: dict[str, float] = {"meyer_wallach": float(meyer_wallach(state[None])[0])}
    truths |= {f"purity_{cut}": float(purity(reduced(state[None], range(cut)))[0]) for cut in (1, 2)}
    truths |= {f"{axis}{wire}": float(exact[wire, axis]) for wire in range(WIDTH) for axis in range(3)}
    found: dict[str, list[Estimate]] = {key: [] for key in truths}
    shadows = drawn(state, 30, random_bases(WIDTH, 27, 5), np.random.default_rng(11))
    for _, shadow in zip(range(rounds), shadows, strict=False):
        wires = shadow.bloch()
        told = {"meyer_wallach": shadow.meyer_wallach()}
        told |= {f"purity_{cut}": shadow.purity(range(cut)) for cut in (1, 2)}
        told |= {f"{axis}{wire}": wires[wire][axis] for wire in range(WIDTH) for axis in range(3)}
        for key, item in told.items():
            assert item is not None
            found[key].append(item)
    for key, truth in truths.items():
        values = np.array([item.value for item in found[key]])
        held = np.mean([item.low - 1e-9 <= truth <= item.high + 1e-9 for item in found[key]])
        assert abs(values.mean() - truth) <= 5 * values.std() / np.sqrt(rounds) + 1e-9, key
        # 93 of 100 less three standard errors of a share of so many rounds.
        assert held >= 0.93 - 3 * np.sqrt(0.93 * 0.07 / rounds), (key, held)


def test_what_was_never_read_is_not_told() -> None:
    once = Shadow(random_bases(2, 3, 1), [Counts(np.zeros((1, 2), dtype=np.uint8), np.ones(1))] * 3)
    assert once.meyer_wallach() is None and once.purity((0, 1)) is None
    assert once.shots == 3 and once.bloch()[0][0].low < -0.9


def test_the_likeliest_outcomes_are_those_of_the_first_basis() -> None:
    read = Counts(np.array([[0, 1], [1, 0], [1, 1]], dtype=np.uint8), np.array([10.0, 60.0, 30.0]))
    other = Counts(np.zeros((1, 2), dtype=np.uint8), np.array([100.0]))
    chosen = random_bases(2, 3, 1)
    found = Shadow(chosen, [read, *[other] * (len(chosen) - 1)]).likeliest(2)
    assert {bits: item.value for bits, item in found.items()} == {"10": 0.6, "11": 0.3}
    assert all(0 < item.low < item.value < item.high < 1 for item in found.values())


@pytest.mark.parametrize("every", [1, 3, 10, 100])
def test_looks_are_counted_as_they_are_due(every: int) -> None:
    for steps in range(1, 40):
        assert looks(steps, every) == sum(due(step, step == steps, every) for step in range(1, steps + 1))
