"""The canonical form of a two-qubit unitary, to the last digits of a double.

In the magic basis local gates are real and exp(i(x XX + y YY + z ZZ)) is diagonal (Kraus and
Cirac 2001, arXiv:quant-ph/0011050), so one real eigenbasis of M^T M splits the unitary.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Complex = NDArray[Any]
MAGIC = np.array([[1, 0, 0, 1j], [0, 1j, 1, 0], [0, 1j, -1, 0], [1, 0, 0, -1j]]) / np.sqrt(2)


def canonical(unitary: Complex) -> tuple[list[Complex], NDArray[np.float64], list[Complex]]:
    """One-qubit gates before, the Hermitian 4 × 4 matrix K in exp(i pi K), one-qubit gates after.

    K is a sum of II, XX, YY and ZZ; each pair of gates is on the first and the second qubit.
    """
    in_magic = MAGIC.conj().T @ unitary @ MAGIC
    in_magic = in_magic / np.linalg.det(in_magic) ** 0.25
    square = in_magic.T @ in_magic
    _, right = np.linalg.eigh(0.6180339887 * square.real + 0.7861513778 * square.imag)
    right[:, 0] *= np.sign(np.linalg.det(right))
    phases = np.angle(np.diag(right.T @ square @ right)) / 2
    left = (in_magic @ right) * np.exp(-1j * phases)
    if np.linalg.det(left).real < 0:
        left[:, 0] *= -1
        phases[0] += np.pi
    between = (MAGIC * (phases / np.pi)) @ MAGIC.conj().T
    before = _factors(MAGIC @ right.T @ MAGIC.conj().T)
    after = _factors(MAGIC @ left.real @ MAGIC.conj().T)
    return before, between, after


def _factors(local: Complex) -> list[Complex]:
    """The two unitaries whose tensor product a matrix is, up to a phase."""
    blocks: Any = local.reshape(2, 2, 2, 2).transpose(0, 2, 1, 3).reshape(4, 4)
    left, sizes, right = np.linalg.svd(blocks)
    return [left[:, 0].reshape(2, 2) * np.sqrt(2), right[0].reshape(2, 2) * (sizes[0] / np.sqrt(2))]
