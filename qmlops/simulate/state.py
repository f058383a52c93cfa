"""Figures of quantum states: what is seen on each wire, how mixed they are, how entangled, how alike.

A state is a row of amplitudes [rows × 2^wires], or a density matrix [rows × 2^wires × 2^wires] where
it may be mixed; wire 0 is the leftmost bit of an index. All rows are done at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qmlops.core.work import Array

State = NDArray[np.complexfloating]
_ZERO = 1e-15
"""An eigenvalue of a density matrix that is rounding alone."""


def wires_of(state: State) -> int:
    """How many wires a state has."""
    return int(state.shape[1]).bit_length() - 1


def reduced(state: State, wires: Sequence[int]) -> NDArray[np.complex128]:
    """What is left on some wires, in their order: density matrices [rows × 2^wires × 2^wires]."""
    rows, width, kept = len(state), wires_of(state), len(wires)
    axes = [1 + wire for wire in wires]
    found: State
    if state.ndim == 2:
        split = np.moveaxis(state.reshape(rows, *(2,) * width), axes, range(1, 1 + kept))
        vectors = split.reshape(rows, 2**kept, -1).astype(np.complex128, copy=False)
        found = np.matmul(vectors, vectors.conj().swapaxes(1, 2))
    else:
        split = state.reshape(rows, *(2,) * (2 * width))
        sides = np.moveaxis(split, [*axes, *(axis + width for axis in axes)], [*range(1, 1 + kept), *range(-kept, 0)])
        rest = 2 ** (width - kept)
        found = np.einsum("raiib->rab", sides.reshape(rows, 2**kept, rest, rest, 2**kept))
    return found.astype(np.complex128, copy=False)


def bloch(state: State) -> Array:
    """Expectation values of X, Y and Z on each wire [rows × wires × 3], summed in double precision."""
    found = np.empty((len(state), wires_of(state), 3))
    chances = probabilities(state)
    for wire in range(found.shape[1]):
        if state.ndim == 2:
            zero, one = (state.reshape(len(state), 2**wire, 2, -1)[:, :, bit] for bit in (0, 1))
            mixed = np.sum(zero.conj() * one, axis=(1, 2), dtype=np.complex128)
        else:
            mixed = reduced(state, (wire,))[:, 1, 0]
        halves = chances.reshape(len(state), 2**wire, 2, -1).sum(axis=(1, 3))
        found[:, wire] = np.stack([2 * mixed.real, 2 * mixed.imag, halves[:, 0] - halves[:, 1]], axis=1)
    return found


def purity(state: State) -> Array:
    """Tr rho² [rows]: 1 of pure states, 2^-wires of the maximally mixed one."""
    total = np.sum(np.abs(state.reshape(len(state), -1)).astype(np.float64) ** 2, axis=1)
    return np.asarray(total**2 if state.ndim == 2 else total)


def meyer_wallach(state: State) -> Array:
    """Twice the mean linear entropy of single wires [rows]; 0 of product states, 1 of GHZ states.

    Meyer and Wallach 2002, arXiv:quant-ph/0108104. It measures entanglement where the state is pure;
    of a mixed one it counts the mixture too.
    """
    return meyer_wallach_of(np.sum(bloch(state) ** 2, axis=2))


def meyer_wallach_of(squares: Array) -> Array:
    """The same from the squared lengths of the Bloch vectors [rows × wires]."""
    return np.asarray(np.clip(1 - squares.mean(axis=1), 0, 1))


def entropy(state: State, wires: Sequence[int]) -> Array:
    """The von Neumann entropy of what is left on some wires, in bits [rows].

    Of a pure state that is the entanglement between them and the others. Costs the eigenvalues of
    matrices of 2^wires, of the fewer ones where the state is a vector.
    """
    width = wires_of(state)
    others = [wire for wire in range(width) if wire not in wires]
    smaller = others if state.ndim == 2 and len(others) < len(wires) else wires
    chances = np.linalg.eigvalsh(reduced(state, smaller))
    shown = np.where(chances > _ZERO, chances, 1)
    return np.asarray(np.maximum(-np.sum(shown * np.log2(shown), axis=1), 0))


def entropies(state: State) -> Array:
    """The entropy of the first 1, 2, … wires, up to all but one [rows × (wires - 1)], in bits."""
    width = wires_of(state)
    cuts = [entropy(state, range(cut)) for cut in range(1, width)]
    return np.stack(cuts, axis=1) if cuts else np.zeros((len(state), 0))


def fidelity(left: State, right: State) -> Array:
    """Uhlmann's (Tr sqrt(sqrt(left) right sqrt(left)))², row by row; |<left|right>|² of vectors [rows].

    Uhlmann 1976, doi:10.1016/0034-4877(76)90060-4, as the chance of taking one for the other. Between
    density matrices it is exact to about 1e-8, the root of the rounding.
    """
    if left.ndim == right.ndim == 2:
        return np.asarray(np.abs(np.sum(left.conj() * right, axis=1, dtype=np.complex128)) ** 2)
    if left.ndim == right.ndim == 3:
        values = np.linalg.svd(np.matmul(_root(left), _root(right)), compute_uv=False)
        return np.asarray(np.sum(values, axis=1) ** 2)
    vector, density = (left, right) if left.ndim == 2 else (right, left)
    return np.asarray(np.einsum("ri,rij,rj->r", vector.conj(), density, vector, optimize=True).real)


def probabilities(state: State) -> Array:
    """Of each outcome [rows × 2^wires] in the computational basis."""
    if state.ndim == 2:
        return np.asarray(np.abs(state).astype(np.float64) ** 2)
    return np.asarray(np.einsum("rii->ri", state).real, dtype=np.float64)


def likeliest(chances: Array, most: int) -> dict[str, float]:
    """The largest of the probabilities [2^wires] above zero, by their bits, largest first."""
    width, count = len(chances).bit_length() - 1, min(most, len(chances))
    chosen = np.argpartition(chances, -count)[-count:]
    order = sorted(chosen.tolist(), key=lambda outcome: (-chances[outcome], outcome))
    return {f"{outcome:0{width}b}": float(chances[outcome]) for outcome in order if chances[outcome] > _ZERO}


def _root(density: State) -> NDArray[np.complex128]:
    """The positive square roots of density matrices."""
    values, vectors = np.linalg.eigh(density.astype(np.complex128, copy=False))
    scaled = vectors * np.sqrt(np.where(values > _ZERO, values, 0))[:, None, :]
    return np.asarray(np.matmul(scaled, vectors.conj().swapaxes(1, 2)))
