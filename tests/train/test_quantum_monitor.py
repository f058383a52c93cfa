"""A look at a state tells what Cirq tells of it; where only shots exist it tells so with intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cirq
import numpy as np
import pytest

import qmlops
from qmlops.errors import RequestError
from qmlops.parts.noise.depolarising import Depolarising
from qmlops.pipeline.prepare import prepare
from qmlops.train.quantum_monitor import QuantumMonitor
from qmlops.train.task import Task, first_weights

SMALL = ("+experiment=vqc_moons", "data.rows=40", "circuit.layers=1", "qubits=3")
NOISY = (*SMALL, "backend=density", "noise=depolarising", "noise.two_qubit=0.05")


def circuit_of(task: Task, row: int, weights: Any) -> cirq.Circuit:
    point = np.concatenate([task.inputs[row], weights])
    names = dict(zip(task.program.symbols, point, strict=True))
    return cirq.resolve_parameters(task.program.circuit, names)


def test_an_exact_look_is_what_cirq_computes(spec_of: Callable[..., Any]) -> None:
    task = prepare(spec_of(*SMALL))
    weights = first_weights(task) + 0.2
    seen = QuantumMonitor().look(task, weights, row=4, step=9)
    vector, start = (
        circuit_of(task, 4, at).final_state_vector(qubit_order=task.program.qubits, dtype=np.complex128)
        for at in (weights, first_weights(task))
    )
    expected = [cirq.bloch_vector_from_state_vector(vector, wire) for wire in range(3)]
    np.testing.assert_allclose(seen.bloch, expected, atol=1e-5)
    assert seen.metrics["fidelity_start"] == pytest.approx(cirq.fidelity(vector, start, qid_shape=(2, 2, 2)), abs=1e-5)
    assert seen.metrics["fidelity_start"] < 0.999
    tensor = np.outer(vector, vector.conj()).reshape((2,) * 6)
    for cut in (1, 2):
        traced = cirq.partial_trace(tensor, list(range(cut))).reshape(2**cut, -1)
        assert seen.metrics[f"entropy_{cut}"] == pytest.approx(cirq.von_neumann_entropy(traced), abs=1e-4)
    squares = np.sum(np.array(expected) ** 2, axis=1)
    assert seen.metrics["meyer_wallach"] == pytest.approx(1 - squares.mean(), abs=1e-5)
    chances = {f"{outcome:03b}": abs(vector[outcome]) ** 2 for outcome in range(8)}
    assert seen.probabilities == pytest.approx({bits: chances[bits] for bits in seen.probabilities}, abs=1e-5)
    assert (seen.step, seen.point, seen.shots, seen.intervals) == (9, 4, 0, {}) and seen.seconds > 0


def test_a_noisy_state_is_seen_exactly_on_density_matrices(spec_of: Callable[..., Any]) -> None:
    task = prepare(spec_of(*NOISY))
    seen = QuantumMonitor().look(task, first_weights(task))
    noise = Depolarising(task.spec.noise.one_qubit, 0.05)  # type: ignore[attr-defined]
    simulator = cirq.DensityMatrixSimulator(dtype=np.complex128)
    final = simulator.simulate(
        noise.apply(circuit_of(task, 0, first_weights(task))), qubit_order=task.program.qubits
    ).final_density_matrix
    assert seen.metrics["purity"] == pytest.approx(np.trace(final @ final).real, abs=1e-6)
    assert seen.metrics["purity"] < 0.95 and "entropy_2" in seen.metrics
    assert seen.metrics["fidelity_start"] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("place", [SMALL, NOISY, (*SMALL, "noise=depolarising")], ids=["ideal", "density", "qsim"])
def test_a_look_by_shots_has_an_interval_for_every_number_and_agrees(
    place: tuple[str, ...], spec_of: Callable[..., Any]
) -> None:
    task = prepare(spec_of(*place, "shots=400"))
    monitor, weights = QuantumMonitor(shadows=27), first_weights(task)
    seen = monitor.look(task, weights, step=3)
    assert seen == replace(monitor.look(task, weights, step=3), seconds=seen.seconds)
    assert seen.shots == 27 * 400
    named = {f"{axis}{wire}" for wire in range(3) for axis in "xyz"}
    assert set(seen.intervals) == {*named, *seen.metrics, *seen.probabilities}
    assert set(seen.metrics) == {"meyer_wallach", "purity_1", "purity_2", "purity"}
    quiet = replace(task, spec=replace(task.spec, shots=None))
    if monitor.sees(quiet):
        exact = QuantumMonitor().look(quiet, weights)
        assert seen.metrics["meyer_wallach"] == pytest.approx(exact.metrics["meyer_wallach"], abs=0.06)
        assert seen.metrics["purity"] == pytest.approx(exact.metrics["purity"], abs=0.15)
        np.testing.assert_allclose(seen.bloch, exact.bloch, atol=0.1)


def test_a_state_that_noise_hides_is_refused_with_what_to_do(spec_of: Callable[..., Any]) -> None:
    task = prepare(spec_of(*SMALL, "noise=depolarising", "shots=100"))
    assert not QuantumMonitor().sees(task)
    with pytest.raises(RequestError, match="shadows=30"):
        QuantumMonitor().look(task, first_weights(task))
    with pytest.raises(RequestError, match="Give some"):
        QuantumMonitor().look(task)


def test_a_trained_model_is_looked_at_by_its_own_weights(run_of: Callable[..., Any]) -> None:
    model = run_of(*SMALL, "steps=2").model
    seen = qmlops.QuantumMonitor().look(model, features=[0.3, -0.2])
    vector = model.state_vector([0.3, -0.2])[0]
    expected = [cirq.bloch_vector_from_state_vector(vector, wire) for wire in range(3)]
    np.testing.assert_allclose(seen.bloch, expected, atol=1e-5)


def test_of_a_wide_state_the_cuts_are_left_out_and_the_rest_is_told(spec_of: Callable[..., Any]) -> None:
    task = prepare(spec_of(*SMALL))
    seen = QuantumMonitor(wires=2).look(task, first_weights(task))
    assert set(seen.metrics) == {"purity", "meyer_wallach"} and len(seen.bloch) == 3
