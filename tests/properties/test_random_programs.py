"""On random programs of the block language: the meaning of a program, and all ways to differentiate it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import cirq
import numpy as np
import pytest

from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.lower.basis import all_bits, bases, moments
from qmlops.parts.backend.density import Density
from qmlops.parts.backend.qsim import Qsim
from qmlops.parts.gradient.parameter_shift import ParameterShift
from qmlops.parts.gradient.spsa import Spsa
from qmlops.parts.noise.depolarising import Depolarising
from qmlops.simulate import prepare
from tests.properties.random_programs import FIXED, PROGRAMS, WIDTH, Declared, declare

NUMBERS = range(PROGRAMS)
CLOSE = 1e-6


def drawn(number: int) -> tuple[Declared, Program, Any]:
    declared = declare(number)
    program = declared.program()
    return declared, program, declared.point(program, np.random.default_rng(number))


def run(backend: Any, work: Work) -> Any:
    session = backend.open()
    return session.result(session.submit([work], "t"), [work])[0]


def by_differences(program: Program, points: Any, cotangent: Any) -> Any:
    """The gradient in the weights by five-point central differences; wrong by about 1e-9."""
    engine, gradient, first = prepare(program, "double"), [], len(program.inputs)
    for column in range(first, points.shape[1]):
        total = np.zeros(len(points))
        for move, factor in ((-2, 1 / 12), (-1, -2 / 3), (1, 2 / 3), (2, -1 / 12)):
            moved = points.copy()
            moved[:, column] += 1e-3 * move
            total += factor * np.sum(cotangent * engine.values(moved), axis=1) / 1e-3
        gradient.append(total)
    return np.stack(gradient, axis=1) if gradient else np.zeros((len(points), 0))


def test_a_few_dozen_programs_use_the_whole_language() -> None:
    blocks = [
        block
        for number in range(60)
        for part in (declare(number).start, declare(number).blocks, declare(number).end)
        for block in part
    ]
    gates = Counter(block["gate"] for block in blocks)
    assert set(gates) >= {*WIDTH} - {*FIXED} | {"pauli"} and len(set(gates) & set(FIXED)) >= 12
    assert {block["share"] for block in blocks if "share" in block} == {"none", "layer", "all"}
    assert {"line", "ring", "even", "odd", "full", "all", "first", "last"} <= {str(block["wires"]) for block in blocks}
    assert sum("theta * phi" in str(block.get("angle")) for block in blocks) >= 2
    assert sum("x[" in str(block.get("angle")) for block in blocks) >= 5


@pytest.mark.parametrize("number", NUMBERS)
def test_the_circuit_is_what_an_independent_reading_gives(number: int) -> None:
    declared, program, points = drawn(number)
    states = prepare(program, "double").states(points)
    for point, state in zip(points, states, strict=True):
        values = dict(zip(program.symbols, map(float, point), strict=True))
        resolved = cirq.resolve_parameters(program.circuit, values)
        expected = declared.unitary(values)
        np.testing.assert_allclose(cirq.unitary(resolved), expected, atol=1e-9)
        np.testing.assert_allclose(state, expected[:, 0], atol=1e-9)


@pytest.mark.parametrize("number", NUMBERS)
def test_adjoint_parameter_shift_and_differences_agree(number: int) -> None:
    _, program, points = drawn(number)
    values, pullback = prepare(program, "double").vjp(points)
    cotangent = np.random.default_rng(number).normal(size=values.shape)
    by_adjoint = pullback(cotangent)
    assert by_adjoint.shape == (len(points), len(program.weights))
    np.testing.assert_allclose(by_adjoint, by_differences(program, points, cotangent), atol=CLOSE)
    rule, work = ParameterShift(), Work(program, points)
    shifted = [run(Qsim(precision="double"), item) for item in rule.construct(work)]
    again, by_shift = rule.combine(work, shifted)
    np.testing.assert_allclose(again, values, atol=1e-9)
    np.testing.assert_allclose(by_shift(cotangent), by_adjoint, atol=CLOSE)


@pytest.mark.parametrize("number", NUMBERS)
def test_spsa_gives_the_gradient_in_expectation(number: int) -> None:
    _, program, points = drawn(number)
    values, pullback = prepare(program, "double").vjp(points[:1])
    cotangent = np.ones_like(values)
    exact = pullback(cotangent)[0]
    count = 400
    rule, work = Spsa(distance=1e-3, directions=count), Work(program, points[:1], seed=number)
    found = rule.combine(work, [run(Qsim(precision="double"), item) for item in rule.construct(work)])[1](cotangent)[0]
    # one direction gives g_k + sum over j != k of s_k s_j g_j, whose variance is the sum of the g_j^2
    deviation = np.sqrt(np.maximum(np.sum(exact**2) - exact**2, 0) / count)
    assert np.all(np.abs(found - exact) <= 6 * deviation + 1e-3)


@pytest.mark.parametrize("number", NUMBERS)
def test_measured_bases_give_the_exact_expectation(number: int) -> None:
    _, program, points = drawn(number)
    count = len(program.observables)
    total, spread = np.zeros((2, len(points), count))
    measured = bases(program.observables)
    for basis in measured:
        turned = cirq.Circuit(program.circuit, basis.rotations(program.qubits))
        states = prepare(Program(turned, program.width, program.inputs, program.weights, program.observables), "double")
        chances = np.abs(states.states(points)) ** 2
        means, variance = moments(chances, basis.eigenvalues(all_bits(program.width), count))
        total += means
        spread += variance
    exact = prepare(program, "double").values(points)
    np.testing.assert_allclose(total, exact, atol=1e-9)
    assert np.all(spread >= 0)
    terms = sum(len(item.terms) if isinstance(item, PauliSum) else 1 for item in program.observables)
    assert len(measured) <= terms


@pytest.mark.parametrize("number", range(0, PROGRAMS, 3))
def test_density_without_noise_equals_the_state_vector(number: int) -> None:
    _, program, points = drawn(number)
    silent = Depolarising(one_qubit=0, two_qubit=0)
    exact = run(Qsim(precision="double"), Work(program, points)).values
    for noise in (None, silent):
        np.testing.assert_allclose(run(Density(), Work(program, points, noise=noise)).values, exact, atol=1e-9)
