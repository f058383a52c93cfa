"""Figures of states are those of closed forms, and those of Cirq."""

from __future__ import annotations

import cirq
import numpy as np
import pytest
from numpy.typing import NDArray

from qmlops.simulate.state import (
    bloch,
    entropies,
    entropy,
    fidelity,
    likeliest,
    meyer_wallach,
    probabilities,
    purity,
    reduced,
)

Vector = NDArray[np.complex128]
WIDTH = 4


def one(*amplitudes: complex) -> Vector:
    """A normed state of one row."""
    vector = np.array([amplitudes], dtype=np.complex128)
    return vector / np.linalg.norm(vector)


def ghz(width: int) -> Vector:
    return one(1, *[0] * (2**width - 2), 1)


def w_state(width: int) -> Vector:
    return one(*[float(number.bit_count() == 1) for number in range(2**width)])


def mixed(vectors: Vector) -> Vector:
    """The same states as density matrices."""
    return np.einsum("ri,rj->rij", vectors, vectors.conj())


def werner(share: float) -> Vector:
    """So much of a singlet, and the rest noise."""
    return share * mixed(one(0, 1, -1, 0)) + (1 - share) / 4 * np.eye(4)


def binary(chance: float) -> float:
    """The entropy of a coin in bits."""
    return float(-sum(item * np.log2(item) for item in (chance, 1 - chance)))


@pytest.fixture
def random_vectors() -> Vector:
    return np.stack([cirq.testing.random_superposition(2**WIDTH, random_state=seed) for seed in range(5)])


@pytest.fixture
def random_densities() -> Vector:
    return np.stack([cirq.testing.random_density_matrix(2**WIDTH, random_state=seed) for seed in range(5)])


@pytest.mark.parametrize("width", [2, 3, 5])
def test_every_cut_of_a_ghz_state_has_one_bit_and_every_wire_is_a_coin(width: int) -> None:
    np.testing.assert_allclose(entropies(ghz(width)), np.ones((1, width - 1)), atol=1e-12)
    np.testing.assert_allclose(bloch(ghz(width)), np.zeros((1, width, 3)), atol=1e-12)
    np.testing.assert_allclose(meyer_wallach(ghz(width)), 1, atol=1e-12)


@pytest.mark.parametrize("width", [2, 3, 5])
def test_of_a_w_state_k_wires_hold_the_excitation_with_a_chance_of_k_of_n(width: int) -> None:
    expected = [binary(cut / width) for cut in range(1, width)]
    np.testing.assert_allclose(entropies(w_state(width))[0], expected, atol=1e-12)
    np.testing.assert_allclose(bloch(w_state(width))[0], [[0, 0, 1 - 2 / width]] * width, atol=1e-12)
    np.testing.assert_allclose(meyer_wallach(w_state(width)), 1 - (1 - 2 / width) ** 2, atol=1e-12)


def test_a_pair_beside_a_wire_that_is_alone_has_two_thirds_of_the_entanglement() -> None:
    np.testing.assert_allclose(meyer_wallach(np.kron(ghz(2), one(1, 0))), 2 / 3, atol=1e-12)


def test_a_product_state_shows_each_wires_own_vector_and_no_entanglement() -> None:
    angles = [(0.3, 1.0), (1.9, -2.0), (2.5, 0.4)]
    wires = [one(np.cos(polar / 2), np.exp(1j * turn) * np.sin(polar / 2)) for polar, turn in angles]
    state = np.kron(np.kron(wires[0], wires[1]), wires[2])
    expected = [[np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar)] for polar, turn in angles]
    np.testing.assert_allclose(bloch(state)[0], expected, atol=1e-12)
    np.testing.assert_allclose(entropies(state), 0, atol=1e-9)
    np.testing.assert_allclose(meyer_wallach(state), 0, atol=1e-12)
    np.testing.assert_allclose(purity(state), 1, atol=1e-12)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_werner_state_has_its_purity_entropy_and_fidelity(share: float) -> None:
    state, chances = werner(share), np.array([(1 + 3 * share) / 4, *[(1 - share) / 4] * 3])
    seen = chances[chances > 0]
    np.testing.assert_allclose(purity(state), (1 + 3 * share**2) / 4, atol=1e-12)
    np.testing.assert_allclose(entropy(state, (0, 1)), -np.sum(seen * np.log2(seen)), atol=1e-12)
    np.testing.assert_allclose(entropy(state, (1,)), 1, atol=1e-12)
    np.testing.assert_allclose(fidelity(state, one(0, 1, -1, 0)), chances[0], atol=1e-12)
    np.testing.assert_allclose(fidelity(state, werner(0.5)), _bhattacharyya(chances, 0.5), atol=1e-7)


def _bhattacharyya(chances: NDArray[np.float64], share: float) -> float:
    """The fidelity of states that commute is that of their eigenvalues."""
    other = np.array([(1 + 3 * share) / 4, *[(1 - share) / 4] * 3])
    return float(np.sum(np.sqrt(chances * other)) ** 2)


def test_the_maximally_mixed_state_has_an_entropy_of_one_bit_a_wire() -> None:
    state = np.eye(8, dtype=np.complex128)[None] / 8
    np.testing.assert_allclose(entropies(state), [[1, 2]], atol=1e-12)
    np.testing.assert_allclose(entropy(state, range(3)), 3, atol=1e-12)
    np.testing.assert_allclose(purity(state), 1 / 8, atol=1e-12)
    np.testing.assert_allclose(bloch(state), np.zeros((1, 3, 3)), atol=1e-12)


def test_a_vector_and_its_density_matrix_have_equal_figures(random_vectors: Vector) -> None:
    for figure in (bloch, entropies, meyer_wallach, purity, probabilities):
        np.testing.assert_allclose(figure(random_vectors), figure(mixed(random_vectors)), atol=1e-9)
    other = np.roll(random_vectors, 1, axis=0)
    exact = fidelity(random_vectors, other)
    np.testing.assert_allclose(fidelity(random_vectors, mixed(other)), exact, atol=1e-12)
    np.testing.assert_allclose(fidelity(mixed(random_vectors), mixed(other)), exact, atol=1e-7)


@pytest.mark.parametrize("wires", [(0,), (2,), (0, 2), (3, 1), (0, 1, 3), (0, 1, 2, 3)])
def test_what_is_left_is_what_cirq_traces_out(
    wires: tuple[int, ...], random_vectors: Vector, random_densities: Vector
) -> None:
    for state in (random_vectors, random_densities):
        found, bits = reduced(state, wires), entropy(state, wires)
        for row, density in enumerate(mixed(state) if state.ndim == 2 else state):
            traced = cirq.partial_trace(density.reshape((2,) * (2 * WIDTH)), list(wires))
            expected = traced.reshape(2 ** len(wires), -1)
            np.testing.assert_allclose(found[row], expected, atol=1e-12)
            np.testing.assert_allclose(bits[row], cirq.von_neumann_entropy(expected), atol=1e-6)


def test_bloch_vectors_are_cirqs(random_vectors: Vector) -> None:
    expected = [[cirq.bloch_vector_from_state_vector(row, wire) for wire in range(WIDTH)] for row in random_vectors]
    np.testing.assert_allclose(bloch(random_vectors), expected, atol=1e-6)


def test_fidelities_are_cirqs(random_vectors: Vector, random_densities: Vector) -> None:
    others = np.roll(random_densities, 1, axis=0)
    shape = (2,) * WIDTH
    for left, right in ((random_densities, others), (random_vectors, others)):
        expected = [cirq.fidelity(one, two, qid_shape=shape) for one, two in zip(left, right, strict=True)]
        np.testing.assert_allclose(fidelity(left, right), expected, atol=1e-7)
        np.testing.assert_allclose(fidelity(right, left), expected, atol=1e-7)


def test_single_precision_is_summed_in_double(random_vectors: Vector) -> None:
    single = random_vectors.astype(np.complex64)
    np.testing.assert_allclose(entropies(single), entropies(random_vectors), atol=1e-5)
    assert bloch(single).dtype == meyer_wallach(single).dtype == np.float64


def test_the_likeliest_outcomes_come_first_and_impossible_ones_not_at_all() -> None:
    state = one(0, 0.6, 0, 0, 0.8, 0, 0, 0)
    assert likeliest(probabilities(state)[0], 5) == pytest.approx({"100": 0.64, "001": 0.36})
    assert [*likeliest(probabilities(one(1, 2, 4, 3))[0], 2)] == ["10", "11"]
