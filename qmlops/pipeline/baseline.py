"""What a classical method reaches on the same rows; shown as it is, also when it wins."""

from __future__ import annotations

from typing import Any

import numpy as np

from qmlops.core.dataset import Labels, Split
from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.pipeline.interval import difference, share

MOST_QUBITS = 14


def classifiers(split: Split, predicted: Labels) -> list[dict[str, Any]]:
    """Logistic regression and an RBF machine, scikit-learn's defaults on standardised raw features.

    `predicted` are the model's own labels of the test rows; each baseline is compared with them.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    train, test = split.raw["train"], split.raw["test"]
    found = []
    for name, method in {"logistic regression": LogisticRegression(max_iter=1000), "RBF SVM": SVC()}.items():
        fitted = make_pipeline(StandardScaler(), method).fit(train.features, train.labels)
        right = fitted.predict(test.features) == test.labels
        hits = int(np.sum(right))
        found.append(
            {
                "name": name,
                "train_accuracy": float(fitted.score(train.features, train.labels)),
                "test_accuracy": hits / len(test),
                "test_interval": share(hits, len(test)),
                "p_value": difference(predicted == test.labels, right),
            }
        )
    return found


def extreme_energy(program: Program, sign: int) -> float | None:
    """The exact lowest (sign 1) or highest (sign -1) eigenvalue of the sum of all observables.

    Lanczos on the sparse matrix; None above 14 qubits, and where the residual of what it finds
    is above 1e-8 of the matrix's norm.
    """
    if program.width > MOST_QUBITS or not all(isinstance(item, PauliSum) for item in program.observables):
        return None
    matrix = _matrix(program)
    matrix.eliminate_zeros()
    if matrix.nnz == 0:
        return 0.0
    norm = float(abs(matrix).sum(axis=1).max())
    if not np.isfinite(norm):
        return None
    if matrix.shape[0] <= 64:
        values = np.linalg.eigvalsh(matrix.toarray())
        return float(values[0] if sign > 0 else values[-1])
    value = _lanczos(matrix / norm, "SA" if sign > 0 else "LA")
    return None if value is None else value * norm


def _lanczos(matrix: Any, which: str) -> float | None:
    """An extreme eigenvalue of a matrix of norm one."""
    from scipy.sparse.linalg import ArpackError, eigsh

    start = np.random.default_rng(0).normal(size=matrix.shape[0])
    try:
        (value,), vectors = eigsh(matrix, k=1, which=which, v0=start)
    except ArpackError:
        return None
    residual = np.linalg.norm(matrix @ vectors[:, 0] - value * vectors[:, 0])
    return float(value) if residual <= 1e-8 else None


def _matrix(program: Program) -> Any:
    """The sum of all observables as a sparse matrix: each Pauli string permutes and signs."""
    from scipy.sparse import csr_matrix

    size = 2**program.width
    rows = np.arange(size)
    total = csr_matrix((size, size), dtype=complex)
    for observable in program.observables:
        assert isinstance(observable, PauliSum)
        for factor, pauli in observable.terms:
            columns, entries = rows.copy(), np.full(size, factor, dtype=complex)
            for wire, letter in pauli:
                place = program.width - 1 - wire
                bit = (rows >> place) & 1
                columns = columns if letter == "Z" else columns ^ (1 << place)
                entries = entries * {"X": 1, "Y": -1j * (1 - 2 * bit), "Z": 1 - 2 * bit}[letter]
            total = total + csr_matrix((entries, (rows, columns)), shape=(size, size))
    return total
