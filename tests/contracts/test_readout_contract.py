"""Every readout keeps its contract, and has the values that its definition gives."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import cirq
import numpy as np
import pytest

from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.errors import ConfigError, RequestError
from qmlops.parts.readout.hamiltonian import Hamiltonian
from qmlops.parts.readout.maxcut import MaxCut
from qmlops.parts.readout.one_per_class import OnePerClass
from qmlops.parts.readout.pauli import PauliReadout
from qmlops.parts.readout.zeros import Zeros
from qmlops.simulate import prepare
from qmlops.testing.contracts import readout as contract


def values(readout: Any, classes: int, bits: tuple[int, ...]) -> Any:
    """What a readout gives on a basis state, written with qubit 0 leftmost."""
    qubits = cirq.LineQubit.range(len(bits))
    circuit = cirq.Circuit(cirq.I.on_each(*qubits), (cirq.X(q) for q, bit in zip(qubits, bits, strict=True) if bit))
    program = Program(circuit, len(bits), (), (), readout.observables(classes, len(bits)))
    return prepare(program, "double").values(np.zeros((1, 0)))[0]


@pytest.mark.parametrize("promise", contract.CONTRACT, ids=lambda promise: promise.__name__)
def test_the_contract(part: Any, readout_kind: str, promise: Callable[[Any], None]) -> None:
    promise(part("readout", readout_kind))


class Astray(OnePerClass):
    def wires(self, classes: int) -> int:
        return 1


class Uneven(OnePerClass):
    def observables(self, classes: int, qubits: int) -> Any:
        return super().observables(classes, qubits)[: min(classes, 3)]


def test_each_promise_notices_a_readout_that_breaks_it_alone() -> None:
    for broken, how in ((Astray(), 0), (Uneven(), 1)):
        for number, promise in enumerate(contract.CONTRACT):
            if number == how:
                with pytest.raises(AssertionError):
                    promise(broken)
            else:
                promise(broken)


def test_one_per_class_reads_wire_k_for_class_k() -> None:
    np.testing.assert_allclose(values(OnePerClass(), 3, (0, 1, 1, 0)), [1, -1, -1])


def test_zeros_is_the_chance_of_zeros() -> None:
    for bits in product((0, 1), repeat=3):
        assert values(Zeros(), 2, bits) == pytest.approx([float(bits == (0, 0, 0))])


def test_written_sums_are_measured_as_written() -> None:
    readout = PauliReadout(["ZIZ", "0.5 Z0 Z1 - 2 Z2 + 0.25", "X1"])
    np.testing.assert_allclose(values(readout, 3, (1, 0, 0)), [-1, -2.25, 0], atol=1e-9)


@pytest.mark.parametrize("text", ["1e400 Z0", "Z0 - 1e400", "Z" + "9" * 5000, "9" * 5000 + " Z0"])
def test_a_sum_with_an_absurd_factor_or_wire_is_refused(text: str) -> None:
    with pytest.raises(RequestError, match=r"is too large|there is no wire") as refusal:
        PauliSum.parse(text)
    assert len(str(refusal.value)) < 300


def test_a_hamiltonian_sums_its_terms() -> None:
    assert values(Hamiltonian({"I": 3.0, "Z0 Z1": 0.5, "Y2": 7.0}), 0, (1, 0, 0)) == pytest.approx([2.5])


@pytest.mark.parametrize(
    "graph",
    [
        MaxCut(nodes=4),
        MaxCut(nodes=2),
        MaxCut(graph="full", nodes=4),
        MaxCut(graph="edges", nodes=4, edge_list=[[0, 3, 2.5], [2, 1]]),
    ],
    ids=repr,
)
def test_maxcut_is_the_weight_that_a_bit_string_cuts(graph: MaxCut) -> None:
    for bits in product((0, 1), repeat=graph.nodes):
        cut = sum(weight for i, j, weight in graph.edges() if bits[i] != bits[j])
        assert values(graph, 0, bits) == pytest.approx([cut])


def test_edges_that_no_graph_reads_are_refused() -> None:
    with pytest.raises(ConfigError) as refusal:
        MaxCut(nodes=4, edge_list=[[0, 1]])
    assert [item.path for item in refusal.value.mistakes] == ["edge_list"]
