"""Circuits that are translated once draw what the density matrix says, and equal seeds draw equal bits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cirq
import numpy as np
import pytest
import sympy
from scipy.stats import binomtest

from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.errors import RequestError
from qmlops.lower.basis import all_bits
from qmlops.parts.backend.qsim import Qsim
from qmlops.parts.backend.trajectory import Trajectories
from qmlops.parts.noise.depolarising import Depolarising
from qmlops.simulate.density import DensityEngine
from tests.simulate.programs import points_of, random_program, ring

SHOTS = 3000
WRONG = 1e-6
"""The chance that a right sampler fails one comparison of two distributions, if seeds were drawn anew."""


@dataclass(frozen=True)
class Damped:
    """Amplitude damping after each gate: operators that are no unitaries times a number."""

    strength: float
    calls: list[int] = field(default_factory=list, compare=False)

    def apply(self, circuit: cirq.Circuit) -> cirq.Circuit:
        self.calls.append(1)
        damp = cirq.amplitude_damp(self.strength)
        return cirq.Circuit([gate, damp.on_each(*gate.qubits)] for gate in circuit.all_operations())

    def flips(self, wire: int) -> tuple[float, float]:
        return 0.0, 0.0

    def silent(self) -> bool:
        return False


def reading(program: Program) -> list[cirq.Operation]:
    """Y on the first wire, X on the last, Z between."""
    return [(cirq.X**0.5)(program.qubits[0]), (cirq.Y**-0.5)(program.qubits[-1])]


@pytest.mark.parametrize("noise", [Depolarising(0.05, 0.2), Damped(0.1)], ids=repr)
@pytest.mark.parametrize("seed", [2, 7, 12])
def test_readings_are_distributed_as_the_density_matrix_says(seed: int, noise: Any) -> None:
    program = random_program(seed, width=3, gates=14)
    points, rotations = points_of(program, 2, seed), reading(program)
    engine = DensityEngine(program, noise)
    exact = engine.probabilities(engine.densities(points), rotations)
    drawn = list(Trajectories(program, noise).bits(points, rotations, SHOTS, 1, 5, "t"))
    assert len(drawn) == len(exact) == 2
    for bits, chances in zip(drawn, exact, strict=True):
        counts = [int(np.all(bits == pattern, axis=1).sum()) for pattern in all_bits(3)]
        assert sum(counts) == SHOTS
        for count, chance in zip(counts, chances, strict=True):
            assert binomtest(count, SHOTS, min(1.0, max(0.0, chance))).pvalue > WRONG / len(counts)


def test_a_distribution_without_the_noise_would_fail() -> None:
    """The comparison above can tell these programs with their noise from those without."""
    program = random_program(2, width=3, gates=14)
    points = points_of(program, 1, 2)
    clean, noisy = (DensityEngine(program, noise) for noise in (None, Depolarising(0.05, 0.2)))
    apart = [engine.probabilities(engine.densities(points), reading(program))[0] for engine in (clean, noisy)]
    tests = [binomtest(round(SHOTS * right), SHOTS, wrong).pvalue for wrong, right in zip(*apart, strict=True)]
    assert min(tests) < WRONG / len(tests)


def test_equal_seeds_draw_equal_bits_and_rows_and_nodes_draw_their_own() -> None:
    program = ring(3, layers=1)
    points = np.repeat(points_of(program, 1), 70, axis=0)
    ready = Trajectories(program, Depolarising(0.1, 0.1))
    first, again, threads = (np.stack(list(ready.bits(points, [], 30, n, 5, "t"))) for n in (1, 1, 2))
    assert first.tobytes() == again.tobytes() == threads.tobytes()
    assert len({bits.tobytes() for bits in first}) == len(points)
    assert first.tobytes() != np.stack(list(ready.bits(points, [], 30, 1, 5, "u"))).tobytes()


def test_a_circuit_is_translated_once_for_all_points_and_steps() -> None:
    noise, session = Damped(0.1), Qsim().open()
    program = ring(3, layers=1)
    for step in range(4):
        session.submit([Work(program, points_of(program, 5, step), 10, step, noise)], f"{step}")
    assert len(noise.calls) == 2, "one look whether it changes the circuit, one for the translation"


def test_a_gate_that_qsim_cannot_draw_is_refused_by_name() -> None:
    controls = cirq.ControlledGate(cirq.X ** sympy.Symbol("w"), 6)
    program = Program(cirq.Circuit(controls(*cirq.LineQubit.range(7))), 7, (), ("w",), ())
    with pytest.raises(RequestError, match=r"C+X\*\*.*up to 6 wires.*7.*\n.*backend=density"):
        Trajectories(program, Damped(0.1))
